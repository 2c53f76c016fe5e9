import { hostname } from 'node:os';
import { z } from 'zod';
import { durationField } from '../../shared/duration.ts';
import { clientTlsField } from '../../shared/tls/settings.ts';

/** A stream's name is part of subjects. */
const STREAM_NAME = /^[A-Za-z0-9_-]{1,64}$/;
const REPLICA_NAME = /^[A-Za-z0-9._-]{1,64}$/;

const path = z.string().min(1);

/** How this replica and the others share what they accept. Durations become milliseconds. */
export const replicationSettings = z
  .strictObject({
    /** All NATS servers, such as `nats://10.0.0.1:4222`: others that these tell of are not used. */
    servers: z.array(z.string().min(1)).min(1),
    /** The stream that is the log. It is made where it is missing. */
    stream: z.string().regex(STREAM_NAME, { error: 'needs letters, digits, _ and -' }).default('chainwatch-aggregator'),
    /** NATS servers that hold each message. 1 is for trying out. */
    streamReplicas: z.union([z.literal(1), z.literal(3)]).default(3),
    /** How long the log keeps messages: a replica that was away longer needs a snapshot of another one. */
    keepLog: durationField('2d', { min: '1m', max: '365d' }),
    /** How this replica is called. */
    name: z
      .string()
      .regex(REPLICA_NAME, { error: 'needs letters, digits and . _ -' })
      .default(() => hostname().slice(0, 64)),
    /** A token for NATS, in a file. */
    tokenFile: path.optional(),
    /** A NATS credentials file (`.creds`). */
    credentialsFile: path.optional(),
    /** Whom to trust among the NATS servers; without it NATS is asked in the clear, where it allows that. */
    caFile: path.optional(),
    /** What to show to NATS servers that want a certificate. */
    certFile: path.optional(),
    keyFile: path.optional(),
    /** Addresses of the other replicas, for snapshots: `http://10.0.0.2:9300`. This one may be among them. */
    replicas: z.array(z.url()).default([]),
    /** A DNS name whose SRV records are the replicas. */
    replicasSrv: z.string().min(1).optional(),
    /** What the replicas that DNS names speak; what this one speaks where left out. */
    replicasScheme: z.enum(['http', 'https']).optional(),
    /** Whom to trust among the other replicas, and what to show to them. */
    replicasTls: clientTlsField(),
    /** A token that the other replicas take, good for all networks. */
    replicaTokenFile: path.optional(),
    /** How long batches accepted here are kept for the log, after it has taken them, to be published again if it loses them. */
    keepOwn: durationField('1h', { min: '1s', max: '30d' }),
    /** Further behind, this replica is not ready. */
    maxLag: durationField('30s', { min: '1s', max: '1d' }),
  })
  .refine(({ tokenFile, credentialsFile }) => tokenFile === undefined || credentialsFile === undefined, {
    path: ['credentialsFile'],
    error: 'excludes tokenFile: one way to log in to NATS is enough',
  })
  .refine(({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined), {
    path: ['keyFile'],
    error: 'and certFile go together',
  });

export type ReplicationSettings = z.output<typeof replicationSettings>;
