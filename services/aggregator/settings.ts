import { z } from 'zod';
import { isLoopback, listenText } from '../shared/address.ts';
import { durationField } from '../shared/duration.ts';
import { commonSettings } from '../shared/service.ts';
import { tlsField } from '../shared/tls/settings.ts';
import { leaderSettings } from './lead/settings.ts';
import { replicationSettings } from './replicate/settings.ts';

export const DEFAULT_PORT = 9300;
const HEALTH_PORT = 9301;

/** A network's name, as in the stack file. */
export const NETWORK_NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** What the aggregator's settings file may say. Durations become milliseconds. */
export const settingsSchema = z
  .strictObject({
    ...commonSettings(DEFAULT_PORT),
    tls: tlsField(),
    healthListen: listenText(HEALTH_PORT)
      .optional()
      .describe(
        'Where `/healthz` and `/readyz` are answered without TLS too, for a kubelet that has no certificate to show.',
      ),
    database: z.string().min(1).default('aggregator.db').describe('A file of SQLite; it is made where it is missing.'),
    tokenFile: z
      .string()
      .min(1)
      .optional()
      .describe('One token per line; a line `TOKEN network-a,network-b` is good for these networks alone.'),
    token: z
      .string()
      .min(16, { error: 'is shorter than 16 characters; see `openssl rand -hex 32`' })
      // No sender could ever show it: white space around a header is not part of it, and a bearer token has none.
      .regex(/^\S*$/, { error: 'has white space in it, also at its end perhaps; see `openssl rand -hex 32`' })
      .optional()
      .describe(
        'A token without a file, for one that is tried out: it stands in the environment or the list of processes.',
      ),
    strictSecretFiles: z
      .boolean()
      .default(false)
      .describe('Refuse, instead of warn about, a token file that everybody on the machine can read.'),
    allowUnauthenticated: z.boolean().default(false).describe('For places where something else keeps strangers away.'),
    network: z
      .string()
      .regex(NETWORK_NAME, { error: 'needs the name of a network, such as the-block-mainnet' })
      .default('default')
      .describe('Of snapshots whose sender names no network, and whose token is good for all or several.'),
    retention: durationField('7d', { min: '1m', max: '520w' }).describe('Snapshots that are older are forgotten.'),
    maxAhead: durationField('5m', { max: '52w' }).describe(
      'By so much a snapshot may be dated later than it comes: the clocks of nodes differ.',
    ),
    history: z.int().min(1).max(65_536).default(1_024).describe('Samples that a peer keeps.'),
    activeWithin: durationField('10m', { min: '5s' }).describe(
      'A peer counts as active so long after its last snapshot.',
    ),
    maxBodyBytes: z.int().min(1_024).max(268_435_456).default(8_388_608).describe('Of one request.'),
    maxInflatedBytes: z
      .int()
      .min(1_024)
      .max(268_435_456)
      .default(33_554_432)
      .describe('Of a body that came compressed.'),
    maxSnapshots: z.int().min(1).max(100_000).default(5_000).describe('Of one batch.'),
    maxSnapshotBytes: z.int().min(64).max(16_777_216).default(65_536).describe('Of one snapshot.'),
    maxDepth: z.int().min(3).max(64).default(16).describe('Levels of arrays and objects in a batch.'),
    maxPeers: z.int().min(1).max(20_000_000).default(1_000_000).describe('Peers of all networks together.'),
    maxReporters: z.int().min(1).max(1_000_000).default(100_000).describe('Nodes that report.'),
    leader: leaderSettings.describe(
      'Where several replicas agree on who decides for all; needed with `replication`, left out where there is one.',
    ),
    keyGrace: durationField('5m', { max: '30d' }).describe('So long an old key of a peer stays good.'),
    peerMetricsExport: z
      .boolean()
      .default(true)
      .describe('Whether peers can be exported; reading one at a time stays possible.'),
    exportFolder: z
      .string()
      .min(1)
      .optional()
      .describe('Where exports of single peers are written to; none are where it is left out.'),
    maxExportPeers: z.int().min(1).max(100_000).default(10_000).describe('Peers in one archive.'),
    exportMaxDuration: durationField('10m', { min: '1s', max: '24h' }).describe(
      'An export that is read more slowly is ended: as long as it lasts, nothing that it needs can be forgotten.',
    ),
    replication: replicationSettings
      .optional()
      .describe('The log that this aggregator shares with its replicas; without it, it is the only one.'),
    backup: z
      .strictObject({
        folder: z.string().min(1).describe('Where they lie; none are made where it is left out.'),
        every: durationField('1d', { min: '1m', max: '4w' }).describe('How often one is made.'),
        keep: z.int().min(1).max(10_000).default(7).describe('How many stay.'),
        ageRecipients: z
          .array(z.string().regex(/^age1[a-z0-9]{20,}$/, { error: 'is no public key of age, such as age1…' }))
          .max(16)
          .default([])
          .describe('Public keys of age: then a backup can be read by their owners alone.'),
      })
      .optional()
      .describe('Backups that are made by themselves; none where it is left out.'),
  })
  .superRefine((settings, context) => {
    const guarded = settings.tokenFile !== undefined || settings.token !== undefined;
    if (!guarded && !settings.allowUnauthenticated && !isLoopback(settings.listen.host)) {
      context.addIssue({
        code: 'custom',
        path: ['tokenFile'],
        message: `needed, because ${settings.listen.host} can be reached from other machines (or allowUnauthenticated: true)`,
      });
    }
    if (settings.replication !== undefined && settings.leader === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['leader'],
        message:
          'needed with replication: one replica decides for all. Set leader.etcd, or leader.kubernetes in a cluster',
      });
    }
  });

/** As the aggregator of the-block was set, so that its deployments need no new words. */
export const FORMER_VARIABLES = {
  AGGREGATOR_ADDR: (value: string) => ({ CHAINWATCH_SETTING_LISTEN: value }),
  AGGREGATOR_DB: (value: string) => ({ CHAINWATCH_SETTING_DATABASE: value }),
  AGGREGATOR_TOKEN: (value: string) => ({ CHAINWATCH_SETTING_TOKEN: value }),
  AGGREGATOR_RETENTION_SECS: (value: string) => ({
    CHAINWATCH_SETTING_RETENTION: /^\d+$/.test(value) ? `${value}s` : value,
  }),
};

export type AggregatorSettings = z.output<typeof settingsSchema>;
