/** What can be played, as wide as the terminal. */
import { formatDuration } from '../../config/duration.ts';
import { type Case, LEFT_ON, type Undrilled } from '../../local/drill/cases.ts';
import { COMMAND } from '../commandName.ts';
import type { Io } from '../io.ts';
import { columns, paint, widthOf, wrapped } from '../output.ts';
import { WIDTH, withoutLines } from './show.ts';

export function showList(cases: readonly Case[], without: readonly Undrilled[], io: Io): string {
  const colours = paint(io);
  const { dim } = colours;
  const width = io.width ?? WIDTH;
  const widest = (cells: readonly string[]) => Math.max(0, ...cells.map(widthOf));
  // Two spaces stand between columns.
  const before = widest(cases.map(({ chain }) => chain)) + widest(cases.map(({ fault }) => fault.name)) + 4;
  const lines = (names: readonly string[]) => wrapped(names.join(', '), width - before);
  const rows = cases.flatMap(({ chain, fault, alerts, also }) => {
    const cells = [
      ...lines(alerts),
      ...(also.length === 0
        ? []
        : lines(also.map((name, index) => (index === 0 ? `left on: ${name}` : name))).map(dim)),
    ];
    return cells.map((cell, index) => (index === 0 ? [chain, fault.name, cell] : ['', '', cell]));
  });
  const leftOn = `left on: what comes only where the fault is left on, for up to ${formatDuration(LEFT_ON)} of the chain's time. To play that, name the alert: ${COMMAND} drill ALERT`;
  return [
    columns([['chain', 'fault', 'alerts'].map((head) => dim(head)), ...rows]),
    '\n',
    ...wrapped(leftOn, width).map((line) => `${line}\n`),
    '\n',
    ...withoutLines(without, colours, width),
  ].join('');
}
