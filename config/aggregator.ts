/** Our aggregator in a stack file. */
import { z } from 'zod';
import { isAgeRecipient } from './ageRecipient.ts';
import { bytes, duration, port, strict } from './fields.ts';
import { namespace, natsLog as nats, objectName } from './inCluster.ts';
import type { Network } from './networks.ts';

const FOUR_WEEKS = 4 * 7 * 86_400;

const backup = strict({
  every: duration({ min: 60 })
    .refine((seconds) => seconds <= FOUR_WEEKS, 'must be at most 4w')
    .prefault('1d'),
  keep: z.number().int().min(1).max(10_000).default(7).describe('how many stay'),
  ageRecipients: z
    // Not repeated in a message: it may be a secret key.
    .array(z.string().refine(isAgeRecipient, 'is no public key of age, such as age-keygen prints: age1…'))
    .max(16)
    .default([])
    .describe('public keys of age: then their owners alone can read a backup'),
  claim: objectName
    .optional()
    .describe('in a cluster: a PersistentVolumeClaim that is there in our namespace; default: that of the data itself'),
});

const tls = strict({
  certificate: objectName.describe(
    'a Secret in our namespace with tls.crt, tls.key and ca.crt, as cert-manager makes it',
  ),
  clientCa: objectName
    .optional()
    .describe('a Secret with ca.crt: only who shows a certificate of that authority is let in'),
  clientCertificate: objectName
    .optional()
    .describe('a Secret with tls.crt and tls.key: what Prometheus and replicas show where clientCa is said'),
}).refine(({ clientCa, clientCertificate }) => (clientCa === undefined) === (clientCertificate === undefined), {
  path: ['clientCertificate'],
  error: 'goes together with clientCa: it is what Prometheus and replicas show to be let in',
});

export const aggregator = strict({
  port: port.default(9300),
  enabled: z
    .boolean()
    .optional()
    .describe('default: where a network names it among its nodes, as { name: aggregator, service: aggregator }'),
  retention: duration({ min: 60 }).prefault('7d').describe('how long snapshots of peers are kept'),
  history: z.number().int().min(1).max(65_536).default(1024).describe('snapshots that are kept of a peer'),
  activeWithin: duration({ min: 60 }).prefault('10m').describe('a peer counts as active so long after a snapshot'),
  storage: bytes().prefault('20GiB').describe('of each replica in a cluster'),
  backup: backup.optional().describe('backups that are made by themselves; default: none'),
  tls: tls.optional().describe('in a cluster: certificates from Secrets that are there; default: plain HTTP'),
  replicas: z.number().int().min(1).max(9).default(1).describe('in a cluster; several share a log in NATS'),
  nats: nats.optional().describe('where the replicas have their log'),
  from: z.array(namespace).default([]).describe('namespaces of the cluster whose pods push'),
}).refine(({ replicas, nats: log }) => replicas === 1 || log !== undefined, {
  path: ['nats'],
  error: 'several replicas share a log: say where NATS is (servers), or that it is to be brought along (install: true)',
});

interface Parts {
  readonly services: { readonly aggregator: { readonly enabled?: boolean | undefined } };
  readonly networks: readonly Pick<Network, 'nodes'>[];
}

/** Whether this stack runs an aggregator of its own. */
export function hasAggregator({ services, networks }: Parts): boolean {
  return services.aggregator.enabled ?? networks.some(pushesToUs);
}

/** Whether the aggregator of a network is the one that this stack runs. */
export function pushesToUs({ nodes }: Pick<Network, 'nodes'>): boolean {
  return Object.values(nodes).some((list) => list.some(({ service }) => service === 'aggregator'));
}
