/** The files of a pack draft: rules in our form, each under what there is to say of it. */
import { formatDuration } from '../../config/duration.ts';
import { oneLine } from '../promql/syntax.ts';
import type { Rule } from '../rules/ruleFile.ts';
import { toYaml } from '../yaml.ts';
import type { Completed } from './complete.ts';
import type { Remark, Untranslated } from './types.ts';

export interface Drafted {
  readonly completed: readonly Completed[];
  readonly untranslated: readonly Untranslated[];
  readonly chain: string;
}

/**
 * File name → text. Only files that hold something.
 * @param saidOf remarks of a rule, which stand above it; without, the files say nothing of what is wrong
 */
export function draftFiles(
  { completed, untranslated: all, chain }: Drafted,
  saidOf?: (rule: Completed) => readonly Remark[],
): Map<string, string> {
  const of = (kind: Rule['kind']) => completed.filter(({ rule }) => rule.kind === kind);
  const [alerts, recordings] = [of('alert'), of('recording')];
  const untranslated = saidOf ? all : [];
  const how = saidOf ? 'What a comment names is to be mended before the file is used.' : 'It is not checked by itself.';
  const header = (what: string) => `# Draft of ${what} for ${chain}, imported. ${how}\n`;
  const files = new Map<string, string>();
  if (recordings.length > 0)
    files.set('recording.yaml', `${header('recording rules')}${groupsText(recordings, RECORDED, saidOf)}`);
  if (alerts.length > 0 || all.length > 0)
    files.set('alerts.yaml', `${header('alerts')}${groupsText(alerts, '', saidOf)}${leftOut(untranslated)}`);
  return files;
}

const RECORDED = '-recorded';

/** What a rule of the draft was made of. @param group as the draft calls it @param index from 0 */
export function draftedFrom(completed: readonly Completed[], group: string, index: number): Completed | undefined {
  const kind = group.endsWith(RECORDED) ? 'recording' : 'alert';
  const suffix = kind === 'recording' ? RECORDED : '';
  return completed.filter(({ from, rule }) => rule.kind === kind && `${groupName(from.group)}${suffix}` === group)[
    index
  ];
}

function groupsText(
  rules: readonly Completed[],
  suffix: string,
  saidOf: (rule: Completed) => readonly Remark[] = () => [],
): string {
  if (rules.length === 0) return 'groups: []\n';
  const groups = Map.groupBy(rules, ({ from }) => groupName(from.group));
  const texts = [...groups].map(([name, members]) => {
    const interval = members.find(({ from }) => from.interval !== undefined)?.from.interval;
    const head = [
      `  - name: ${JSON.stringify(`${name}${suffix}`)}`,
      ...(interval === undefined ? [] : [`    interval: ${formatDuration(interval)}`]),
      '    rules:',
    ];
    return `${head.join('\n')}\n${members.map((member) => ruleText(member, saidOf(member))).join('\n')}`;
  });
  return `groups:\n${texts.join('\n')}`;
}

function groupName(name: string): string {
  const plain = name
    .replace(/[^A-Za-z0-9_]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase();
  return plain === '' ? 'imported' : plain;
}

function ruleText({ from, rule }: Completed, remarks: readonly Remark[]): string {
  const said = remarks.map(({ kind, message }) => comment(`${kind === 'fault' ? 'fault' : 'note'}: ${message}`));
  const was = comment(`${from.file}:${from.line}${rule.name === from.name ? '' : `: ${from.name}`}`);
  const plain =
    rule.kind === 'recording'
      ? { record: rule.name, expr: rule.expr, ...filled('labels', rule.labels) }
      : {
          alert: rule.name,
          expr: rule.expr,
          ...(rule.for > 0 ? { for: formatDuration(rule.for) } : {}),
          ...(rule.keepFiringFor > 0 ? { keep_firing_for: formatDuration(rule.keepFiringFor) } : {}),
          ...filled('labels', rule.labels),
          ...filled('annotations', rule.annotations),
        };
  return `${[was, ...said].map((line) => `      ${line}\n`).join('')}${toYaml([plain]).replace(/^(?=.)/gm, '      ')}`;
}

function filled(
  key: string,
  texts: Readonly<Record<string, string>>,
): Record<string, Readonly<Record<string, string>>> {
  return Object.keys(texts).length === 0 ? {} : { [key]: texts };
}

/** On one line, whatever it quotes. */
function comment(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the very characters that no YAML may hold
  return `# ${oneLine(text).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]|[\ud800-\udfff](?![\udc00-\udfff])/gu, '?')}`;
}

function leftOut(untranslated: readonly Untranslated[]): string {
  if (untranslated.length === 0) return '';
  const lines = untranslated.map(({ name, file, line, reason }) => comment(`${file}:${line}: ${name} ${reason}`));
  return `\n# Not translated:\n${lines.join('\n')}\n`;
}
