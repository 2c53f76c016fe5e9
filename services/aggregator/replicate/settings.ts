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
    servers: z
      .array(z.string().min(1))
      .min(1)
      .describe('All NATS servers, such as `nats://10.0.0.1:4222`: others that these tell of are not used.'),
    stream: z
      .string()
      .regex(STREAM_NAME, { error: 'needs letters, digits, _ and -' })
      .default('chainwatch-aggregator')
      .describe('The stream that is the log. It is made where it is missing.'),
    streamReplicas: z
      .union([z.literal(1), z.literal(3)])
      .default(3)
      .describe('NATS servers that hold each message. 1 is for trying out.'),
    keepLog: durationField('2d', { min: '1m', max: '365d' }).describe(
      'How long the log keeps messages: a replica that was away longer needs a snapshot of another one.',
    ),
    name: z
      .string()
      .regex(REPLICA_NAME, { error: 'needs letters, digits and . _ -' })
      .default(() => hostname().slice(0, 64))
      .describe('How this replica is called.'),
    tokenFile: path.optional().describe('A token for NATS, in a file.'),
    credentialsFile: path.optional().describe('A NATS credentials file (`.creds`).'),
    caFile: path
      .optional()
      .describe('Whom to trust among the NATS servers; without it NATS is asked in the clear, where it allows that.'),
    certFile: path.optional().describe('What to show to NATS servers that want a certificate.'),
    keyFile: path.optional().describe('The private key of certFile.'),
    replicas: z
      .array(z.url())
      .default([])
      .describe('Addresses of the other replicas, for snapshots: `http://10.0.0.2:9300`. This one may be among them.'),
    replicasSrv: z.string().min(1).optional().describe('A DNS name whose SRV records are the replicas.'),
    replicasScheme: z
      .enum(['http', 'https'])
      .optional()
      .describe('What the replicas that DNS names speak; what this one speaks where left out.'),
    replicasTls: clientTlsField().describe('Whom to trust among the other replicas, and what to show to them.'),
    replicaTokenFile: path.optional().describe('A token that the other replicas take, good for all networks.'),
    keepOwn: durationField('1h', { min: '1s', max: '30d' }).describe(
      'How long batches accepted here are kept for the log, after it has taken them, to be published again if it loses them.',
    ),
    waitForReplicas: durationField('15s', { max: '1d' }).describe(
      'So long an empty replica waits for others that do not answer: it would begin with a snapshot of one.',
    ),
    maxLag: durationField('30s', { min: '1s', max: '1d' }).describe('Further behind, this replica is not ready.'),
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
