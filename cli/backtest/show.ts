/** A backtest as people read it. */
import { formatDuration } from '../../config/duration.ts';
import { type Outcome, together } from '../../model/backtest/outcome.ts';
import { oneLine } from '../../model/promql/syntax.ts';
import { iso } from '../moment.ts';
import { count, indent, type Paint, table } from '../output.ts';
import type { Backtest, Row } from './run.ts';
import { formatLength } from './times.ts';

const HEADS = ['alert', 'network', 'fired', 'firing for', 'longest', ''];
/** Rows that are shown without a click. */
const MOST = 12;

export function formatText(result: Backtest, paint: Paint): string {
  if (result.tried === 0) return `${nothing(result)}\n`;
  const { told, quiet, untold } = parted(result);
  const parts = [paint.dim(stretchOf(result)), ...notesOf(result)];
  if (told.length > 0) {
    const lines = told.map((row) => cells(row).map((cell, index) => (index === 5 ? marked(row, cell, paint) : cell)));
    parts.push('', table(HEADS, [...lines, [], [...totals(told), '']], paint).trimEnd());
  }
  if (quiet !== '') parts.push('', quiet);
  if (untold.length > 0) parts.push('', `${paint.bold('Not answerable')} by this history:`, indent(untold.join('\n')));
  return `${parts.join('\n')}\n`;
}

export function formatMarkdown(result: Backtest): string {
  if (result.tried === 0) return nothing(result);
  const { told, quiet, untold } = parted(result);
  const line = (values: readonly string[]) => `| ${values.join(' | ')} |`;
  const grid = [
    line(HEADS),
    line(HEADS.map(() => '---')),
    ...told.map((row) => line(cells(row).map((cell, index) => (index === 0 ? `\`${cell}\`` : escaped(cell))))),
    line([...totals(told), '']),
  ].join('\n');
  return [
    escaped(stretchOf(result)),
    ...notesOf(result).map((note) => `**${escaped(note)}**`),
    ...(told.length === 0 ? [] : [told.length <= MOST ? grid : folded(told, grid)]),
    ...(quiet === '' ? [] : [escaped(quiet)]),
    ...(untold.length === 0 ? [] : [untold.map((each) => `- not answerable: ${escaped(each)}`).join('\n')]),
  ].join('\n\n');
}

interface Parts {
  readonly told: readonly Row[];
  /** Of those that are not worth a line each. */
  readonly quiet: string;
  readonly untold: readonly string[];
}

/** Many rules that never fire would hide those that do. */
function parted({ rows }: Backtest): Parts {
  const known = rows.filter(({ reasons }) => reasons.length === 0);
  const isQuiet = ({ before, after }: Row) => (before?.fired ?? 0) + (after?.fired ?? 0) === 0;
  const quiet = known.filter(isQuiet);
  const untold = rows.flatMap(({ alert, network, reasons }) =>
    reasons.map((reason) => `${alert}${network === '' ? '' : ` (${network})`}: ${reason}`),
  );
  if (quiet.length <= MOST) return { told: known, quiet: '', untold };
  const blind = quiet.filter((row) => row.blind);
  const words = `${count(quiet.length, 'rule')} would not have fired, neither before nor after`;
  const among =
    blind.length === 0
      ? ''
      : `; of ${blind.length} of them this Prometheus has no data (${perChain(blind)}; --json names them)`;
  return { told: known.filter((row) => !isQuiet(row)), quiet: `${words}${among}.`, untold };
}

/** `op-stack 12, system 3` */
function perChain(rows: readonly Row[]): string {
  const chains = [...Map.groupBy(rows, ({ chain }) => chain || 'of no chain')].sort(([a], [b]) => (a < b ? -1 : 1));
  return chains.map(([chain, some]) => `${chain} ${some.length}`).join(', ');
}

function folded(rows: readonly Row[], grid: string): string {
  const [, , fired, firing] = totals(rows);
  return `<details><summary>${count(rows.length, 'rule')}: fired ${fired}, firing for ${firing}</summary>\n\n${grid}\n\n</details>`;
}

function nothing({ untouched }: Backtest): string {
  return `No rule's expression, for or keep_firing_for differs (${count(untouched, 'rule')}), so none would have fired otherwise. --all tries them all.`;
}

function stretchOf({ url, from, to, queries, tried }: Backtest): string {
  const length = formatLength({ from, to });
  return `${count(tried, 'rule')} over ${length}, ${iso(from)} to ${iso(to)}, by the history of ${url} (${count(queries, 'query', 'queries')})`;
}

function notesOf({ since, from }: Backtest): string[] {
  // The moments that are looked at lie apart.
  if (since - from < 600) return [];
  return [`There is data only since ${iso(since)}: for ${formatDuration(since - from)} before that nothing is known.`];
}

function cells(row: Row): string[] {
  const { alert, network, before, after } = row;
  const both = (value: (outcome: Outcome) => string) =>
    [before, after].map((outcome) => (outcome ? value(outcome) : '–')).join(' → ');
  return [
    alert,
    network || '–',
    both(({ fired }) => String(fired)),
    both(({ seconds }) => time(seconds)),
    both(({ longest }) => time(longest)),
    remark(row),
  ];
}

function remark({ before, after, blind, unseen, change }: Row): string {
  if (blind) return `no data: this Prometheus has no ${unseen.map(oneLine).join(', ')}`;
  const more = (after?.fired ?? 0) - (before?.fired ?? 0);
  const words = more === 0 ? [] : [more > 0 ? `+${more}` : String(more)];
  return [...words, ...(change === 'added' || change === 'removed' ? [change] : [])].join(' ');
}

function marked({ before, after, blind }: Row, text: string, { red, green, dim }: Paint): string {
  const more = (after?.fired ?? 0) - (before?.fired ?? 0);
  if (blind) return dim(text);
  return more > 0 ? red(text) : more < 0 ? green(text) : text;
}

function totals(rows: readonly Row[]): string[] {
  const [before, after] = [
    together(rows.flatMap((row) => row.before ?? [])),
    together(rows.flatMap((row) => row.after ?? [])),
  ];
  return ['all', '', `${before.fired} → ${after.fired}`, `${time(before.seconds)} → ${time(after.seconds)}`, ''];
}

function time(seconds: number): string {
  return seconds === 0 ? '0' : formatDuration(seconds);
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
