import { z } from 'zod';
import { type App, HttpFault } from '../../shared/http.ts';
import type { Logger } from '../../shared/log.ts';
import { openReader, parse, requireAll, visible } from '../access.ts';
import { MAX_NAME } from '../ingest/batch.ts';
import type { Decisions } from '../lead/decisions.ts';
import type { Metrics } from '../metrics.ts';
import type { Reader } from '../store/reader.ts';
import type { Store } from '../store/store.ts';
import type { Scope, Tokens } from '../tokens.ts';
import { isSignedBy, isUsable } from './ed25519.ts';
import { ringOf } from './ring.ts';
import { currentKey, dataOf, type KeyEvent, type Rotation } from './rotation.ts';
import { isSigned } from './statement.ts';

export interface KeyOptions {
  readonly tokens: Tokens;
  readonly store: Store;
  readonly decisions: Decisions;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Seconds that an old key stays good. */
  readonly grace: number;
}

/** Rotations of one peer: whoever has a key could fill the disk with them. */
const MAX_ROTATIONS = 1_000;

const hex = (bytes: number, what: string) =>
  z
    .string()
    .toLowerCase()
    .regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`), { error: `needs ${what}, as ${bytes * 2} hexadecimal digits` });
const peerId = z.string().min(1).max(MAX_NAME);
const rotateBody = z.strictObject({
  network: z.string().optional(),
  peer_id: peerId,
  new_key: hex(32, 'an ed25519 public key'),
  signature: hex(64, 'a signature').optional(),
  force: z.boolean().default(false),
});
const verifyBody = z.strictObject({
  network: z.string().optional(),
  peer_id: peerId,
  message: z.string(),
  /** How the message is written. */
  encoding: z.enum(['utf8', 'base64', 'hex']).default('utf8'),
  signature: hex(64, 'a signature'),
});
const keyQuery = z.strictObject({ network: z.string().optional() });

/** A peer of one network, and what is known of its keys. */
interface Found {
  readonly network: string;
  /** The name that it came by first. */
  readonly peer: string;
  readonly events: readonly KeyEvent[];
  /** Empty for none. */
  readonly current: string;
}

/** `POST /keys/rotate`, `GET /keys/:peer`, `POST /keys/verify`. */
export function addKeys(app: App, options: KeyOptions): void {
  const { tokens, decisions } = options;

  app.post('/keys/rotate', async (request) => {
    const scope = tokens.authorize(request.headers);
    const body = parse(rotateBody, request.body);
    decisions.requireLeading();
    const found = await find(options, scope, body.peer_id, body.network);
    const last = found.events.at(-1);
    if (last?.newKey === body.new_key && !body.force) return answerOf(last, true);
    const how = wayOf(found, body, scope);
    const now = decisions.now();
    const until = how === 'signed' ? now + options.grace : now;
    const { network, peer, current: oldKey } = found;
    const signature = how === 'signed' ? (body.signature ?? '') : '';
    const rotation: Rotation = { network, peer, oldKey, newKey: body.new_key, until, how, signature };
    requireNew(openReader(options.store), found, rotation);
    await decisions.decide('rotate', dataOf(rotation));
    const done = openReader(options.store).keyEvents(network, peer).events.at(-1);
    if (done?.newKey !== body.new_key)
      throw conflict('the peer has got another key meanwhile, or the key another peer');
    options.metrics.keyRotations.inc();
    options.log.info({ network, peer, how, oldKey, newKey: done.newKey }, 'a peer has another key');
    return answerOf(done, false);
  });

  app.get<{ Params: { peer: string } }>('/keys/:peer', async (request) => {
    const scope = tokens.authorize(request.headers);
    const { network } = parse(keyQuery, request.query);
    const found = await find(options, scope, request.params.peer, network);
    const { peer, events, current } = found;
    return {
      network: found.network,
      peer_id: peer,
      key: current === '' ? null : current,
      keys: ringOf(peer, events, decisions.now()),
      events: events.map(({ at, epoch, how, oldKey, newKey, until, signature }) => ({
        at,
        epoch,
        how,
        old_key: oldKey === '' ? null : oldKey,
        new_key: newKey,
        old_key_valid_until: until,
        signature: signature === '' ? null : signature,
      })),
    };
  });

  app.post('/keys/verify', async (request) => {
    const scope = tokens.authorize(request.headers);
    const body = parse(verifyBody, request.body);
    const { network, peer, events } = await find(options, scope, body.peer_id, body.network);
    const message = Buffer.from(body.message, body.encoding);
    const by = ringOf(peer, events, decisions.now()).find(({ key }) => isSignedBy(key, message, body.signature));
    const valid = by !== undefined && by.state !== 'expired';
    return { network, peer_id: peer, valid, key: by?.key ?? null, state: by?.state ?? null };
  });
}

/**
 * A peer that has keys is known, also where none of its samples is: a replica may hear of its keys when those are too old to be taken.
 *
 * @throws HttpFault 404 for a peer that nobody reported, 400 for one of several networks
 */
async function find({ store }: KeyOptions, scope: Scope, name: string, wanted: string | undefined): Promise<Found> {
  const reader = openReader(store);
  const networks: string[] = [];
  const all = () => [...new Set([...reader.networks(), ...reader.decided.networks()])].sort();
  for (const network of visible(scope, wanted) ?? all()) {
    const reply = await store.ask({ ask: 'peer', network, name });
    const isReported = reply.of === 'peers' && reply.peers.length > 0;
    if (isReported || reader.keyEvents(network, name).events.length > 0) networks.push(network);
  }
  const [network] = networks;
  const shown = JSON.stringify(name.slice(0, 80));
  if (network === undefined) {
    const reason = `no peer ${shown} was reported`;
    throw new HttpFault(404, { error: 'unknown_peer', reason, remedy: 'list them with GET /peers' });
  }
  if (networks.length > 1) {
    const reason = `there is a peer ${shown} in ${networks.join(' and in ')}`;
    throw new HttpFault(400, { error: 'ambiguous_peer', reason, remedy: 'name its network' });
  }
  const { peer, events } = reader.keyEvents(network, name);
  return { network, peer, events, current: currentKey(peer, events.at(-1)) };
}

/** By what right a peer gets another key. @throws HttpFault 403 */
function wayOf({ network, peer, current }: Found, body: z.output<typeof rotateBody>, scope: Scope): Rotation['how'] {
  if (body.force) requireAll(scope, 'a key that the one before has not signed');
  if (current === '') return 'introduced';
  if (body.force) return 'forced';
  const remedy =
    'sign it with the key that the peer has: chainwatch peers rotate-key --sign-with; a lost key wants force';
  if (body.signature === undefined) {
    const reason = 'the peer has a key, and that has to sign the next one';
    throw new HttpFault(403, { error: 'signature_needed', reason, remedy });
  }
  if (isSigned({ network, peer, oldKey: current, newKey: body.new_key }, body.signature)) return 'signed';
  const reason = `the signature is not that of ${current} for this rotation`;
  throw new HttpFault(403, { error: 'bad_signature', reason, remedy });
}

/** @throws HttpFault 400, 409, 429 */
function requireNew(reader: Reader, { network, events }: Found, { oldKey, newKey }: Rotation): void {
  if (!isUsable(newKey)) {
    const remedy = 'make another: openssl genpkey -algorithm ed25519';
    throw new HttpFault(400, { error: 'weak_key', reason: 'everybody can sign for this key', remedy });
  }
  if (newKey === oldKey || reader.isKeyUsed(network, newKey)) {
    throw conflict('the key is, or was, that of a peer of this network');
  }
  if (events.length < MAX_ROTATIONS) return;
  const reason = `the peer has had ${events.length} keys`;
  throw new HttpFault(429, { error: 'too_many_rotations', reason, remedy: 'see who rotates them, and why' });
}

function conflict(reason: string): HttpFault {
  const remedy = 'look at GET /keys/<peer>, and take a key that nobody has had';
  return new HttpFault(409, { error: 'key_conflict', reason, remedy });
}

function answerOf({ network, peer, oldKey, newKey, until, how, at }: KeyEvent, repeated: boolean) {
  return {
    network,
    peer_id: peer,
    key: newKey,
    old_key: oldKey === '' ? null : oldKey,
    old_key_valid_until: oldKey === '' ? null : until,
    at,
    how,
    repeated,
  };
}
