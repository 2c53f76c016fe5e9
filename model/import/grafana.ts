/** One Grafana-managed rule, as its export or its API gives it. */
import { PromqlError } from '../promql/syntax.ts';
import type { Part } from './documents.ts';
import { Untranslatable } from './evaluate.ts';
import { faultOf } from './promql.ts';
import { stagesAsPromql, type Translated } from './stages.ts';
import { prometheusAnnotations, prometheusTemplate } from './template.ts';
import { duration, type GroupFacts } from './times.ts';
import type { Gathered } from './types.ts';
import { GRAFANA_KEYS, sayUnknownGrafanaKeys } from './unknownKeys.ts';

export function readGrafanaRule(rule: Part, group: GroupFacts, into: Gathered): void {
  // The ruler keeps what is Grafana's own apart from what Prometheus has too.
  const own = rule.has('grafana_alert') ? rule.at('grafana_alert') : rule;
  const record = own.at('record');
  const recording = record.at('metric').text;
  const name = recording || own.at('title').text.trim() || own.at('uid').text || 'unnamed';
  const { file, line } = own.at('title').value === undefined ? rule : own.at('title');
  for (const part of own === rule ? [rule] : [rule, own]) sayUnknownGrafanaKeys(part, GRAFANA_KEYS.rule, name, into);
  for (const stage of own.at('data').items) sayUnknownGrafanaKeys(stage, GRAFANA_KEYS.stage, name, into);
  sayUnknownGrafanaKeys(record, GRAFANA_KEYS.record, name, into);
  const say = (kind: 'fault' | 'note', message: string) => into.remarks.push({ file, line, rule: name, message, kind });
  const translated = translate(
    own,
    recording === '' ? own.at('condition').text : record.at('from').text,
    recording !== '',
  );
  if (typeof translated === 'string') {
    into.untranslated.push({ name, file, line, reason: translated });
    return;
  }
  const { expr, notes, query } = translated;
  for (const message of notes)
    say(message.startsWith('never fires') || message.startsWith('does not fire') ? 'fault' : 'note', message);
  for (const message of statesOf(own)) say('note', message);
  const labels = Object.entries(rule.at('labels').texts).map(([key, value]) => [key, prometheusTemplate(value)]);
  const asIs = query?.text.trim() === expr.slice(0, query?.text.trim().length);
  into.rules.push({
    kind: recording === '' ? 'alert' : 'recording',
    name,
    expr,
    for: recording === '' ? duration(rule.at('for'), name, into) : 0,
    keepFiringFor: recording === '' ? duration(rule.at('keepFiringFor', 'keep_firing_for'), name, into) : 0,
    labels: Object.fromEntries(labels),
    annotations: prometheusAnnotations(rule.at('annotations').texts),
    group: rule.at('ruleGroup').text || group.name,
    ...(group.interval === undefined ? {} : { interval: group.interval }),
    file,
    line,
    // Its templates are put into other words, so that places within them are gone.
    lineOfText: (section, key) => rule.at(section).at(key).line,
    lineAt: (offset) => (asIs ? (query?.lineAt(offset) ?? line) : (query?.line ?? line)),
  });
}

/** @returns the reason where there is none */
function translate(own: Part, condition: string, recording: boolean): Translated | string {
  try {
    const translated = stagesAsPromql(own.at('data'), condition, !recording);
    const expr = translated.expr.trim();
    return faultOf(expr)?.reason ?? { ...translated, expr };
  } catch (error) {
    if (error instanceof Untranslatable || error instanceof PromqlError) return error.message;
    throw error;
  }
}

function statesOf(own: Part): string[] {
  const receiver = own.at('notification_settings', 'notificationSettings').at('receiver', 'contactPoint').text;
  return [
    ...(own.at('isPaused', 'is_paused').value === true ? ['is paused in Grafana; the draft is not'] : []),
    ...(own.at('noDataState', 'no_data_state').text === 'Alerting'
      ? ['fires in Grafana also where there is no data; in PromQL that is an alert of its own, with absent()']
      : []),
    ...(receiver === ''
      ? []
      : [`goes straight to the contact point ${receiver}; here the routes of the stack file decide`]),
  ];
}
