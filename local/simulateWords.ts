/** What `chainwatch simulate` tells. */

import pc from 'picocolors';
import { COMMAND } from '../cli/called.ts';
import type { FaultView, NetworkFaults } from './faults.ts';

/** The networks with their faults: what each is, since when it is on, and the alerts that it leads to. */
export function listing(networks: readonly NetworkFaults[]): string {
  const example = networks[0]?.network ?? '<network>';
  return [
    ...networks.flatMap(linesOf),
    '',
    `Play one:  ${COMMAND} simulate ${example} <fault>     end it: the same with --clear`,
  ].join('\n');
}

function linesOf({ network, chain, faults }: NetworkFaults): string[] {
  const width = Math.max(0, ...faults.map(({ name }) => name.length));
  const indent = ' '.repeat(width + 4);
  return [
    pc.bold(`${network} (${chain})`),
    ...faults.flatMap((fault) => {
      const { name, summary, later, activeSince } = fault;
      const active = activeSince === null ? '' : pc.red(`  active since ${activeSince}`);
      return [
        `  ${pc.cyan(name.padEnd(width))}  ${summary}${active}`,
        pc.dim(`${indent}→ ${expected(fault)}`),
        ...(later.length === 0 ? [] : [pc.dim(`${indent}  left on: ${later.join(', ')}`)]),
      ];
    }),
  ];
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

/** `A, B (within 15 s)` */
function expected({ alerts, withinSeconds }: FaultView): string {
  if (alerts.length === 0) return 'no alert: this network has no rule for it';
  return `${alerts.join(', ')}${withinSeconds === null ? '' : ` (within ${timeOf(withinSeconds)})`}`;
}

function timeOf(seconds: number): string {
  if (seconds < 120) return `${Math.ceil(seconds)} s`;
  return seconds < 7200 ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 3600)} h`;
}

const CATCHES_UP =
  'The chain first catches up with what it missed; the alerts resolve after that, one by one, not at once.';

/** After a fault was switched off; `changed` is 0 where it was not on. */
export function cleared({ network }: NetworkFaults, { name }: FaultView, changed: number): string {
  if (changed === 0) return `${name} is not on at ${network}: nothing to clear.`;
  return `Cleared ${name} on ${network}.\n${CATCHES_UP}`;
}

export function clearedAll({ network }: NetworkFaults, changed: number): string {
  if (changed === 0) return `No fault is on at ${network}: nothing to clear.`;
  return `Cleared all faults of ${network} (${changed}).\n${CATCHES_UP}`;
}
