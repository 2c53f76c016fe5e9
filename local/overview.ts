/** What is printed when a stack is up: the table, and what to do next. */
import pc from 'picocolors';
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
  console.log(`\n${formatOverview({ state, targets, timeScale: stack.prometheus.timeScale })}\n`);
  for (const line of await activeFaultLines(urlOf('simulator'))) console.log(pc.yellow(line));
  const simulated = stack.networks.find((network) => network.simulated);
  if (simulated)
    console.log(
      `Make something go wrong:  ${pc.cyan(`npx chainwatch simulate ${simulated.name}`)}   (lists the faults)`,
    );
  const page = urlOf('status') ?? urlOf('receiver');
  if (page !== undefined) console.log(`Look at it:               ${pc.cyan(page)}`);
  console.log(`Data and logs:            ${folder.root}`);
}
