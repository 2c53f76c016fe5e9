/** Where things are in a cluster: services by their DNS names, secrets as files of the pod that reads them. */
import type { Places, ServiceName } from '../places.ts';
import { DATA_PATH, SECRETS_PATH, secretObject } from './names.ts';

/** How a program is reached that speaks TLS. */
export interface Secured {
  /** That its certificate is good for. */
  readonly name: string;
  /** The Secret whose `ca.crt` is to be trusted. */
  readonly authority: string;
  /** The Secret whose `tls.crt` and `tls.key` are to be shown. @default nothing is asked for */
  readonly shown?: string;
}

export interface ClusterFacts {
  readonly namespace: string;
  /** The port of each program. */
  readonly ports: Readonly<Partial<Record<ServiceName, number>>>;
  /** Addresses under which a person reaches programs from outside, where they are exposed. */
  readonly exposed?: Readonly<Partial<Record<ServiceName, string>>>;
  /** Programs that speak TLS; the others do not. */
  readonly secured?: Readonly<Partial<Record<ServiceName, Secured>>>;
}

/**
 * The places as one program sees them: where it finds its secrets depends on who mounts them.
 * @param reader the program that reads what is rendered
 */
export function clusterPlaces({ namespace, ports, exposed = {} }: ClusterFacts, reader: ServiceName): Places {
  const portOf = (service: ServiceName): number => {
    const port = ports[service];
    if (port === undefined) throw new Error(`${service} is not among the programs of this cluster`);
    return port;
  };
  const address = (service: ServiceName) => `${service}.${namespace}.svc:${portOf(service)}`;
  return {
    listen: (service) => `0.0.0.0:${portOf(service)}`,
    address,
    secretFile: (secret) => `${secretsFolder(reader)}/${secret}`,
    dataPath: (_service, file) => `${DATA_PATH}/${file}`,
    publicUrl: (service) => exposed[service] ?? `http://${address(service)}`,
  };
}

/** The operator mounts the secrets of its programs at places of its own choosing. */
function secretsFolder(reader: ServiceName): string {
  if (reader === 'alertmanager' || reader === 'prometheus') return `/etc/${reader}/secrets/${secretObject(reader)}`;
  return SECRETS_PATH;
}
