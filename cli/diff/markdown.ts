/** A difference as a comment for a pull request. */
import { count } from '../output.ts';
import type { ViewedSection, ViewedThing } from './sections.ts';
import type { ViewedChange } from './values.ts';
import type { View, ViewedAlert, ViewedAlertChange } from './view.ts';

/** Forges cut comments at 65,536 characters; a long value is better looked up in the JSON. */
const LONGEST = 200;
/** Rows of a table or list that are shown without a click. */
const MOST = 12;

export function formatMarkdown({ added, removed, changed, texts, sections }: View): string {
  const alerts = (list: readonly ViewedAlert[]) => count(list.length, 'alert');
  return [
    ...block(`${count(changed.length, 'alert')} changed`, changed.length, changeGrid(changed)),
    ...block(`${alerts(added)} added`, added.length, alertGrid(added)),
    ...block(`${alerts(removed)} removed`, removed.length, alertGrid(removed)),
    ...block(`Texts of ${alerts(texts)} changed`, texts.length, texts.map(({ alert }) => `\`${alert}\``).join(', ')),
    ...sections.map(formatSection),
  ].join('\n\n');
}

/** Nothing where there are no rows. */
function block(title: string, rows: number, body: string): string[] {
  return rows === 0 ? [] : [`#### ${title}`, folded('show them', rows, body)];
}

/** More than a screen would hide what comes after it. */
function folded(summary: string, rows: number, body: string): string {
  return rows <= MOST ? body : `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

function changeGrid(alerts: readonly ViewedAlertChange[]): string {
  const rows = alerts.flatMap(({ alert, owners, changes }) =>
    changes.map((change, index) => [
      index === 0 ? `\`${alert}\`` : '',
      index === 0 ? owners.join(', ') : '',
      ...changeCells(change),
    ]),
  );
  return grid(['alert', 'of', 'what', 'before', 'after', ''], rows);
}

function alertGrid(alerts: readonly ViewedAlert[]): string {
  const rows = alerts.map(({ alert, severity, when, owners }) => [
    `\`${alert}\``,
    severity,
    escapeText(when),
    owners.join(', '),
  ]);
  return grid(['alert', 'severity', 'when', 'of'], rows);
}

function formatSection({ title, added, removed, changed, notes }: ViewedSection): string {
  const rows = changed.flatMap(({ key, changes }) =>
    changes.map((change, index) => [index === 0 ? code(key) : '', ...changeCells(change)]),
  );
  return [
    `#### ${title}`,
    ...notes.map((note) => `- **${note}**`),
    ...thingList('added', added),
    ...thingList('removed', removed),
    ...(rows.length > 0
      ? [folded(`${changed.length} changed`, rows.length, grid(['', 'what', 'before', 'after', ''], rows))]
      : []),
  ].join('\n\n');
}

function thingList(verb: string, things: readonly ViewedThing[]): string[] {
  if (things.length === 0) return [];
  const lines = things.map(({ key, about }) => `- ${verb}: ${code(key)}${about === '' ? '' : ` ${code(about)}`}`);
  return [folded(`${things.length} ${verb}`, lines.length, lines.join('\n'))];
}

function changeCells({ field, before, after, note = '' }: ViewedChange): string[] {
  return [escapeText(field), code(before), code(after), note];
}

/** A cell ends at a pipe, even inside of code. */
function code(text: string): string {
  if (text === '') return '–';
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  const line = short.replaceAll('|', '\\|').replaceAll('\n', ' ');
  return line.includes('`') ? `\`\` ${line} \`\`` : `\`${line}\``;
}

function escapeText(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function grid(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}
