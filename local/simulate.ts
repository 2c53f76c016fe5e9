/** `chainwatch simulate`: makes a simulated network go wrong, so that anyone can see an alert travel. */

import { closest } from 'fastest-levenshtein';
import { z } from 'zod';
import { COMMAND } from '../cli/called.ts';
import { loadStack } from '../cli/loadStack.ts';
import { nearest, unknownName } from '../config/faults.ts';
import { type FaultView, type NetworkFaults, simulatedFaults } from './faults.ts';
import { runFolder } from './folder.ts';
import { alertsThatExist } from './networkAlerts.ts';
import { cleared, clearedAll, listing, played } from './simulateWords.ts';
import { isRunning, type RunState, readState } from './state.ts';

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
  const state = runningState(options);
  const simulator = simulatorOf(state, options.stack);
  const networks = await withAlertsThatExist(await simulatedFaults(simulator), urlOf(state, 'prometheus'));
  const network = options.network === undefined ? undefined : networkOf(networks, options.network, options);
  console.log(await answer(options, state, simulator, network, networks));
  return 0;
}

/** Does what was asked for. @returns what to tell */
async function answer(
  { fault: name, instance, clear }: SimulateOptions,
  state: RunState,
  simulator: string,
  network: NetworkFaults | undefined,
  networks: readonly NetworkFaults[],
): Promise<string> {
  if (network === undefined) return listing(networks);
  const address = `${simulator}/faults/${encodeURIComponent(network.network)}`;
  if (name === undefined) return clear ? clearedAll(network, await send('DELETE', address)) : listing([network]);
  const fault = faultOf(network, name);
  const changed = await send(clear ? 'DELETE' : 'PUT', `${address}/${fault.name}`, instance);
  return clear ? cleared(network, fault, changed) : played(network, fault, changed, urlOf(state, 'receiver'));
}

function runningState({ stack, project }: SimulateOptions): RunState {
  const state = readState(runFolder(project, stack));
  if (state && isRunning(state)) return state;
  throw new SimulateError(`stack ${stack} does not run; start it with: ${COMMAND} start --stack ${stack}`);
}

function simulatorOf(state: RunState, stack: string): string {
  const url = urlOf(state, 'simulator');
  if (url !== undefined) return url;
  throw new SimulateError(
    `stack ${stack} simulates nothing: no network in Pulumi.${stack}.yaml says "simulated: true"`,
  );
}

function urlOf(state: RunState, program: string): string | undefined {
  return state.programs.find(({ name }) => name === program)?.url;
}

/** The faults with those alerts only that can fire on their network. */
async function withAlertsThatExist(
  networks: readonly NetworkFaults[],
  prometheusUrl: string | undefined,
): Promise<NetworkFaults[]> {
  const exists = await alertsThatExist(prometheusUrl);
  return networks.map(({ faults, ...network }) => {
    const only = (alerts: readonly string[]) => alerts.filter((alert) => exists(network.network, alert));
    return {
      ...network,
      faults: faults.map((fault) => ({ ...fault, alerts: only(fault.alerts), later: only(fault.later) })),
    };
  });
}

function networkOf(networks: readonly NetworkFaults[], name: string, options: SimulateOptions): NetworkFaults {
  const network = networks.find((each) => each.network === name);
  if (network) return network;
  const simulated = networks.map((each) => each.network);
  const inFile = networksOfFile(options).find((each) => each.name === name);
  if (inFile === undefined) throw new SimulateError(unknownName('network', name, simulated));
  throw new SimulateError(
    inFile.simulated
      ? `network "${name}" is in Pulumi.${options.stack}.yaml, but not in what runs: start the stack again`
      : `network "${name}" is not simulated, so nothing can be played on it; simulated: ${simulated.join(', ')}`,
  );
}

/** None where the file is not there or not right any more: it is asked for the words of a refusal only. */
function networksOfFile({ stack, project }: SimulateOptions) {
  try {
    return loadStack(stack, project).stack.networks;
  } catch {
    return [];
  }
}

function faultOf({ network, faults, impossible }: NetworkFaults, name: string): FaultView {
  const fault = faults.find((each) => each.name === name);
  if (fault) return fault;
  const lacking = impossible.find((each) => each.name === name)?.components.join(' or ');
  if (lacking !== undefined)
    throw new SimulateError(`fault "${name}" is about ${lacking}, which ${network} has not got`);
  const known = faults.map((each) => each.name);
  const near = nearest(name, known) ?? closest(name, known);
  throw new SimulateError(
    `unknown fault "${name}" of ${network}; did you mean "${near}"? All of them: ${COMMAND} simulate ${network}`,
  );
}

const switched = z.object({ changed: z.number() });
const refusal = z.object({ reason: z.string(), remedy: z.string() });

/** @returns how many faults it switched @throws SimulateError where the simulator refuses */
async function send(method: 'PUT' | 'DELETE', url: string, instance?: string): Promise<number> {
  const query = instance === undefined ? '' : `?instance=${encodeURIComponent(instance)}`;
  const response = await fetch(`${url}${query}`, { method, signal: AbortSignal.timeout(5000) });
  if (!response.ok) throw new SimulateError(await reasonOf(response));
  return switched.parse(await response.json()).changed;
}

async function reasonOf(response: Response): Promise<string> {
  const told = refusal.safeParse(await response.json().catch(() => undefined));
  return told.success ? `${told.data.reason}; ${told.data.remedy}` : `the simulator answers ${response.status}`;
}
