/** From what a person typed to the network, the fault and the instance that are meant. */
import { COMMAND } from '../cli/commandName.ts';
import { loadStack } from '../cli/loadStack.ts';
import { nearest, unknownName } from '../config/faults.ts';
import type { FaultView, NetworkFaults } from './faults.ts';

/** What a person can mend: no run, no such network, no such fault. */
export class SimulateError extends Error {}

/** Where the stack file lies, which knows more networks than are simulated. */
interface OfStack {
  readonly stack: string;
  readonly project: string;
}

/** @throws SimulateError */
export function networkOf(networks: readonly NetworkFaults[], name: string, of: OfStack): NetworkFaults {
  const network = networks.find((each) => each.network === name);
  if (network) return network;
  const simulated = networks.map((each) => each.network);
  const inFile = networksOfFile(of).find((each) => each.name === name);
  if (inFile === undefined) throw new SimulateError(unknownName('network', name, simulated));
  throw new SimulateError(
    inFile.simulated
      ? `network "${name}" is in Pulumi.${of.stack}.yaml, but not in what runs: start the stack again`
      : `network "${name}" is not simulated, so nothing can be played on it; simulated: ${simulated.join(', ')}`,
  );
}

/** None where the file is not there or not right any more: it is asked for the words of a refusal only. */
function networksOfFile({ stack, project }: OfStack) {
  try {
    return loadStack(stack, project).stack.networks;
  } catch {
    return [];
  }
}

/** @throws SimulateError */
export function faultOf({ network, faults, impossible }: NetworkFaults, name: string): FaultView {
  const fault = faults.find((each) => each.name === name);
  if (fault) return fault;
  const lacking = impossible.find((each) => each.name === name)?.components.join(' or ');
  if (lacking !== undefined)
    throw new SimulateError(`fault "${name}" is about ${lacking}, which ${network} has not got`);
  const near = nearest(
    name,
    faults.map((each) => each.name),
  );
  const doubt = near === undefined ? '' : `did you mean "${near}"? `;
  throw new SimulateError(`unknown fault "${name}" of ${network}; ${doubt}all of them: ${COMMAND} simulate ${network}`);
}

/** @throws SimulateError where the fault cannot be narrowed to it */
export function requireInstance({ name, instances }: FaultView, instance: string, network: string): void {
  if (instances.includes(instance)) return;
  if (instances.length === 0)
    throw new SimulateError(`fault "${name}" is about ${network} as a whole: leave --instance out`);
  const near = nearest(instance, instances);
  const doubt = near === undefined ? '' : `did you mean "${near}"? `;
  throw new SimulateError(
    `unknown instance "${instance}" for fault "${name}" of ${network}; ${doubt}there are ${instances.join(', ')}`,
  );
}
