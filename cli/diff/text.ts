/** A difference for a terminal. */
import { columns, count, indent, type Paint } from '../output.ts';
import type { ViewedSection, ViewedThing } from './sections.ts';
import type { ViewedChange } from './values.ts';
import type { View, ViewedAlert } from './view.ts';

/** A value that is longer is cut; the JSON has it whole. */
const LONGEST = 400;
/** What only reads differently is worth few lines. */
const MOST_TEXTS = 12;
/** Longer values stand on lines of their own. */
const LONG = 50;

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
    const names = texts.slice(0, MOST_TEXTS).map(({ alert, owners }) => `${alert} (${owners.join(', ')})`);
    const rest = texts.length - names.length;
    if (rest > 0) names.push(dim(`and ${count(rest, 'other')}; --format json has them all`));
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
    thingLines(added, green('+'), paint),
    thingLines(removed, red('-'), paint),
    ...changed.map(({ key, changes }) => `  ${yellow('~')} ${key}\n${changeLines(changes, paint)}`),
    ...notes.map((note) => `  ${yellow('!')} ${note}\n`),
  ].join('');
}

function thingLines(things: readonly ViewedThing[], mark: string, { dim }: Paint): string {
  return indent(columns(things.map(({ key, about }) => [`${mark} ${key}`, dim(cut(about))])));
}

function changeLines(changes: readonly ViewedChange[], paint: Paint): string {
  const width = Math.max(...changes.map(({ field }) => field.length));
  return changes.map((change) => `      ${change.field.padEnd(width)}  ${sides(change, paint)}\n`).join('');
}

/** What has no value on either side is only remarked upon. */
function sides({ before, after, note }: ViewedChange, { dim, cyan }: Paint): string {
  const remark = note === undefined ? '' : cyan(note);
  if (before === '' && after === '') return remark;
  const [old, now] = [cut(before), cut(after)].map((text) => text || dim('nothing'));
  // Two long ones are compared where they stand one below the other.
  const arrow = before.length > LONG && after.length > LONG ? '\n        → ' : ' → ';
  return `${old}${arrow}${now}${remark && `  ${remark}`}`;
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
