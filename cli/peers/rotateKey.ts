import { z } from 'zod';
import { statementOf } from '../../services/aggregator/keys/statement.ts';
import { CliError } from '../errors.ts';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import { interruptible } from '../interrupt.ts';
import type { Io } from '../io.ts';
import { json } from '../output.ts';
import { type Aggregator, type AggregatorOptions, aggregatorAt, readJson } from './aggregator.ts';
import { publicKeyIn, signerIn } from './peerKey.ts';
import { plain } from './plain.ts';

export interface RotateKeyOptions extends AggregatorOptions {
  readonly network?: string;
  /** The public key, or a file with it. */
  readonly newKey: string;
  /** A file with the private key that the peer has had until now. */
  readonly signWith?: string;
  /** Of that key, where somebody else has signed. */
  readonly signature?: string;
  readonly force: boolean;
}

const known = z.object({ network: z.string(), peer_id: z.string(), key: z.string().nullable() });
const rotated = z.object({
  network: z.string(),
  peer_id: z.string(),
  key: z.string(),
  old_key: z.string().nullable(),
  /** Unix seconds. */
  old_key_valid_until: z.number().nullable(),
  at: z.number(),
  how: z.string(),
  repeated: z.boolean(),
});

/** Tells an aggregator that a peer has another key. The old one signs it here; no private key leaves this machine. */
export async function rotateKey(peer: string, options: RotateKeyOptions, io: Io): Promise<ExitCode> {
  const newKey = publicKeyIn(options.newKey, '--new-key', io);
  const result = await interruptible(async (signal) => {
    const aggregator = aggregatorAt(options, io, signal);
    const signature = await signatureFor(peer, newKey, options, aggregator, io);
    const body = {
      peer_id: peer,
      new_key: newKey,
      ...(options.network === undefined ? {} : { network: options.network }),
      ...(signature === undefined ? {} : { signature }),
      ...(options.force ? { force: true } : {}),
    };
    return readJson(await aggregator.ask('/keys/rotate', { method: 'POST', body }), rotated);
  });
  if (options.json) io.out(json(result));
  else io.out(`${wordsOf(result)}\n`);
  return exitCodes.ok;
}

async function signatureFor(
  peer: string,
  newKey: string,
  { signWith, signature, network }: RotateKeyOptions,
  aggregator: Aggregator,
  io: Io,
): Promise<string | undefined> {
  if (signWith === undefined) return signature;
  if (signature !== undefined) {
    throw new CliError('one signature is enough', { remedy: 'give --sign-with or --signature' });
  }
  const signer = signerIn(signWith, '--sign-with', io);
  const query = network === undefined ? '' : `?${new URLSearchParams({ network })}`;
  const now = await readJson(await aggregator.ask(`/keys/${encodeURIComponent(peer)}${query}`), known);
  // A request that is sent again after its answer was lost.
  if (now.key === newKey) return undefined;
  if (now.key !== signer.publicKey) {
    const has = now.key === null ? 'no key yet' : `the key ${now.key}`;
    throw new CliError(`--sign-with holds the key ${signer.publicKey}, and ${plain(peer)} has ${has}`, {
      remedy: now.key === null ? 'leave it out: the first key needs no signature' : 'give the file of that key',
    });
  }
  return signer.sign(statementOf({ network: now.network, peer: now.peer_id, oldKey: now.key, newKey }));
}

function wordsOf({
  peer_id: peer,
  key,
  old_key: old,
  old_key_valid_until: until,
  at,
  repeated,
}: z.output<typeof rotated>) {
  const now = repeated ? 'has had' : 'has';
  const then = until === null ? undefined : new Date(until * 1000).toISOString().replace('.000Z', 'Z');
  const grace = at === until ? 'is good no longer' : `is good until ${then}`;
  const before = old === null || then === undefined ? '' : `; ${old} ${grace}`;
  return `${plain(peer)} ${now} the key ${key}${before}`;
}
