/** `chainwatch simulate`: makes a simulated network go wrong, so that anyone can see an alert travel. */

import { z } from 'zod';
import { COMMAND } from '../cli/commandName.ts';
import { type NetworkFaults, simulatedFaults } from './faults.ts';
import { runFolder } from './folder.ts';
import { alertsThatExist, heldBack, type Lingering, type LoadedRule, lingering, loadedRules } from './loadedRules.ts';
import { faultOf, networkOf, requireInstance, SimulateError } from './simulateNames.ts';
import { cleared, clearedAll, details, listing, played } from './simulateWords.ts';
import { isRunning, type RunState, readState } from './state.ts';

export interface SimulateOptions {
  readonly stack: string;
  readonly project: string;
  readonly network?: string | undefined;
  readonly fault?: string | undefined;
  readonly instance?: string | undefined;
  readonly clear: boolean;
  /** Only says which alerts the faults lead to, and switches nothing. */
  readonly alerts: boolean;
}

/** @returns 0 @throws SimulateError */
export async function simulate(options: SimulateOptions): Promise<number> {
  const state = runningState(options);
  const simulator = simulatorOf(state, options.stack);
  const rules = await loadedRules(urlOf(state, 'prometheus'));
  const networks = withAlertsThatExist(await simulatedFaults(simulator), rules);
  const asked = options.network === undefined ? networks : [networkOf(networks, options.network, options)];
  console.log(await answer(options, { simulator, rules, receiver: urlOf(state, 'receiver') }, asked));
  return 0;
}

interface Surroundings {
  readonly simulator: string;
  readonly rules: readonly LoadedRule[];
  readonly receiver: string | undefined;
}

/** Does what was asked for. @param networks all, where none was named @returns what to tell */
async function answer(
  { fault: name, instance, clear, alerts }: SimulateOptions,
  { simulator, rules, receiver }: Surroundings,
  networks: readonly NetworkFaults[],
): Promise<string> {
  const width = process.stdout.columns ?? WIDTH;
  const [network] = networks;
  if (network === undefined || name === undefined) {
    if (!clear) return listing(networks, width, alerts);
    return (await Promise.all(networks.map((each) => clearAll(each, simulator, rules)))).join('\n');
  }
  const fault = faultOf(network, name);
  if (alerts) return details(fault, width);
  if (instance !== undefined) requireInstance(fault, instance, network.network);
  const changed = await send(clear ? 'DELETE' : 'PUT', `${addressOf(simulator, network)}/${fault.name}`, instance);
  return clear
    ? cleared(network, fault, changed, goingOn(network, [fault.name], rules))
    : played(network, fault, changed, receiver);
}

/** Columns, where nobody says how many there are. */
const WIDTH = 80;

async function clearAll(network: NetworkFaults, simulator: string, rules: readonly LoadedRule[]): Promise<string> {
  const on = network.faults.filter(({ activeSince }) => activeSince !== null).map(({ name }) => name);
  const changed = await send('DELETE', addressOf(simulator, network));
  return clearedAll(network, changed, goingOn(network, on, rules));
}

function addressOf(simulator: string, { network }: NetworkFaults): string {
  return `${simulator}/faults/${encodeURIComponent(network)}`;
}

function goingOn(
  { network, faults }: NetworkFaults,
  names: readonly string[],
  rules: readonly LoadedRule[],
): Lingering[] {
  const theirs = faults
    .filter(({ name }) => names.includes(name))
    .flatMap(({ alerts, later }) => [...alerts, ...later]);
  return lingering(rules, network, new Set(theirs));
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

/** The faults with those alerts only that can fire on their network, and which of them hold others back. */
function withAlertsThatExist(networks: readonly NetworkFaults[], rules: readonly LoadedRule[]): NetworkFaults[] {
  const exists = alertsThatExist(rules);
  return networks.map(({ faults, ...network }) => {
    const only = (alerts: readonly string[]) => alerts.filter((alert) => exists(network.network, alert));
    return {
      ...network,
      faults: faults.map((fault) => {
        const alerts = only(fault.alerts);
        return { ...fault, alerts, heldBack: heldBack(rules, network.network, alerts), later: only(fault.later) };
      }),
    };
  });
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
