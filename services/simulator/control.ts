import type { Fault, FaultInterval } from '../../chains/simulator.ts';
import { HttpFault } from '../shared/http.ts';
import { nearest } from '../shared/nearest.ts';
import { type ActiveFault, MAX_FAULT_HISTORY, type SimulatedNetwork } from './network.ts';

/** `GET /faults` */
export interface FaultList {
  readonly networks: readonly {
    readonly network: string;
    readonly chain: string;
    readonly faults: readonly FaultView[];
    /** Faults that it cannot have, for want of a component that they are about. */
    readonly impossible: readonly { readonly name: string; readonly components: readonly string[] }[];
  }[];
}

export interface FaultView {
  readonly name: string;
  readonly summary: string;
  /** What it is about; empty: the network as a whole. */
  readonly components: readonly string[];
  /** Alerts that fire while it lasts; see `Fault`. */
  readonly alerts: readonly string[];
  /** Real seconds until all of `alerts` fire; null where that is not known. */
  readonly withinSeconds: number | null;
  /** Alerts that follow besides where it is left on. */
  readonly later: readonly string[];
  /** Processes of this network that it can be narrowed to. */
  readonly instances: readonly string[];
  /** RFC 3339, real time; null while it is off. */
  readonly activeSince: string | null;
  /** Each process that it is on for; null: all that it concerns. */
  readonly active: readonly { readonly since: string; readonly instance: string | null }[];
}

/** What became of a request to switch. */
export interface Switched {
  readonly network: string;
  /** How many faults were switched; 0 where all was so already. */
  readonly changed: number;
}

/** Switches faults on and off. */
export class Control {
  readonly #networks: ReadonlyMap<string, SimulatedNetwork>;
  readonly #keep: () => void;
  readonly #now: () => number;

  /**
   * @param keep makes what was changed outlive the process. @throws HttpFault where it cannot
   * @param now seconds of Unix time
   */
  constructor(networks: ReadonlyMap<string, SimulatedNetwork>, keep: () => void, now: () => number) {
    this.#networks = networks;
    this.#keep = keep;
    this.#now = now;
  }

  /** A fault that is on is listed in any case, lest nobody find it to end it. */
  list(): FaultList {
    const networks = [...this.#networks.values()].map((network) => {
      const listed = (fault: Fault) => network.canHave(fault) || network.active(fault.name).length > 0;
      const { faults } = network.simulator;
      return {
        network: network.name,
        chain: network.settings.chain,
        faults: faults.filter(listed).map((fault) => viewOf(network, fault)),
        impossible: faults.filter((fault) => !listed(fault)).map(({ name, components }) => ({ name, components })),
      };
    });
    return { networks };
  }

  /** @throws HttpFault 404, 409 */
  begin(networkName: string, faultName: string, instance: string | undefined): Switched {
    const network = this.#network(networkName);
    const fault = this.#fault(network, faultName);
    const targets = network.targetsOf(fault);
    if (!network.canHave(fault)) {
      throw new HttpFault(409, {
        error: 'nothing_to_break',
        reason: `"${faultName}" is about ${fault.components.join(', ')}, of which ${networkName} has none`,
        remedy: `give the network such a node in its stack file, or choose another fault`,
      });
    }
    if (instance !== undefined)
      requireInstance(
        instance,
        faultName,
        targets.map((target) => target.instance),
      );
    if (network.history.length >= MAX_FAULT_HISTORY) {
      throw new HttpFault(409, {
        error: 'history_full',
        reason: `${networkName} remembers ${MAX_FAULT_HISTORY} faults already, and forgetting one would make counters jump`,
        remedy: 'stop the simulator, delete its state file and start it: the simulation then begins anew',
      });
    }
    return this.#change(network, () => (network.begin(faultName, instance, this.#now()) ? 1 : 0));
  }

  /** @param faultName undefined: all. @throws HttpFault 404 */
  end(networkName: string, faultName: string | undefined, instance: string | undefined): Switched {
    const network = this.#network(networkName);
    if (faultName !== undefined) {
      const fault = this.#fault(network, faultName);
      const instances = network.targetsOf(fault).map((target) => target.instance);
      if (instance !== undefined) requireInstance(instance, faultName, instances);
    }
    return this.#change(network, () => network.end(faultName, instance, this.#now()));
  }

  #change(network: SimulatedNetwork, change: () => number): Switched {
    const before: readonly FaultInterval[] = network.history;
    const changed = change();
    if (changed > 0) {
      try {
        this.#keep();
      } catch (error) {
        // What is answered with an error must not be so.
        network.restore(before);
        throw error;
      }
    }
    return { network: network.name, changed };
  }

  #network(name: string): SimulatedNetwork {
    const network = this.#networks.get(name);
    if (network !== undefined) return network;
    throw unknown('network', name, 'simulated here', [...this.#networks.keys()]);
  }

  #fault(network: SimulatedNetwork, name: string) {
    const fault = network.fault(name);
    if (fault !== undefined) return fault;
    const possible = network.simulator.faults.filter((each) => network.canHave(each)).map((each) => each.name);
    throw unknown('fault', name, `that ${network.name} can have`, possible);
  }
}

function viewOf(network: SimulatedNetwork, fault: Fault): FaultView {
  const { name, summary, components, alerts, later = [], within } = fault;
  const active = network.active(name);
  const earliest = Math.min(...active.map(({ since }) => since));
  return {
    name,
    summary,
    components,
    alerts,
    withinSeconds: within === undefined ? null : within / network.timeScale,
    later,
    instances: network.targetsOf(fault).map(({ instance }) => instance),
    activeSince: active.length === 0 ? null : iso(earliest),
    active: active.map(({ since, instance }: ActiveFault) => ({ since: iso(since), instance })),
  };
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function requireInstance(instance: string, fault: string, known: readonly string[]): void {
  if (known.includes(instance)) return;
  if (known.length > 0) throw unknown('instance', instance, `that "${fault}" can be narrowed to`, known);
  throw new HttpFault(409, {
    error: 'not_narrowable',
    reason: `"${fault}" is about the whole network, not about one process`,
    remedy: 'leave the instance out',
  });
}

function unknown(kind: string, name: string, where: string, known: readonly string[]): HttpFault {
  const near = nearest(name, known);
  const all = known.length === 0 ? 'there is none' : `there are ${[...known].sort().join(', ')}`;
  return new HttpFault(404, {
    error: `unknown_${kind}`,
    reason: `there is no ${kind} "${name.slice(0, 200)}" ${where}`,
    remedy: near === undefined ? all : `did you mean "${near}"? ${all.charAt(0).toUpperCase()}${all.slice(1)}`,
  });
}
