/** Keys that no rule and no group has: Prometheus refuses the file for one, and a draft cannot carry it. */
import { nearest } from '../../config/faults.ts';
import type { Part } from './documents.ts';
import type { Gathered, Remark } from './types.ts';

export const RULE_KEYS = ['alert', 'record', 'expr', 'for', 'keep_firing_for', 'labels', 'annotations'];
/** Of Prometheus; then of its operator, Mimir and Cortex; then of Grafana's exports and APIs. */
export const GROUP_KEYS = [
  ...['name', 'interval', 'query_offset', 'limit', 'labels', 'rules'],
  ...['partial_response_strategy', 'source_tenants', 'evaluation_delay', 'align_evaluation_time_on_interval'],
  ...['title', 'folder', 'folderUid', 'folder_uid', 'orgId', 'org_id', 'uid', 'provenance'],
];

/** Of rules that Grafana manages: what its files, its provisioning API and its ruler call them, one after the other. */
export const GRAFANA_KEYS = {
  rule: [
    ...[
      'uid',
      'title',
      'condition',
      'data',
      'dashboardUid',
      'panelId',
      'noDataState',
      'execErrState',
      'for',
      'keepFiringFor',
    ],
    ...['annotations', 'labels', 'isPaused', 'notification_settings', 'record', 'missingSeriesEvalsToResolve'],
    ...[
      'id',
      'guid',
      'orgID',
      'orgId',
      'folderUID',
      'folderUid',
      'ruleGroup',
      'updated',
      'updatedBy',
      'provenance',
      'version',
      'metadata',
    ],
    ...['missing_series_evals_to_resolve', 'keep_firing_for', 'notificationSettings', 'grafana_alert', 'expr'],
    ...['dashboard_uid', 'panel_id', 'no_data_state', 'exec_err_state', 'is_paused', 'intervalSeconds', 'updated_by'],
    ...['namespace_uid', 'namespace_id', 'rule_group', 'dashboardUID', 'panelID'],
  ],
  stage: [
    ...['refId', 'queryType', 'relativeTimeRange', 'datasourceUid', 'model'],
    ...['ref_id', 'query_type', 'relative_time_range', 'datasource_uid'],
  ],
  record: ['from', 'metric', 'target_datasource_uid', 'targetDatasourceUid', 'targetDatasourceUID'],
} as const;

/** A newer Grafana may have keys that are not known here: only what looks misspelt is a fault. */
export function sayUnknownGrafanaKeys(
  part: Part,
  known: readonly string[],
  rule: string | undefined,
  into: Gathered,
): void {
  for (const key of keysOf(part).filter((each) => !known.includes(each))) {
    const near = nearest(key, known);
    const message =
      near === undefined
        ? `has the key "${key}", which nothing here reads; the draft leaves it out`
        : `has the unknown key "${key}", which Grafana ignores; the draft leaves it out; did you mean "${near}"?`;
    say(part, key, message, near === undefined ? 'note' : 'fault', rule, into);
  }
}

/** Says each by its own line. @param rule its name, where it is one's */
export function sayUnknownKeys(part: Part, known: readonly string[], rule: string | undefined, into: Gathered): void {
  for (const key of keysOf(part).filter((each) => !known.includes(each))) {
    const near = nearest(key, known);
    const help = near === undefined ? '' : `; did you mean "${near}"?`;
    const message = `has the unknown key "${key}", so that Prometheus would refuse the file; the draft leaves it out${help}`;
    say(part, key, message, 'fault', rule, into);
  }
}

function keysOf({ value }: Part): string[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
}

function say(
  part: Part,
  key: string,
  message: string,
  kind: Remark['kind'],
  rule: string | undefined,
  into: Gathered,
): void {
  const line = part.document.places.key(part.path, key) ?? part.line;
  into.remarks.push({ file: part.file, line, ...(rule === undefined ? {} : { rule }), message, kind });
}
