import { hostname } from 'node:os';
import { z } from 'zod';
import { durationField } from '../../shared/duration.ts';

const etcd = z
  .strictObject({
    /** Asked one after the other, until one answers. */
    endpoints: z.array(z.url({ protocol: /^https?$/, error: 'needs addresses such as https://etcd-0:2379' })).min(1),
    /** What all replicas of one aggregator agree on. */
    key: z.string().min(1).max(512).default('/chainwatch/aggregator/leader'),
    /** After so long somebody else leads where the leader has gone. etcd takes no less than about 2 s. */
    ttl: durationField('10s', { min: '2s', max: '10m' }),
    caFile: z.string().min(1).optional(),
    certFile: z.string().min(1).optional(),
    keyFile: z.string().min(1).optional(),
    /** One line: NAME:PASSWORD. */
    userFile: z.string().min(1).optional(),
  })
  .refine(({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined), {
    error: 'certFile and keyFile are needed together',
  });

const IN_POD = '/var/run/secrets/kubernetes.io/serviceaccount';

const kubernetes = z.strictObject({
  /** Of the Lease. */
  lease: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/, { error: 'needs the name of an object, such as aggregator' })
    .default('chainwatch-aggregator'),
  /** That of the pod where left out. */
  namespace: z.string().min(1).optional(),
  /** After so long somebody else leads where the leader has gone. Whole seconds. */
  ttl: durationField('15s', { min: '2s', max: '10m' }),
  /** The API server; inside a pod it is known. */
  server: z.url({ protocol: /^https$/, error: 'needs an address such as https://10.96.0.1:443' }).optional(),
  caFile: z.string().min(1).default(`${IN_POD}/ca.crt`),
  tokenFile: z.string().min(1).default(`${IN_POD}/token`),
  namespaceFile: z.string().min(1).default(`${IN_POD}/namespace`),
});

/** Where several replicas agree on who leads. Left out: this one is the only one, and leads. */
export const leaderSettings = z
  .strictObject({
    /** What others call this replica when it leads, best an address by which they reach it. */
    name: z.string().min(1).max(200).default(hostname()),
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
