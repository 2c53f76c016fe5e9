import { z } from 'zod';
import { commonSettings } from '../shared/service.ts';
import { RPC_SCHEMES } from './rpc/transport.ts';

export const DEFAULT_PORT = 9310;

const name = () => z.string().min(1).max(128);
const layer = () => z.string().regex(/^[a-z][a-z0-9]{0,15}$/, { error: 'needs a short name such as "l1" or "l2"' });

const rpcUrl = z.string().superRefine((text, context) => {
  // The text itself is not repeated: it may hold a key.
  if (!URL.canParse(text)) context.addIssue('is not a URL, such as "https://rpc.example.org"');
  else if (!RPC_SCHEMES.includes(new URL(text).protocol)) {
    context.addIssue(`starts with ${new URL(text).protocol}//; known are ${RPC_SCHEMES.join(', ')}`);
  }
});

const endpoint = z
  .strictObject({
    layer: layer().describe('Which chain of the network it serves: `l1` or `l2`.'),
    chainId: z.int().positive().describe('What eth_chainId must answer.'),
    url: rpcUrl.optional(),
    urlFile: z
      .string()
      .min(1)
      .optional()
      .describe('A file that holds the URL, for one with a key in it; read again before every round.'),
  })
  .superRefine(({ url, urlFile }, context) => {
    if ((url === undefined) === (urlFile === undefined)) context.addIssue('needs either url or urlFile');
  });

const account = z.strictObject({
  layer: layer(),
  role: name(),
  address: z
    .string({ error: 'needs an address in quotes ("0x…"): without them YAML reads a number' })
    .regex(/^0x[0-9a-fA-F]{40}$/, { error: 'is not an address: 0x and 40 hexadecimal digits' }),
});

const network = z.strictObject({
  network: name(),
  chain: name(),
  endpoints: z.array(endpoint).default([]),
  accounts: z.array(account).default([]),
});

/** What the exporter's settings file may say; `model/plan/services.ts` writes it. */
export const settingsSchema = z
  .strictObject({
    ...commonSettings(DEFAULT_PORT),
    intervalSeconds: z
      .number()
      .min(0.1)
      .max(3600)
      .default(15)
      .describe('Between two rounds; as often as Prometheus scrapes is enough.'),
    timeoutSeconds: z
      .number()
      .min(0.05)
      .max(60)
      .optional()
      .describe('For each request; two thirds of the interval where absent, at most 10 and at least 1.'),
    networks: z.array(network).default([]).describe('What is read: endpoints and accounts of each network.'),
  })
  .superRefine(({ networks }, context) => {
    const seen = new Set<string>();
    for (const [index, each] of networks.entries()) {
      const path = ['networks', index];
      if (seen.has(each.network)) {
        context.addIssue({ code: 'custom', path: [...path, 'network'], message: `"${each.network}" is there twice` });
      }
      seen.add(each.network);
      for (const [place, fault] of chainIdFaults(each)) {
        context.addIssue({ code: 'custom', path: [...path, 'endpoints', place, 'chainId'], message: fault });
      }
    }
  });

export type ExporterSettings = z.output<typeof settingsSchema>;
export type NetworkSettings = z.output<typeof network>;
export type EndpointSettings = z.output<typeof endpoint>;
export type AccountSettings = z.output<typeof account>;

/** Endpoints of one layer serve one chain, else they could never agree. */
function* chainIdFaults({ endpoints }: NetworkSettings): Generator<[number, string]> {
  const first = new Map<string, number>();
  for (const [index, { layer: of, chainId }] of endpoints.entries()) {
    const expected = first.get(of) ?? chainId;
    first.set(of, expected);
    if (expected !== chainId) yield [index, `is ${chainId}, but another endpoint of layer ${of} has ${expected}`];
  }
}

/** Milliseconds. */
export function timeoutOf({ intervalSeconds, timeoutSeconds }: ExporterSettings): number {
  const seconds = timeoutSeconds ?? Math.min(10, Math.max(1, (intervalSeconds * 2) / 3));
  return Math.round(seconds * 1000);
}
