/** What `chainwatch simulate` tells. */

import pc from 'picocolors';
import { COMMAND } from '../cli/commandName.ts';
import { columns, count, wrapped } from '../cli/output.ts';
import type { FaultView, NetworkFaults } from './faults.ts';
import type { Lingering } from './loadedRules.ts';

/**
 * The networks with their faults, by what they are about: what each is, and whether it is on.
 * @param width columns of the terminal
 * @param alerts whether to say which alerts each leads to
 */
export function listing(networks: readonly NetworkFaults[], width: number, alerts: boolean): string {
  const example = networks[0]?.network ?? '<network>';
  return [
    ...networks.flatMap((network) => [...linesOf(network, width, alerts), '']),
    columns([
      ['Play one:', `${COMMAND} simulate ${example} <fault>`],
      ['End it:', 'the same with --clear'],
      ...(alerts ? [] : [['Which alerts follow:', 'the same with --alerts, with or without a fault']]),
    ]).trimEnd(),
  ].join('\n');
}

function linesOf({ network, chain, faults }: NetworkFaults, width: number, alerts: boolean): string[] {
  const names = Math.max(0, ...faults.map(({ name }) => name.length));
  const on = faults.filter(({ activeSince }) => activeSince !== null).length;
  const head = `${network} (${chain}): ${count(faults.length, 'fault')}${on === 0 ? '' : `, ${on} on`}`;
  const groups = Map.groupBy(faults, ({ components }) => components.join(', ') || 'the network as a whole');
  return [
    pc.bold(head),
    ...[...groups]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([about, some]) => [
        pc.bold(`  ${about}`),
        ...some.flatMap((fault) => faultLines(fault, names, width, alerts)),
      ]),
  ];
}

function faultLines(fault: FaultView, names: number, width: number, alerts: boolean): string[] {
  const { name, summary, activeSince } = fault;
  // The mark, the name, and what stands between them.
  const beside = names + 6;
  const [first = '', ...rest] = wrapped(summary, width - beside);
  const below = (lines: readonly string[]) => lines.map((line) => `${' '.repeat(beside)}${line}`);
  return [
    `  ${activeSince === null ? ' ' : pc.red('●')} ${pc.cyan(name.padEnd(names))}  ${first}`,
    ...below(rest),
    ...(activeSince === null ? [] : below([pc.red(`on since ${activeSince}`)])),
    ...(alerts ? below(alertLines(fault, width - beside).map(pc.dim)) : []),
  ];
}

function alertLines(fault: FaultView, width: number): string[] {
  const later = fault.later.length === 0 ? [] : [`left on: ${fault.later.join(', ')}`];
  return [`→ ${expected(fault)}`, ...later].flatMap((line) => wrapped(line, width));
}

/** One fault: what it is, what it can be narrowed to, and the alerts that it leads to. */
export function details(fault: FaultView, width: number): string {
  const { name, summary, instances } = fault;
  return [
    `${pc.bold(name)}: ${summary}`,
    ...alertLines(fault, width),
    ...(instances.length === 0 ? [] : wrapped(`--instance: ${instances.join(', ')}`, width)),
  ].join('\n');
}

/** After a fault was switched on; `changed` is 0 where it was on already. */
export function played(
  { network }: NetworkFaults,
  fault: FaultView,
  changed: number,
  receiver: string | undefined,
): string {
  const already = changed === 0 ? ' (it was on already)' : '';
  return [
    `${pc.bold(fault.name)} on ${network}: ${fault.summary}${already}`,
    `Expect: ${expected(fault)}`,
    ...(fault.later.length === 0 ? [] : [`If it is left on: ${fault.later.join(', ')}`]),
    ...(receiver === undefined ? [] : [`See it arrive: ${pc.cyan(receiver)}`]),
    `End it:        ${pc.cyan(`npx chainwatch simulate ${network} ${fault.name} --clear`)}`,
  ].join('\n');
}

/** `A, B (within 15 s), which hold back C` */
function expected({ alerts, heldBack, withinSeconds }: FaultView): string {
  if (alerts.length === 0) return 'no alert: this network has no rule for it';
  const told = alerts.filter((alert) => !heldBack.includes(alert));
  const within = withinSeconds === null ? '' : ` (within ${timeOf(withinSeconds)})`;
  const holds = told.length === 1 ? 'which holds back' : 'which hold back';
  return `${told.join(', ')}${within}${heldBack.length === 0 ? '' : `, ${holds} ${heldBack.join(', ')}`}`;
}

function timeOf(seconds: number): string {
  if (seconds < 120) return `${Math.ceil(seconds)} s`;
  return seconds < 7200 ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 3600)} h`;
}

/** Simulated heads catch up at five times their pace or faster: what was missed in four minutes is made up for in one. */
const CATCHES_UP = [
  'The chain first catches up with what it missed, for up to a quarter as long as it stood still;',
  'the alerts resolve after that, one by one, not at once.',
].join('\n');

/** After a fault was switched off; `changed` is 0 where it was not on. */
export function cleared(
  { network }: NetworkFaults,
  { name }: FaultView,
  changed: number,
  goOn: readonly Lingering[],
): string {
  if (changed === 0) return `${name} is not on at ${network}: nothing to clear.`;
  return [`Cleared ${name} on ${network}.`, CATCHES_UP, ...lingeringWords(goOn)].join('\n');
}

export function clearedAll({ network }: NetworkFaults, changed: number, goOn: readonly Lingering[]): string {
  if (changed === 0) return `No fault is on at ${network}: nothing to clear.`;
  return [`Cleared all faults of ${network} (${changed}).`, CATCHES_UP, ...lingeringWords(goOn)].join('\n');
}

/** `BatcherRunwayVeryLow up to 6 min` */
function lingeringWords(goOn: readonly Lingering[]): string[] {
  if (goOn.length === 0) return [];
  const each = goOn.map(({ alert, seconds }) => `  ${alert} up to ${timeOf(seconds)}`);
  return ['These look back, and may go on for as long again:', ...each];
}
