import type { SimulatedTarget, Simulator } from '../../chains/simulator.ts';
import { simulators } from '../../chains/simulators.ts';
import { ServiceFault } from '../shared/fault.ts';
import type { SimulatorSettings, TargetSettings } from './settings.ts';

export interface SimulatedNetwork {
  readonly name: string;
  readonly chain: string;
  readonly simulator: Simulator;
  /** By the path at which Prometheus asks for it. */
  readonly targets: ReadonlyMap<string, SimulatedTarget>;
  /** Tells it apart from others of its chain. */
  readonly seed: number;
}

/** @throws ServiceFault for a chain that has no simulator */
export function simulatedNetworks(settings: SimulatorSettings): ReadonlyMap<string, SimulatedNetwork> {
  return new Map(
    settings.networks.map(({ network, chain, targets }) => {
      const simulator = simulators.get(chain);
      if (!simulator) {
        const known = [...simulators.keys()].sort().join(', ');
        throw new ServiceFault(
          `${network}: chain "${chain}" has no simulator`,
          `give the network real nodes, or choose one of: ${known}`,
        );
      }
      const byPath = new Map(targets.map((target) => [pathOf(network, target), target]));
      return [network, { name: network, chain, simulator, targets: byPath, seed: seedOf(network) }];
    }),
  );
}

/** As the plan's scrape jobs have it. */
export function pathOf(network: string, { component, instance, metricsPath }: TargetSettings): string {
  return `/${network}/${component}/${encodeURIComponent(instance)}${metricsPath}`;
}

function seedOf(name: string): number {
  return [...name].reduce((hash, letter) => Math.imul(hash, 31) + (letter.codePointAt(0) ?? 0), 7);
}
