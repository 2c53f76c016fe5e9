import { HttpFault } from '../shared/http.ts';
import type { SimulatedNetwork } from './network.ts';
import type { TargetSettings } from './settings.ts';

export interface FoundTarget {
  readonly network: SimulatedNetwork;
  readonly target: TargetSettings;
}

/** Told to somebody who asks for a target that is not there; more would be hard to read. */
const MAX_NAMED = 30;

/** Finds the simulated process that a path means: `/<network>/<component>/<instance><metricsPath>`. */
export class TargetPaths {
  readonly #targets = new Map<string, FoundTarget>();
  /** Where processes that know peers are asked for them. */
  readonly #rpc = new Map<string, FoundTarget>();

  constructor(networks: Iterable<SimulatedNetwork>) {
    for (const network of networks) {
      for (const target of network.settings.targets) {
        const { component, instance, metricsPath } = target;
        this.#targets.set(`/${network.name}/${component}/${instance}${metricsPath}`, { network, target });
        if (network.simulator.peers)
          this.#rpc.set(`/${network.name}/${component}/${instance}/rpc`, { network, target });
      }
    }
  }

  /** @throws HttpFault 404 that names the targets there are */
  find(url: string): FoundTarget {
    return findIn(this.#targets, url);
  }

  /** The process whose JSON-RPC a path is: `/<network>/<component>/<instance>/rpc`. @throws HttpFault 404 */
  findRpc(url: string): FoundTarget {
    return findIn(this.#rpc, url);
  }
}

function findIn(targets: ReadonlyMap<string, FoundTarget>, url: string): FoundTarget {
  const path = decoded(url.split('?')[0] ?? '');
  const found = targets.get(path);
  if (found !== undefined) return found;
  const paths = [...targets.keys()].sort();
  const network = path.split('/')[1];
  const near = paths.filter((each) => each.startsWith(`/${network}/`));
  const named = (near.length > 0 ? near : paths).slice(0, MAX_NAMED);
  throw new HttpFault(404, {
    error: 'unknown_target',
    reason: `there is no simulated process at ${path.slice(0, 300)}`,
    remedy: paths.length === 0 ? 'nothing is simulated here' : `known are ${named.join(', ')}; and see GET /faults`,
  });
}

/** Prometheus escapes the `%` of a path that is given to it escaped, so it may come escaped twice. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(decodeURIComponent(path));
  } catch {
    return path;
  }
}
