/** The plan as plain files, by path: what Prometheus, Alertmanager and Grafana read on a machine without a cluster. */
import { alertmanagerConfig } from './alertmanager/config.ts';
import type { Places } from './places.ts';
import type { Plan } from './plan/plan.ts';
import { prometheusConfig } from './prometheus/config.ts';
import { prometheusGroups } from './prometheus/rules.ts';
import type { PlannedGroup } from './rules/instantiate.ts';
import { placeLinks, runbookBase } from './runbooks.ts';
import { toYaml } from './yaml.ts';

export interface PlainFilesOptions {
  /** Whether a blackbox exporter runs to answer the probes. */
  readonly blackbox: boolean;
  /** As `prometheus.yml` names them; default: `rules/*.yaml` beside it. */
  readonly ruleFiles?: readonly string[];
}

/**
 * `prometheus.yml`, `rules/<owner>.yaml`, `alertmanager.yml`, `dashboards/<uid>.json`: path → text, sorted by path. The same plan
 * and places give the same bytes; a secret is only ever named by its file.
 */
export function plainFiles(plan: Plan, places: Places, options: PlainFilesOptions): ReadonlyMap<string, string> {
  const { blackbox, ruleFiles = ['rules/*.yaml'] } = options;
  const header = `Made by Chainwatch from stack ${plan.environment}: what is changed here is lost, change the stack file.`;
  const runbooks = runbookBase(plan, places);
  const files = new Map<string, string>([
    ['prometheus.yml', toYaml(prometheusConfig(plan, places, { blackbox, ruleFiles }), header)],
    ['alertmanager.yml', toYaml(alertmanagerConfig(plan.alertmanager, places), header)],
  ]);
  for (const [owner, groups] of groupsByOwner(plan))
    files.set(`rules/${owner}.yaml`, toYaml({ groups: prometheusGroups(groups, runbooks) }, header));
  for (const { uid, json } of plan.dashboards) files.set(`dashboards/${uid}.json`, toJson(placeLinks(json, runbooks)));
  return sortedByPath(files);
}

/** Those that Prometheus evaluates: every group has exactly one engine. */
function groupsByOwner({ ruleGroups }: Plan): Map<string, PlannedGroup[]> {
  return Map.groupBy(
    ruleGroups.filter((group) => group.engine === 'prometheus'),
    (group) => group.owner,
  );
}

export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

export function sortedByPath(files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}
