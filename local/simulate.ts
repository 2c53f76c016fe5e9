/** `chainwatch simulate`: makes a simulated network go wrong, so that anyone can see an alert travel. */
import pc from 'picocolors';
import { z } from 'zod';
import { unknownName } from '../config/faults.ts';
import { type NetworkFaults, simulatedFaults } from './faults.ts';
import { runFolder } from './folder.ts';
import { isRunning, readState } from './state.ts';

export interface SimulateOptions {
  readonly stack: string;
  readonly project: string;
  readonly network?: string | undefined;
  readonly fault?: string | undefined;
  readonly instance?: string | undefined;
  readonly clear: boolean;
}

/** What a person can mend: no run, no such network, no such fault. */
export class SimulateError extends Error {}

/** @returns 0 @throws SimulateError */
export async function simulate(options: SimulateOptions): Promise<number> {
  const { stack, project, clear } = options;
  const state = readState(runFolder(project, stack));
  if (!state || !isRunning(state))
    throw new SimulateError(`stack ${stack} does not run; start it with: npx chainwatch start --stack ${stack}`);
  const url = state.programs.find((program) => program.name === 'simulator')?.url;
  if (url === undefined)
    throw new SimulateError(
      `stack ${stack} simulates nothing: no network in Pulumi.${stack}.yaml says "simulated: true"`,
    );
  const networks = await simulatedFaults(url);
  if (options.network === undefined) return list(networks);
  const network = networks.find((each) => each.network === options.network);
  if (!network)
    throw new SimulateError(
      unknownName(
        'simulated network',
        options.network,
        networks.map((each) => each.network),
      ),
    );
  if (options.fault === undefined) return clear ? clearAll(url, network) : list([network]);
  const fault = network.faults.find((each) => each.name === options.fault);
  if (!fault)
    throw new SimulateError(
      unknownName(
        `fault of ${network.chain}`,
        options.fault,
        network.faults.map((each) => each.name),
      ),
    );
  await send(clear ? 'DELETE' : 'PUT', `${url}/faults/${network.network}/${fault.name}`, options.instance);
  console.log(
    clear
      ? `Cleared ${fault.name} on ${network.network}; its alerts resolve by themselves.`
      : announce(network, fault, state),
  );
  return 0;
}

function announce(
  network: NetworkFaults,
  fault: NetworkFaults['faults'][number],
  state: { programs: { name: string; url: string }[] },
): string {
  const receiver = state.programs.find((program) => program.name === 'receiver')?.url;
  return [
    `${pc.bold(fault.name)} on ${network.network}: ${fault.summary}`,
    `Expect: ${fault.alerts.join(', ')}; if it is left on, more follow`,
    ...(receiver === undefined ? [] : [`See it arrive: ${pc.cyan(receiver)}`]),
    `End it:        ${pc.cyan(`npx chainwatch simulate ${network.network} ${fault.name} --clear`)}`,
  ].join('\n');
}

async function clearAll(url: string, network: NetworkFaults): Promise<number> {
  await send('DELETE', `${url}/faults/${network.network}`);
  console.log(`Cleared all faults of ${network.network}.`);
  return 0;
}

const refusal = z.object({ reason: z.string(), remedy: z.string() });

async function send(method: 'PUT' | 'DELETE', url: string, instance?: string): Promise<void> {
  const query = instance === undefined ? '' : `?instance=${encodeURIComponent(instance)}`;
  const response = await fetch(`${url}${query}`, { method });
  if (response.ok) return;
  const refused = refusal.safeParse(await response.json().catch(() => undefined));
  throw new SimulateError(
    refused.success ? `${refused.data.reason}; ${refused.data.remedy}` : `the simulator answers ${response.status}`,
  );
}

function list(networks: readonly NetworkFaults[]): number {
  for (const { network, chain, faults } of networks) {
    console.log(pc.bold(`${network} (${chain})`));
    const width = Math.max(...faults.map((fault) => fault.name.length));
    for (const { name, summary, alerts, activeSince } of faults) {
      const active = activeSince === null ? '' : pc.red(`  active since ${activeSince}`);
      console.log(`  ${pc.cyan(name.padEnd(width))}  ${summary}${active}`);
      console.log(pc.dim(`  ${' '.repeat(width)}  → ${alerts.join(', ')}`));
    }
  }
  console.log(
    `\nPlay one:  npx chainwatch simulate ${networks[0]?.network ?? '<network>'} <fault>     end it: the same with --clear`,
  );
  return 0;
}
