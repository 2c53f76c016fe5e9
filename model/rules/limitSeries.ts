/**
 * Every limit as a series: what an alert is held to, as it is evaluated, recorded beside it. Whoever draws the limit asks for the
 * series, so a changed limit changes the rules of its network and nothing else, and the past shows the limit that held then.
 */
import type { PlannedAlert, PlannedGroup } from './instantiate.ts';
import type { RecordingRule } from './ruleFile.ts';

/** In the alert's own unit; its labels are `alertname`, `chain`, and `network` where the alert is about one. */
export const LIMIT_SERIES = 'chainwatch_alert_limit';

/**
 * A group for each owner whose alerts Prometheus evaluates. Grafana's alerts have none: who records them there would need a
 * Prometheus that Grafana may write to.
 */
export function limitGroups(groups: readonly PlannedGroup[]): PlannedGroup[] {
  const own = groups.filter(({ engine }) => engine === 'prometheus');
  return [...Map.groupBy(own, ({ owner }) => owner)].flatMap(([owner, ofOwner]) => {
    const rules = ofOwner.flatMap((group) =>
      group.rules.flatMap((rule) => (rule.kind === 'alert' ? record(rule) : [])),
    );
    const [first] = ofOwner;
    return rules.length === 0 || !first
      ? []
      : [{ name: `${owner}:limits`, owner, chain: first.chain, engine: 'prometheus', rules }];
  });
}

/** Whether the limit of the alert is a series. One that asks for equality has no limit that a reading could come near. */
export function isRecorded({ threshold }: Pick<PlannedAlert, 'threshold'>): boolean {
  return threshold !== undefined && threshold.op !== '==' && threshold.op !== '!=';
}

function record(alert: PlannedAlert): RecordingRule[] {
  if (!alert.threshold || !isRecorded(alert)) return [];
  const { chain = '', network } = alert.labels;
  const labels = { alertname: alert.name, chain, ...(network === undefined ? {} : { network }) };
  return [{ kind: 'recording', name: LIMIT_SERIES, expr: `vector(${alert.threshold.value})`, labels }];
}
