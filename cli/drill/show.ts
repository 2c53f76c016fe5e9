/** What a drill has shown, for a terminal. */
import { formatDuration } from '../../config/duration.ts';
import type { Undrilled } from '../../local/drill/cases.ts';
import type { DrillResult } from '../../local/drill/drill.ts';
import { GOOD, type Outcome, type Row } from '../../local/drill/verdict.ts';
import { COMMAND } from '../commandName.ts';
import type { Io } from '../io.ts';
import { count, type Paint, paint, table, wrapped } from '../output.ts';

/** Columns, where nothing says how wide the terminal is. */
export const WIDTH = 100;

export function showResult(result: DrillResult, without: readonly Undrilled[], io: Io): string {
  const colours = paint(io);
  const { rows, seconds, own } = result;
  const bad = rows.filter(({ outcome }) => !GOOD.has(outcome));
  const faults = new Set(rows.filter(({ alert }) => alert !== 'Watchdog').map((row) => `${row.chain}/${row.fault}`))
    .size;
  const good = new Set(rows.filter(({ outcome }) => GOOD.has(outcome)).map(({ chain, alert }) => `${chain}/${alert}`));
  const end =
    bad.length === 0
      ? colours.green(
          `${count(faults, 'fault')}, ${count(good.size, 'alert')}: exactly what was promised, and all is over again.`,
        )
      : colours.red(`${count(bad.length, 'alert')} not as promised, of ${count(faults, 'fault')}:`);
  return [
    tableOf(rows, colours),
    '\n',
    ...withoutLines(without, colours),
    `${end} ${colours.dim(`It took ${Math.round(seconds)} s.`)}\n`,
    ...bad.map(
      (row) =>
        `\n${colours.red(titleOf(row))}\n${wrapped(remedyOf(row), WIDTH - 2)
          .map((line) => `  ${line}\n`)
          .join('')}`,
    ),
    ...busyLines(own, bad.length > 0, colours),
  ].join('');
}

function tableOf(rows: readonly Row[], colours: Paint): string {
  const { green, red, dim } = colours;
  const cells = rows.map((row) => {
    const { chain, fault, alert, outcome, seconds, simulatedSeconds, resolvedSeconds, by = [] } = row;
    const good = GOOD.has(outcome);
    return [
      good ? green('ok') : red('✗'),
      chain,
      fault,
      row.optional && good ? dim(alert) : alert,
      good ? wordsOf(outcome, by) : red(outcome),
      seconds === undefined ? '' : `${seconds} s`,
      simulatedSeconds === undefined ? '' : minutes(simulatedSeconds),
      resolvedSeconds === undefined || ['not resolved', 'going on', 'lasts'].includes(outcome)
        ? ''
        : `${resolvedSeconds} s`,
    ];
  });
  return table(['', 'chain', 'fault', 'alert', 'fired', 'after', "chain's time", 'resolved after'], cells, colours);
}

function wordsOf(outcome: Outcome, by: readonly string[]): string {
  if (outcome === 'lasts') return 'yes; lasts until a restart';
  if (outcome === 'going on') return 'yes, and goes on';
  return outcome === 'held back' ? `held back by ${by.join(', ')}` : 'yes';
}

/** To the minute: a scrape is two minutes of the chain's time. */
function minutes(seconds: number): string {
  return formatDuration(Math.max(60, Math.round(seconds / 60) * 60));
}

function titleOf({ chain, fault, alert, outcome }: Row): string {
  return `${chain}/${fault}: ${alert} ${SAYS[outcome]}`;
}

const SAYS: Readonly<Record<Outcome, string>> = {
  arrived: 'arrived',
  'held back': 'was held back',
  missing: 'is missing: it did not fire',
  'not delivered': 'fired, and the receiver was not told',
  'not resolved': 'fires still, though the fault is over',
  'going on': 'goes on',
  lasts: 'lasts until a restart',
  extra: 'is extra: it fired, and the fault does not promise it',
  'extra afterwards': 'is extra: it fired while the network recovered',
  'too early': 'fired before the fault began',
};

function remedyOf({ chain, fault, outcome }: Row): string {
  const again = fault === 'none' ? '' : `Again, slower: ${COMMAND} drill ${chain}/${fault} --scale 30.`;
  switch (outcome) {
    case 'missing':
      return `Either the rule does not see the fault (${COMMAND} rules test ${chain}), or the simulator does not play it as chains/${chain}/simulation says. ${again}`;
    case 'not delivered':
      return `Where it is routed says: ${COMMAND} explain. The log of Alertmanager is .chainwatch/drill/logs/alertmanager.log of the last wave. ${again}`;
    case 'not resolved':
      return `The rule looks further back than its windows say, or the simulator stays ill after the fault. ${again}`;
    case 'extra':
    case 'extra afterwards':
      return `If it is right that it follows, add it to the fault's alerts in chains/${chain}/simulation; if not, the rule gives a false alarm. ${again}`;
    default:
      return `The rule gives a false alarm on a network that is well, or the machine was too busy. ${again}`;
  }
}

export function withoutLines(without: readonly Undrilled[], { dim, bold }: Paint, width = WIDTH): string[] {
  if (without.length === 0) return [];
  const groups = Map.groupBy(without, ({ reason }) => reason);
  return [
    `${bold(`${count(without.length, 'alert')} without a drill`)}; rules test proves each of them in promtool:\n`,
    ...[...groups].flatMap(([reason, some]) => [
      `  ${reason}:\n`,
      ...wrapped(some.map(({ chain, alert }) => `${chain}/${alert}`).join(', '), width - 4).map((line) =>
        dim(`    ${line}\n`),
      ),
    ]),
    '\n',
  ];
}

function busyLines(own: readonly string[], failed: boolean, { yellow }: Paint): string[] {
  if (own.length === 0 || !failed) return [];
  const says = `This machine was too busy for it: ${own.join(', ')} fired meanwhile, which are about the drill's own programs.`;
  return [`\n${yellow(says)}\nPlay it when less else runs, or slower: --scale 30\n`];
}
