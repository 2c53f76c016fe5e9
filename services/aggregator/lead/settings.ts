import { hostname } from 'node:os';
import { z } from 'zod';
import { durationField } from '../../shared/duration.ts';

const etcd = z
  .strictObject({
    endpoints: z
      .array(z.url({ protocol: /^https?$/, error: 'needs addresses such as https://etcd-0:2379' }))
      .min(1)
      .describe('Asked one after the other, until one answers.'),
    key: z
      .string()
      .min(1)
      .max(512)
      .default('/chainwatch/aggregator/leader')
      .describe('What all replicas of one aggregator agree on.'),
    ttl: durationField('10s', { min: '2s', max: '10m' }).describe(
      'After so long somebody else leads where the leader has gone. etcd takes no less than about 2 s.',
    ),
    caFile: z.string().min(1).optional().describe('Whom to trust, in PEM.'),
    certFile: z.string().min(1).optional().describe('What to show to etcd, where it wants a certificate.'),
    keyFile: z.string().min(1).optional().describe('The private key of certFile.'),
    userFile: z.string().min(1).optional().describe('One line: NAME:PASSWORD.'),
  })
  .refine(({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined), {
    error: 'certFile and keyFile are needed together',
  });

const IN_POD = '/var/run/secrets/kubernetes.io/serviceaccount';

const kubernetes = z.strictObject({
  lease: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/, { error: 'needs the name of an object, such as aggregator' })
    .default('chainwatch-aggregator')
    .describe('The name of the Lease.'),
  namespace: z.string().min(1).optional().describe('That of the pod where left out.'),
  ttl: durationField('15s', { min: '2s', max: '10m' }).describe(
    'After so long somebody else leads where the leader has gone. Whole seconds.',
  ),
  server: z
    .url({ protocol: /^https$/, error: 'needs an address such as https://10.96.0.1:443' })
    .optional()
    .describe('The API server; inside a pod it is known.'),
  caFile: z.string().min(1).default(`${IN_POD}/ca.crt`).describe('Whom to trust as the API server, in PEM.'),
  tokenFile: z.string().min(1).default(`${IN_POD}/token`).describe('A token for it; read again before it ends.'),
  namespaceFile: z
    .string()
    .min(1)
    .default(`${IN_POD}/namespace`)
    .describe('A file that says the namespace, where the setting does not.'),
});

/** Where several replicas agree on who leads. Left out: this one is the only one, and leads. */
export const leaderSettings = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .max(200)
      .default(hostname())
      .describe('What others call this replica when it leads, best an address by which they reach it.'),
    etcd: etcd.optional(),
    kubernetes: kubernetes.optional(),
  })
  .refine(({ etcd: one, kubernetes: other }) => (one === undefined) !== (other === undefined), {
    error: 'needs one of etcd, kubernetes',
  })
  .optional();

export type LeaderSettings = NonNullable<z.output<typeof leaderSettings>>;
export type EtcdSettings = z.output<typeof etcd>;
export type KubernetesSettings = z.output<typeof kubernetes>;
