/** A difference as a comment for a pull request. */
import { count } from '../output.ts';
import type { View, ViewedAlert, ViewedChange, ViewedSection } from './view.ts';

/** Forges cut comments at 65,536 characters; a long value is better looked up in the JSON. */
const LONGEST = 200;

export function formatMarkdown({ added, removed, changed, texts, sections }: View): string {
  const blocks: string[] = [];
  if (changed.length > 0) {
    const rows = changed.flatMap(({ alert, owners, changes }) =>
      changes.map((change, index) => [
        index === 0 ? `\`${alert}\`` : '',
        index === 0 ? owners.join(', ') : '',
        ...changeCells(change),
      ]),
    );
    blocks.push(
      `#### ${count(changed.length, 'alert')} changed`,
      grid(['alert', 'of', 'what', 'before', 'after', ''], rows),
    );
  }
  if (added.length > 0) blocks.push(`#### ${count(added.length, 'alert')} added`, alertGrid(added));
  if (removed.length > 0) blocks.push(`#### ${count(removed.length, 'alert')} removed`, alertGrid(removed));
  if (texts.length > 0) {
    const names = texts.map(({ alert }) => `\`${alert}\``).join(', ');
    blocks.push(`Texts of ${count(texts.length, 'alert')} changed: ${names}`);
  }
  return [...blocks, ...sections.map(formatSection)].join('\n\n');
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
  const lines = [
    ...notes.map((note) => `- **${note}**`),
    ...added.map((key) => `- added: ${code(key)}`),
    ...removed.map((key) => `- removed: ${code(key)}`),
  ];
  const rows = changed.flatMap(({ key, changes }) =>
    changes.map((change, index) => [index === 0 ? code(key) : '', ...changeCells(change)]),
  );
  const parts = [
    ...(lines.length > 0 ? [lines.join('\n')] : []),
    ...(rows.length > 0 ? [grid(['', 'what', 'before', 'after', ''], rows)] : []),
  ];
  return [`#### ${title}`, ...parts].join('\n\n');
}

function changeCells({ field, before, after, fires }: ViewedChange): string[] {
  return [field, code(before), code(after), fires === undefined ? '' : `fires ${fires}`];
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
