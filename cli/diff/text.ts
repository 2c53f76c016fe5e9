/** A difference for a terminal. */
import { columns, count, indent, type Paint } from '../output.ts';
import type { View, ViewedAlert, ViewedChange, ViewedSection } from './view.ts';

/** A value that is longer is cut; the JSON has it whole. */
const LONGEST = 160;

export function formatText({ added, removed, changed, texts, sections }: View, paint: Paint): string {
  const { green, red, yellow, bold, dim } = paint;
  const parts: string[] = [];
  if (added.length > 0)
    parts.push(`${bold(count(added.length, 'alert'))} added\n${alertLines(added, green('+'), paint)}`);
  if (removed.length > 0)
    parts.push(`${bold(count(removed.length, 'alert'))} removed\n${alertLines(removed, red('-'), paint)}`);
  if (changed.length > 0) {
    const blocks = changed.map(
      ({ alert, severity, owners, changes }) =>
        `  ${yellow('~')} ${bold(alert)} ${dim(`(${severity})`)}  ${owners.join(', ')}\n${changeLines(changes, paint)}`,
    );
    parts.push(`${bold(count(changed.length, 'alert'))} changed\n${blocks.join('')}`);
  }
  if (texts.length > 0) {
    const names = texts.map(({ alert, owners }) => `${alert} (${owners.join(', ')})`);
    parts.push(`${bold('Texts')} of ${count(texts.length, 'alert')} changed\n${indent(names.join('\n'))}\n`);
  }
  return [...parts, ...sections.map((section) => formatSection(section, paint))].join('\n');
}

function alertLines(alerts: readonly ViewedAlert[], mark: string, { dim }: Paint): string {
  const rows = alerts.map(({ alert, severity, owners, when }) => [
    `${mark} ${alert}`,
    severity,
    when,
    dim(owners.join(', ')),
  ]);
  return indent(columns(rows));
}

function formatSection({ title, added, removed, changed, notes }: ViewedSection, paint: Paint): string {
  const { bold, green, red, yellow } = paint;
  return [
    `${bold(title)}\n`,
    ...added.map((key) => `  ${green('+')} ${key}\n`),
    ...removed.map((key) => `  ${red('-')} ${key}\n`),
    ...changed.map(({ key, changes }) => `  ${yellow('~')} ${key}\n${changeLines(changes, paint)}`),
    ...notes.map((note) => `  ${yellow('!')} ${note}\n`),
  ].join('');
}

function changeLines(changes: readonly ViewedChange[], { dim, cyan }: Paint): string {
  const width = Math.max(...changes.map(({ field }) => field.length));
  return changes
    .map(({ field, before, after, fires }) => {
      const note = fires === undefined ? '' : `  ${cyan(`fires ${fires}`)}`;
      return `      ${field.padEnd(width)}  ${cut(before) || dim('nothing')} → ${cut(after) || dim('nothing')}${note}\n`;
    })
    .join('');
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
