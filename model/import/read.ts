/** Rules of any form that people have: Prometheus rule files, PrometheusRule manifests, exports and API answers of Grafana. */
import { Part, readDocuments } from './documents.ts';
import { readGrafanaRule } from './grafana.ts';
import { faultOf } from './promql.ts';
import { duration, type GroupFacts, secondsOf } from './times.ts';
import { type Gathered, nothingYet } from './types.ts';
import { GROUP_KEYS, RULE_KEYS, sayUnknownGrafanaKeys, sayUnknownKeys } from './unknownKeys.ts';

/**
 * Never throws: what cannot be read is named.
 * @param file how messages call it
 * @returns whether it holds rules at all, in whatever state, and what they are
 */
export function readRules(text: string, file: string): Gathered & { readonly recognised: boolean } {
  const { documents, remarks } = readDocuments(text, file);
  const gathered = nothingYet();
  gathered.remarks.push(...remarks);
  const recognised = documents.map((document) => readAny(Part.whole(document), gathered, 0)).includes(true);
  return { ...gathered, recognised: recognised || remarks.length > 0 };
}

const DEEPEST = 3;

function readAny(part: Part, into: Gathered, depth: number): boolean {
  if (depth > DEEPEST) return false;
  const kind = part.at('kind').text;
  if (kind === 'PrometheusRule') return readGroups(part.at('spec').at('groups'), into);
  if (part.has('items') && /^(\w+)?List$/.test(kind))
    return part
      .at('items')
      .items.map((item) => readAny(item, into, depth + 1))
      .includes(true);
  if (part.has('groups')) return readGroups(part.at('groups'), into);
  // A group as the API of Grafana answers it, or one that somebody cut out of a file.
  if (part.at('rules').items.length > 0) return readGroup(part, into);
  if (isRule(part)) return readRule(part, { name: part.at('ruleGroup').text || 'imported' }, into);
  const list = part.items;
  if (list.length > 0) return list.map((item) => readAny(item, into, depth + 1)).includes(true);
  // The ruler's answer: folder → groups.
  const folders = typeof part.value === 'object' && part.value !== null ? Object.keys(part.value) : [];
  const groups = folders
    .flatMap((folder) => part.at(folder).items)
    .filter((item) => item.at('rules').items.some(isRule));
  return groups.map((group) => readGroup(group, into)).includes(true);
}

function isRule(part: Part): boolean {
  const grafana = part.has('data') && (part.has('title') || part.has('condition'));
  return part.has('alert') || part.has('record') || part.has('grafana_alert') || grafana;
}

/** A list of groups, empty or not, is what rules are written in. */
function readGroups(groups: Part, into: Gathered): boolean {
  const read = groups.items.map((group) => readGroup(group, into)).includes(true);
  return read || (Array.isArray(groups.value) && groups.items.length === 0);
}

function readGroup(group: Part, into: Gathered): boolean {
  const interval = secondsOf(group.at('interval'));
  const name = group.at('name', 'title').text || 'imported';
  if (group.at('rules').items.some((rule) => rule.has('expr'))) sayUnknownKeys(group, GROUP_KEYS, undefined, into);
  else if (group.at('rules').items.some((rule) => rule.has('grafana_alert') || rule.has('data')))
    sayUnknownGrafanaKeys(group, GROUP_KEYS, undefined, into);
  const facts = { name, ...(interval === undefined || interval === 0 ? {} : { interval }) };
  return group
    .at('rules')
    .items.map((rule) => readRule(rule, facts, into))
    .includes(true);
}

function readRule(rule: Part, group: GroupFacts, into: Gathered): boolean {
  if (!isRule(rule)) {
    const message = 'is neither an alert nor a recording rule: it has no "alert:", "record:" or "data:"';
    into.remarks.push({ file: rule.file, line: rule.line, message, kind: 'fault' });
    // With an expression it was meant as one, and only its key is misspelt.
    if (rule.has('expr')) sayUnknownKeys(rule, RULE_KEYS, undefined, into);
    return rule.has('expr');
  }
  if (rule.has('grafana_alert') || rule.has('data')) readGrafanaRule(rule, group, into);
  else readPrometheusRule(rule, group, into);
  return true;
}

function readPrometheusRule(rule: Part, group: GroupFacts, into: Gathered): void {
  const kind = rule.has('alert') ? 'alert' : 'recording';
  const name = rule.at('alert', 'record').text.trim() || 'unnamed';
  const expr = rule.at('expr');
  const { file, line } = rule;
  sayUnknownKeys(rule, RULE_KEYS, name, into);
  const text = expr.text.trim();
  const fault = faultOf(text);
  if (fault) {
    into.untranslated.push({
      name,
      file,
      line: expr.value === undefined ? line : expr.lineAt(fault.at),
      reason: fault.reason,
    });
    return;
  }
  into.rules.push({
    kind,
    name,
    expr: text,
    for: duration(rule.at('for'), name, into),
    keepFiringFor: duration(rule.at('keep_firing_for'), name, into),
    labels: rule.at('labels').texts,
    annotations: rule.at('annotations').texts,
    group: group.name,
    ...(group.interval === undefined ? {} : { interval: group.interval }),
    file,
    line,
    lineAt: (offset) => expr.lineAt(offset),
    lineOfText: (section, key, offset) => rule.at(section).at(key).lineAt(offset),
  });
}
