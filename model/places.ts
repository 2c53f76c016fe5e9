/**
 * Where things are. The Plan names services, secrets and files; each backend says where they lie, and only then does an
 * address or a path come into being. So the same plan serves one machine and a cluster.
 */

import type { Selection } from '../config/inCluster.ts';

/** Programs that the plan may speak of. */
export type ServiceName =
  | 'prometheus'
  | 'alertmanager'
  | 'receiver'
  | 'aggregator'
  | 'exporter'
  | 'status'
  | 'simulator'
  | 'blackbox'
  | 'anvil'
  | 'geth'
  | 'grafana';

/** A service of the plan, or an address that a person typed. */
export type Reachable = { readonly service: ServiceName } | { readonly host: string };

/** The same, or what only the cluster knows the addresses of. */
export type Address = Reachable | { readonly selected: Selection };

export interface SecretRef {
  readonly secret: string;
}

export interface Places {
  /** `host:port` that the service itself binds. */
  listen(service: ServiceName): string;
  /** `host:port` where other programs reach the service. */
  address(service: ServiceName): string;
  /** The file that holds the secret, as the program that reads it sees the path. */
  secretFile(secret: string): string;
  /** A file or folder of a program's own data. */
  dataPath(service: ServiceName, file: string): string;
  /** What a person types into a browser to reach the service. */
  publicUrl(service: ServiceName): string;
}

export function addressOf(address: Reachable, places: Places): string {
  return 'host' in address ? address.host : places.address(address.service);
}
