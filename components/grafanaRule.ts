/** Rules as the provider takes them, field by field. */
import type { types } from '@pulumiverse/grafana';
import type {
  GrafanaAlertRule,
  GrafanaRecordingRule,
  GrafanaRule,
  NotificationSettings,
} from '../model/grafana/types.ts';
import { placeAnnotations } from '../model/runbooks.ts';

type RuleArgs = types.input.alerting.RuleGroupRule;
type DataArgs = types.input.alerting.RuleGroupRuleData;
type SettingsArgs = types.input.alerting.RuleGroupRuleNotificationSettings;

/** @param runbooks stands before the paths of runbooks */
export function ruleArgs(rule: GrafanaRule, runbooks: string): RuleArgs {
  return rule.kind === 'alert' ? alertArgs(rule, runbooks) : recordingArgs(rule);
}

function alertArgs(rule: GrafanaAlertRule, runbooks: string): RuleArgs {
  const { keepFiringFor, notificationSettings } = rule;
  return {
    uid: rule.uid,
    name: rule.title,
    condition: rule.condition,
    datas: dataArgs(rule),
    noDataState: rule.noDataState,
    execErrState: rule.execErrState,
    missingSeriesEvalsToResolve: rule.missingSeriesEvalsToResolve,
    for: rule.for,
    ...(keepFiringFor === undefined ? {} : { keepFiringFor }),
    labels: { ...rule.labels },
    annotations: placeAnnotations(rule.annotations, runbooks),
    isPaused: false,
    ...(notificationSettings ? { notificationSettings: settingsArgs(notificationSettings) } : {}),
  };
}

/** The provider refuses `record` beside a condition, a state or a duration (`unpackAlertRule`). */
function recordingArgs(rule: GrafanaRecordingRule): RuleArgs {
  return {
    uid: rule.uid,
    name: rule.title,
    datas: dataArgs(rule),
    record: { ...rule.record },
    labels: { ...rule.labels },
    isPaused: false,
  };
}

function dataArgs({ data }: GrafanaRule): DataArgs[] {
  return data.map(({ refId, datasourceUid, queryType, relativeTimeRange, model }) => ({
    refId,
    datasourceUid,
    queryType,
    relativeTimeRange: { ...relativeTimeRange },
    model: canonicalJson(model),
  }));
}

function settingsArgs(settings: NotificationSettings): SettingsArgs {
  const { contactPoint, groupBy, groupWait, groupInterval, repeatInterval, muteTimings } = settings;
  return {
    contactPoint,
    groupBies: [...groupBy],
    groupWait,
    groupInterval,
    repeatInterval,
    ...(muteTimings.length > 0 ? { muteTimings: [...muteTimings] } : {}),
  };
}

/** Keys sorted, as the provider writes what it reads back (Go's `json.Marshal` of a map): equal texts make no diff. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
