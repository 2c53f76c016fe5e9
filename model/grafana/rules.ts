/**
 * Groups of rules as Grafana-managed ones, made to fire when Prometheus would.
 *
 * - No data is `OK`: a PromQL alert that returns nothing is quiet, and our packs say with `absent` what must not be missing.
 * - A series that is gone resolves its alert at the next evaluation, as in Prometheus (Grafana's default waits for two), or after the
 *   time for which the rule keeps firing.
 * - An evaluation that fails, say because the data source does not answer: Prometheus keeps what fires. `KeepLast` does so
 *   too, but lets a pending alert fire without a fresh reading (`resultKeepLast` in pkg/services/ngalert/state/state.go); `OK`
 *   resolves everything at once; `Alerting`, the default, pages for every rule there is. For what wakes somebody, one alert
 *   too many is better than an all-clear that nobody measured: critical keeps its state. The rest stays quiet until there
 *   are readings again; that there are none is the business of the Watchdog and of the alerts on Prometheus itself.
 */
import type { Severity } from '../../config/knowledge.ts';
import type { PlannedAlert, PlannedGroup, PlannedRule } from '../rules/instantiate.ts';
import type { RecordingRule } from '../rules/ruleFile.ts';
import { grafanaDuration } from './duration.ts';
import { type Naming, ownedKey, ruleUid, SYSTEM } from './naming.ts';
import type { Routing } from './routing.ts';
import { alertStages, CONDITION_STAGE, QUERY_STAGE, queryStage } from './stages.ts';
import { grafanaTemplate, TemplateError } from './template.ts';
import type { GrafanaAlertRule, GrafanaFolder, GrafanaRecordingRule, GrafanaRule, GrafanaRuleGroup } from './types.ts';

/** Grafana's scheduler ticks every ten seconds and takes only multiples of that (`ValidateRuleGroupInterval`). */
const TICK_SECONDS = 10;

export interface PanelPlace {
  readonly dashboardUid: string;
  readonly panelId: number;
}

export interface RuleContext {
  readonly stack: Naming;
  readonly dataSourceUid: string;
  readonly folder: GrafanaFolder;
  /** Seconds, for groups that say nothing. */
  readonly evaluationInterval: number;
  readonly routing: Pick<Routing, 'settingsFor'>;
  /** Where the reading of an alert is drawn. */
  readonly panelOf: (alert: string) => PanelPlace | undefined;
}

/** @throws TemplateError with the rule's name, where an annotation asks for what Grafana has not */
export function ruleGroup(group: PlannedGroup, context: RuleContext): GrafanaRuleGroup {
  const intervalSeconds = evaluatedEach(group, context.evaluationInterval);
  const name = group.name.slice(group.owner.length + 1);
  const key = ownedKey(networkOf(group), name);
  const adopted = context.stack.grafana?.adopt.ruleGroups.includes(key);
  const title = context.stack.grafana?.groupNames[key];
  return {
    owner: group.owner,
    name,
    ...(title === undefined ? {} : { title }),
    ...(adopted ? { adopted: true } : {}),
    folderUid: context.folder.uid,
    intervalSeconds,
    rules: group.rules.map((rule) => grafanaRule(rule, group, { ...context, intervalSeconds })),
  };
}

/** Seconds. @param evaluationInterval seconds, where the group says nothing */
export function evaluatedEach({ interval }: Pick<PlannedGroup, 'interval'>, evaluationInterval: number): number {
  return Math.max(1, Math.ceil((interval ?? evaluationInterval) / TICK_SECONDS)) * TICK_SECONDS;
}

export function networkOf({ owner }: Pick<PlannedGroup, 'owner'>): string | undefined {
  return owner === SYSTEM ? undefined : owner;
}

interface GroupContext extends RuleContext {
  readonly intervalSeconds: number;
}

function grafanaRule(rule: PlannedRule, group: PlannedGroup, context: GroupContext): GrafanaRule {
  const uid = ruleUid(context.stack, networkOf(group), rule.name);
  return rule.kind === 'alert' ? alertRule(rule, uid, context) : recordingRule(rule, uid, context);
}

function alertRule(rule: PlannedAlert, uid: string, context: GroupContext): GrafanaAlertRule {
  const keep = rule.keepFiringFor > 0 ? { keepFiringFor: grafanaDuration(rule.keepFiringFor) } : {};
  const labels = sortedByKey(rule.labels);
  const settings = context.routing.settingsFor({
    ...labels,
    alertname: rule.name,
    grafana_folder: context.folder.title,
  });
  return {
    kind: 'alert',
    uid,
    title: rule.name,
    condition: CONDITION_STAGE,
    data: alertStages(rule.expr, context.dataSourceUid),
    noDataState: 'OK',
    execErrState: execErrState(rule.severity),
    missingSeriesEvalsToResolve: missingSeriesEvalsToResolve(rule, context.intervalSeconds),
    for: grafanaDuration(rule.for),
    ...keep,
    labels,
    annotations: annotationsOf(rule, context.panelOf(rule.name)),
    ...(settings ? { notificationSettings: settings } : {}),
  };
}

/**
 * `keep firing for` is for series that are there and normal again; for one that is gone this number alone decides
 * (`processMissingSeriesStates` in pkg/services/ngalert/state/manager.go). Prometheus makes no difference between the two.
 */
function missingSeriesEvalsToResolve({ keepFiringFor }: PlannedAlert, intervalSeconds: number): number {
  return 1 + Math.ceil(keepFiringFor / intervalSeconds);
}

export function execErrState(severity: Severity): GrafanaAlertRule['execErrState'] {
  return severity === 'critical' ? 'KeepLast' : 'OK';
}

function annotationsOf(rule: PlannedAlert, place: PanelPlace | undefined): Record<string, string> {
  const translated = Object.entries(rule.annotations).map(([key, text]): [string, string] => {
    try {
      return [key, grafanaTemplate(text)];
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      throw new TemplateError(`${rule.name}, annotation ${key}: ${error.message}`);
    }
  });
  // Both or neither: Grafana refuses a rule with only one of them.
  const link = place ? { __dashboardUid__: place.dashboardUid, __panelId__: String(place.panelId) } : {};
  return sortedByKey({ ...Object.fromEntries(translated), ...link });
}

function recordingRule(rule: RecordingRule, uid: string, { dataSourceUid }: RuleContext): GrafanaRecordingRule {
  return {
    kind: 'recording',
    uid,
    title: rule.name,
    data: [queryStage(rule.expr, dataSourceUid)],
    record: { metric: rule.name, from: QUERY_STAGE, targetDatasourceUid: dataSourceUid },
    labels: sortedByKey(rule.labels),
  };
}

function sortedByKey<T>(object: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}
