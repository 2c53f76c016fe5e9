/** What is printed when a stack is up: the table, and what to do next. */

import pc from 'picocolors';
import { DEFAULT_STACK } from '../cli/command.ts';
import { COMMAND } from '../cli/commandName.ts';
import { columns } from '../cli/output.ts';
import type { Stack } from '../config/stack.ts';
import { activeFaultLines } from './faults.ts';
import type { RunFolder } from './folder.ts';
import type { RunState } from './state.ts';
import { formatOverview } from './table.ts';
import { targetHealth } from './targets.ts';

export async function showOverview(state: RunState, folder: RunFolder, stack: Stack): Promise<void> {
  const urlOf = (name: string) => state.programs.find((program) => program.name === name)?.url;
  const prometheus = urlOf('prometheus');
  const targets = prometheus === undefined ? [] : await targetHealth(prometheus);
  console.log(`\n${formatOverview({ state, targets })}\n`);
  for (const line of await activeFaultLines(urlOf('simulator'))) console.log(pc.yellow(line));
  const page = urlOf('status') ?? urlOf('receiver');
  const simulated = stack.networks.find((network) => network.simulated)?.name;
  const next = [
    ...(simulated === undefined
      ? []
      : [['Make something go wrong:', pc.cyan(`${COMMAND} simulate ${simulated}${stackFlag(state.stack)}`)]]),
    ...(page === undefined ? [] : [['Look at it:', pc.cyan(page)]]),
    ['Data and logs:', folder.root],
  ];
  console.log(columns(next).trimEnd());
}

/** What a command needs to be about this stack. */
export function stackFlag(stack: string): string {
  return stack === DEFAULT_STACK ? '' : ` --stack ${stack}`;
}
