/** Keys that no rule and no group has: Prometheus refuses the file for one, and a draft cannot carry it. */
import { nearest } from '../../config/faults.ts';
import type { Part } from './documents.ts';
import type { Gathered } from './types.ts';

export const RULE_KEYS = ['alert', 'record', 'expr', 'for', 'keep_firing_for', 'labels', 'annotations'];
/** Of Prometheus; then of its operator, Mimir and Cortex; then of Grafana's exports and APIs. */
export const GROUP_KEYS = [
  ...['name', 'interval', 'query_offset', 'limit', 'labels', 'rules'],
  ...['partial_response_strategy', 'source_tenants', 'evaluation_delay', 'align_evaluation_time_on_interval'],
  ...['title', 'folder', 'folderUid', 'folder_uid', 'orgId', 'org_id', 'uid', 'provenance'],
];

/** Says each by its own line. @param rule its name, where it is one's */
export function sayUnknownKeys(part: Part, known: readonly string[], rule: string | undefined, into: Gathered): void {
  const keys = typeof part.value === 'object' && part.value !== null ? Object.keys(part.value) : [];
  for (const key of keys.filter((each) => !known.includes(each))) {
    const near = nearest(key, known);
    const help = near === undefined ? '' : `; did you mean "${near}"?`;
    const message = `has the unknown key "${key}", so that Prometheus would refuse the file; the draft leaves it out${help}`;
    const line = part.document.places.key(part.path, key) ?? part.line;
    into.remarks.push({ file: part.file, line, ...(rule === undefined ? {} : { rule }), message, kind: 'fault' });
  }
}
