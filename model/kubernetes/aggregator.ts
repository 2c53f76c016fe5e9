/** Several replicas of our aggregator in a cluster: how they find their log, each other, and who decides. */

import { AGGREGATOR_TOKEN, NATS_TOKEN } from '../../config/ownTokens.ts';
import type { Stack } from '../../config/stack.ts';
import { replicaTls } from './aggregatorTls.ts';
import { type Edge, portOf } from './edges.ts';
import { SECRETS_PATH } from './names.ts';

export interface AggregatorPlan {
  readonly replicas: number;
  /** Name of the Lease. */
  readonly lease: string;
  /** NATS that is brought along; absent: it is there already. */
  readonly nats?: NatsPlan;
}

export interface NatsPlan {
  /** Name of the secret that holds its token. */
  readonly token: string;
  /** A folder that holds its chart, in place of the registry. */
  readonly path?: string;
  /** Bytes of each server's claim. */
  readonly storage: number;
  /** Of its claims. @default the cluster's */
  readonly storageClass?: string | undefined;
}

const NATS_PORT = 4222;
const LEASE = 'aggregator';

type Section = Stack['services']['aggregator'];

/** @returns nothing where there is one replica */
export function planAggregator({ replicas, nats }: Section): AggregatorPlan | undefined {
  if (replicas < 2) return undefined;
  if (nats?.install !== true) return { replicas, lease: LEASE };
  const { path, storage } = nats;
  return { replicas, lease: LEASE, nats: { token: NATS_TOKEN, storage, ...(path === undefined ? {} : { path }) } };
}

/** What replicas are told besides what the plan tells the one. */
export function replicaSettings(
  { replicas, nats, tls }: Pick<Section, 'replicas' | 'nats' | 'tls'>,
  namespace: string,
): Readonly<Record<string, unknown>> {
  if (replicas < 2) return {};
  const token = natsToken(nats);
  return {
    replication: {
      servers: nats?.install === true ? [`nats://nats.${namespace}.svc:${NATS_PORT}`] : (nats?.servers ?? []),
      replicasSrv: srvName('aggregator', namespace),
      replicaTokenFile: `${SECRETS_PATH}/${AGGREGATOR_TOKEN}`,
      ...replicaTls({ tls }),
      ...(token === undefined ? {} : { tokenFile: `${SECRETS_PATH}/${token}` }),
    },
    leader: { kubernetes: { lease: LEASE } },
  };
}

/** Names of the secrets that replicas read besides. */
export function replicaSecrets(section: Section): string[] {
  const token = section.replicas < 2 ? undefined : natsToken(section.nats);
  return token === undefined ? [] : [token];
}

/** Where replicas connect to: their log, each other for snapshots, and the API server for the Lease. */
export function replicaEdges({ replicas, nats, port }: Section): Edge[] {
  if (replicas < 2) return [];
  const outside = (nats?.servers ?? []).map((server) => portOf(server) ?? NATS_PORT);
  const log: Edge[] = nats?.install === true ? [{ to: 'nats', port: NATS_PORT }] : [{ to: 'anywhere', ports: outside }];
  return [...log, { to: 'aggregator', port }, { to: 'anywhere', ports: [443, 6443] }];
}

/** Whole, since nobody adds a search domain to a question for SRV records. */
export function srvName(service: string, namespace: string): string {
  return `_aggregator._tcp.${service}-replicas.${namespace}.svc.cluster.local`;
}

function natsToken(nats: Section['nats']): string | undefined {
  return nats?.install === true ? NATS_TOKEN : nats?.token?.secret;
}
