import { hostname } from 'node:os';
import { z } from 'zod';
import { parseListen } from '../shared/address.ts';
import { durationField } from '../shared/duration.ts';
import { commonSettings } from '../shared/service.ts';
import { DEFAULT_CHAIN, presets } from './collect/presets.ts';

export const DEFAULT_PORT = 9340;

const NETWORK_NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const MIB = 1_048_576;

/** Of http or https. The text itself is not repeated: it may hold a key. */
function httpUrl(options: { readonly credentials: boolean }) {
  return z.string().superRefine((text, context) => {
    if (!URL.canParse(text)) {
      context.addIssue('is not a URL, such as "https://aggregator.example.org:9300"');
      return;
    }
    const { protocol, username, password, search, hash } = new URL(text);
    if (protocol !== 'http:' && protocol !== 'https:') {
      context.addIssue(`starts with ${protocol}//; known are http: and https:`);
    }
    if (options.credentials) return;
    if (username !== '' || password !== '') context.addIssue('holds a password; give the token in tokenFile');
    if (search !== '' || hash !== '') context.addIssue('ends at its path: /ingest is put behind it');
  });
}

const path = () => z.string().max(256);
const member = () => z.string().min(1).max(128);
const label = () => z.string().regex(LABEL_NAME, { error: 'needs the name of a label, such as "peer_id"' });

const jsonrpc = z
  .strictObject({
    method: z.string().min(1).max(256).describe('What the node is asked by.'),
    params: z
      .union([z.array(z.unknown()), z.record(z.string(), z.unknown())])
      .default([])
      .describe('A list, or names with values ({}) for a node that wants offset and limit.'),
    pageSize: z
      .int()
      .min(1)
      .max(100_000)
      .optional()
      .describe('Rows of one page, asked for by the parameters offset and limit.'),
    rows: path().default('').describe('Where in the result the rows are: a list, or an object named by peers.'),
    peer: path().default('peer_id').describe('In a row; empty where the rows are named by their peers.'),
    metrics: path().default('metrics').describe('In a row; empty for the row itself.'),
    pick: z.array(member()).min(1).optional().describe('Members of it that are sent; all where left out.'),
  })
  .superRefine(({ pageSize, params }, context) => {
    if (pageSize === undefined || !Array.isArray(params)) return;
    context.addIssue({ code: 'custom', path: ['pageSize'], message: 'needs params with names ({}), not a list' });
  });

const prometheus = z.strictObject({
  metrics: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/, { error: 'needs the name of a metric' }),
        peer: label().describe('The label that holds the peer.'),
        as: member(),
        by: z.array(label()).max(4).default([]),
      }),
    )
    .min(1)
    .describe('Which metrics are taken: name, peer, as, by.'),
});

const source = z
  .strictObject({
    chain: z
      .enum(Object.keys(presets), {
        error: `known are ${Object.keys(presets).join(', ')}; say others by jsonrpc or prometheus`,
      })
      .default(DEFAULT_CHAIN)
      .describe('Whose way to tell of peers, where neither jsonrpc nor prometheus says it.'),
    url: httpUrl({ credentials: true }).optional().describe('The node that is asked.'),
    urlFile: z
      .string()
      .min(1)
      .optional()
      .describe('A file that holds the URL, for one with a key in it; read again before every look.'),
    jsonrpc: jsonrpc.optional(),
    prometheus: prometheus.optional(),
    maxPeers: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(20_000)
      .describe('Of one look; further peers are left out and counted.'),
    maxBytes: z
      .int()
      .min(1_024)
      .max(1_073_741_824)
      .default(32 * MIB)
      .describe('Of one answer of the node.'),
  })
  .superRefine(({ url, urlFile, jsonrpc: rpc, prometheus: scrape }, context) => {
    if ((url === undefined) === (urlFile === undefined)) context.addIssue('needs either url or urlFile');
    if (rpc !== undefined && scrape !== undefined)
      context.addIssue('has both jsonrpc and prometheus; one of them is to be asked');
  });

const discovery = z.strictObject({
  srv: z
    .string()
    .regex(/^_[\w-]+\._tcp\.[\w.-]+$/, { error: 'needs a name such as "_aggregator._tcp.example.org"' })
    .describe('A name of DNS whose SRV records are the aggregators, instead of their list.'),
  scheme: z.enum(['http', 'https']).default('https').describe('What the aggregators speak.'),
  interval: durationField('1m', { min: '1s', max: '1d' }).describe('How often DNS is asked again.'),
  servers: z
    .array(
      z.string().refine((text) => parseListen(text.includes(':') ? text : `${text}:53`) !== undefined, {
        error: 'needs the address of a name server, such as "10.96.0.10" or "127.0.0.1:5353"',
      }),
    )
    .default([])
    .describe('Name servers, of hosts too that the system does not know; those of the system where left out.'),
});

/** What the agent's settings file may say. Durations become milliseconds. */
export const settingsSchema = z
  .strictObject({
    ...commonSettings(DEFAULT_PORT),
    node: z
      .string()
      .min(1)
      .max(128)
      .default(() => hostname())
      .describe('Who reports: the node_id of every snapshot.'),
    network: z
      .string()
      .regex(NETWORK_NAME, { error: 'needs the name of a network, such as the-block-mainnet' })
      .optional()
      .describe('Whose peers these are, where the token is good for several networks.'),
    interval: durationField('15s', { min: '1s', max: '1h' }).describe(
      'Between two looks at the node. An aggregator keeps one snapshot of a peer for each second.',
    ),
    timeout: durationField('10s', { min: '100ms', max: '5m' }).describe(
      'For each request to the node or an aggregator.',
    ),
    source,
    aggregators: z
      .array(httpUrl({ credentials: false }))
      .min(1)
      .optional()
      .describe('The preferred first.'),
    discovery: discovery.optional(),
    tokenFile: z.string().min(1).optional().describe('Its first line is sent; read again when it changes.'),
    strictSecretFiles: z
      .boolean()
      .default(false)
      .describe('Refuse, instead of warn about, a token file that everybody on the machine can read.'),
    tls: z
      .strictObject({
        caFile: z.string().min(1).optional().describe("Whom to trust, in place of the system's own authorities."),
        certFile: z.string().min(1).optional().describe('What to show to an aggregator that wants a certificate.'),
        keyFile: z.string().min(1).optional().describe('The private key of certFile.'),
      })
      .default({}),
    queue: z
      .strictObject({
        folder: z.string().min(1).default('agent-queue').describe('What waits for an aggregator lies there.'),
        maxBytes: z
          .int()
          .min(65_536)
          .max(1_099_511_627_776)
          .default(256 * MIB)
          .describe('When it is full, the oldest make room.'),
      })
      .prefault({}),
    batch: z
      .strictObject({
        maxSnapshots: z.int().min(1).max(100_000).default(1_000).describe('Of one push.'),
        maxBytes: z
          .int()
          .min(1_024)
          .max(268_435_456)
          .default(4 * MIB)
          .describe('Of one push, before it is compressed.'),
      })
      .prefault({}),
    backoff: z
      .strictObject({
        min: durationField('1s', { min: '10ms', max: '10m' }).describe(
          'The first wait after a failure; each is twice as long.',
        ),
        max: durationField('1m', { min: '10ms', max: '1h' }).describe('The longest wait.'),
      })
      .prefault({}),
  })
  .superRefine(({ aggregators, discovery: found, tls, backoff }, context) => {
    const refuse = (at: readonly string[], message: string) =>
      context.addIssue({ code: 'custom', path: [...at], message });
    if ((aggregators === undefined) === (found === undefined)) {
      refuse(['aggregators'], 'needs either aggregators (a list of URLs) or discovery (a name of DNS)');
    }
    if ((tls.certFile === undefined) !== (tls.keyFile === undefined))
      refuse(['tls'], 'certFile and keyFile go together');
    if (backoff.min > backoff.max) refuse(['backoff', 'min'], 'is longer than backoff.max');
  });

export type AgentSettings = z.output<typeof settingsSchema>;
