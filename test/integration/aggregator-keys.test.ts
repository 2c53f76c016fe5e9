/** Keys of peers: `chainwatch peers rotate-key` and /keys of a real aggregator. */
import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { AggregatorPlace, type AggregatorProcess, TOKEN } from './aggregator/process.ts';
import { inProcess } from './command.ts';

const ONE = 'token-of-one-network-only';
const GRACE = 300;
/** Snapshots are dated after a grace that nobody waits for. */
const LATER = { settings: { maxAhead: '1h' } };

let place: AggregatorPlace;
let aggregator: AggregatorProcess;
beforeAll(async () => {
  place = new AggregatorPlace();
  writeFileSync(place.tokenFile, `${TOKEN}\n${ONE} alpha\n`, { mode: 0o600 });
  aggregator = await place.start(LATER);
});
afterAll(() => place.clear());
let files = 0;
afterEach(() => {
  files += 1;
});

interface Key {
  readonly hex: string;
  readonly secret: KeyObject;
  /** PEM files. */
  readonly file: string;
  readonly publicFile: string;
}

function makeKey(): Key {
  const { privateKey: secret } = generateKeyPairSync('ed25519');
  const open = createPublicKey(secret);
  const hex = Buffer.from(open.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex');
  const write = (name: string, text: string | Buffer) => {
    const path = join(place.folder, `${hex.slice(0, 16)}-${files}.${name}`);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const file = write('pem', secret.export({ format: 'pem', type: 'pkcs8' }));
  return { hex, secret, file, publicFile: write('pub', open.export({ format: 'pem', type: 'spki' })) };
}

async function report(peer: string, network = 'alpha', more: object = {}): Promise<Record<string, unknown>> {
  const { status, body } = await aggregator.push([{ peer_id: peer, metrics: {}, ...more }], { 'x-network': network });
  expect(status).toBe(200);
  return body;
}

async function ask(
  path: string,
  body?: unknown,
  token = TOKEN,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(aggregator.url + path, {
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  });
  return { status: answer.status, body: JSON.parse(await answer.text()) };
}

const statement = (peer: string, oldKey: string, newKey: string, network = 'alpha') =>
  Buffer.from(`chainwatch: another key of a peer\n${network}\n${peer}\n${oldKey}\n${newKey}\n`);
const signed = (by: Key, message: Uint8Array) => sign(null, message, by.secret).toString('hex');

const cli = (args: readonly string[], token = TOKEN) =>
  inProcess(['peers', 'rotate-key', ...args, '--aggregator', aggregator.url], {
    cwd: place.folder,
    env: { CHAINWATCH_SECRET_AGGREGATOR_TOKEN: token, CHAINWATCH_AGGREGATOR: undefined },
  });

describe('a peer that is named by its key', () => {
  test('gets another one that the first has signed, and stays the same peer', async () => {
    const [first, second, third] = [makeKey(), makeKey(), makeKey()];
    await report(first.hex);
    const before = await aggregator.metric('key_rotation_total');
    const done = await cli([first.hex, '--new-key', second.publicFile, '--sign-with', first.file, '--json'], ONE);
    expect(done).toMatchObject({ code: 0, stderr: '' });
    const said = JSON.parse(done.stdout);
    const { at } = said;
    expect(said).toEqual({
      network: 'alpha',
      peer_id: first.hex,
      key: second.hex,
      old_key: first.hex,
      old_key_valid_until: at + GRACE,
      at,
      how: 'signed',
      repeated: false,
    });
    // The answer was lost, and it is sent again: nothing new.
    const again = await cli([first.hex, '--new-key', second.hex, '--sign-with', first.file]);
    expect(again.stdout).toMatch(`${first.hex} has had the key ${second.hex}; ${first.hex} is good until 20`);
    expect(await aggregator.metric('key_rotation_total')).toBe(before + 1);

    expect(await report(second.hex, 'alpha', { timestamp: at + 1 })).toMatchObject({ stored: 1 });
    expect(await report(first.hex, 'alpha', { timestamp: at + GRACE - 1 })).toMatchObject({ stored: 1 });
    expect(await report(first.hex, 'alpha', { timestamp: at + GRACE })).toMatchObject({ stored: 0, expired: 1 });
    expect(await report(first.hex, 'beta', { timestamp: at + GRACE })).toMatchObject({ stored: 1 });
    for (const name of [first.hex, second.hex]) {
      expect(JSON.parse((await aggregator.get(`/peer/${name}?network=alpha`)).text)).toHaveLength(3);
    }

    const byName = await cli([second.hex, '--network', 'alpha', '--new-key', third.hex, '--sign-with', second.file]);
    expect(byName.code).toBe(0);
    // It is in the history, also after a restart.
    await aggregator.kill();
    aggregator = await place.start(LATER);
    const { body } = await ask(`/keys/${third.hex}`);
    expect(body).toMatchObject({
      network: 'alpha',
      peer_id: first.hex,
      key: third.hex,
      keys: [
        { key: third.hex, until: null, state: 'current' },
        { key: second.hex, from: at, state: 'grace' },
        { key: first.hex, from: null, until: at + GRACE, state: 'grace' },
      ],
      events: [
        { how: 'signed', old_key: first.hex, new_key: second.hex, at },
        { how: 'signed', old_key: second.hex, new_key: third.hex },
      ],
    });
  });

  test('as a node of the-block signs it: the bytes of the new key', async () => {
    const [first, second] = [makeKey(), makeKey()];
    await report(first.hex);
    const signature = signed(first, Buffer.from(second.hex, 'hex'));
    const body = { peer_id: first.hex, new_key: second.hex.toUpperCase(), signature };
    expect(await ask('/keys/rotate', body, ONE)).toMatchObject({
      status: 200,
      body: { key: second.hex, how: 'signed' },
    });
  });

  test('that was reported under its new key before: both are shown as one', async () => {
    const [first, second] = [makeKey(), makeKey()];
    const now = Math.floor(Date.now() / 1000);
    for (const [age, key] of [first, second, first, second].entries()) {
      await report(key.hex, 'alpha', { timestamp: now - age, metrics: { age } });
    }
    await cli([first.hex, '--new-key', second.hex, '--sign-with', first.file]);
    for (const name of [first.hex, second.hex]) {
      const { text } = await aggregator.get(`/peer/${name}?limit=3`);
      expect(JSON.parse(text)).toEqual([0, 1, 2].map((age) => [now - age, { age }]));
    }
  });
});

describe('a peer of another name', () => {
  test('gets its first key without a signature, the next with one, and a lost one is replaced by force', async () => {
    const [first, second, third] = [makeKey(), makeKey(), makeKey()];
    await report('node-7');
    expect(await ask('/keys/node-7')).toMatchObject({ status: 200, body: { key: null, keys: [], events: [] } });
    expect((await cli(['node-7', '--new-key', first.hex], ONE)).stdout).toBe(`node-7 has the key ${first.hex}\n`);
    const unsigned = await cli(['node-7', '--new-key', second.hex]);
    expect(unsigned).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('403: the peer has a key, and that has to sign'),
    });
    const signature = signed(first, statement('node-7', first.hex, second.hex));
    expect((await cli(['node-7', '--new-key', second.hex, '--signature', signature], ONE)).code).toBe(0);
    const force = ['node-7', '--new-key', third.hex, '--force', '--json'];
    expect(await cli(force, ONE)).toMatchObject({ code: 2, stderr: expect.stringContaining('concerns all networks') });
    const { at, old_key_valid_until: until, how } = JSON.parse((await cli(force)).stdout);
    expect([until, how]).toEqual([at, 'forced']);
    expect(await report('node-7', 'alpha', { timestamp: at + 1_000 })).toMatchObject({ stored: 1 });
  });
});

describe('is refused, and nothing changes:', () => {
  test('what the key has not signed', async () => {
    const [first, second, other] = [makeKey(), makeKey(), makeKey()];
    await report(first.hex);
    const rotate = (signature: string, more: object = {}) =>
      ask('/keys/rotate', { peer_id: first.hex, new_key: second.hex, signature, ...more });
    const good = statement(first.hex, first.hex, second.hex);
    for (const signature of [
      signed(other, good),
      signed(second, good),
      signed(first, statement(first.hex, first.hex, other.hex)),
      signed(first, statement(first.hex, first.hex, second.hex, 'beta')),
      signed(first, statement('another', first.hex, second.hex)),
      'ab'.repeat(64),
    ]) {
      expect(await rotate(signature)).toMatchObject({ status: 403, body: { error: 'bad_signature' } });
    }
    expect(await rotate('short')).toMatchObject({ status: 400, body: { reason: expect.stringContaining('128') } });
    expect(await rotate(signed(first, good), { new_key: 'x' })).toMatchObject({ status: 400 });
    expect(await rotate(signed(first, good), { until: 5 })).toMatchObject({ status: 400 });
    expect(await ask('/keys/rotate', {}, 'no-token-of-anybody-here')).toMatchObject({ status: 401 });
    expect((await ask(`/keys/${first.hex}`)).body).toMatchObject({ key: first.hex, events: [] });
  });

  test('a rotation that is played again, and keys that somebody has had', async () => {
    const [first, second, third] = [makeKey(), makeKey(), makeKey()];
    await report(first.hex);
    const played = {
      peer_id: first.hex,
      new_key: second.hex,
      signature: signed(first, Buffer.from(second.hex, 'hex')),
    };
    expect((await ask('/keys/rotate', played)).status).toBe(200);
    const back = signed(second, statement(first.hex, second.hex, first.hex));
    const to = (new_key: string, signature: string, peer_id = first.hex) =>
      ask('/keys/rotate', { peer_id, new_key, signature });
    expect(await to(first.hex, back)).toMatchObject({ status: 409, body: { error: 'key_conflict' } });
    await to(third.hex, signed(second, statement(first.hex, second.hex, third.hex)));
    expect(await ask('/keys/rotate', played)).toMatchObject({ status: 403 });
    const fourth = makeKey();
    await report(fourth.hex);
    const taken = signed(fourth, statement(fourth.hex, fourth.hex, second.hex));
    expect(await to(second.hex, taken, fourth.hex)).toMatchObject({ status: 409 });
    expect((await ask(`/keys/${first.hex}`)).body).toMatchObject({ key: third.hex });
  });

  test('keys for which everybody can sign, peers that nobody knows, networks of others', async () => {
    const [first, second] = [makeKey(), makeKey()];
    await report(first.hex);
    await report(second.hex, 'beta');
    const weak = '00'.repeat(32);
    const signature = signed(first, statement(first.hex, first.hex, weak));
    const rotate = (peer_id: string, new_key: string, more: object, token = TOKEN) =>
      ask('/keys/rotate', { peer_id, new_key, signature, ...more }, token);
    expect(await rotate(first.hex, weak, {})).toMatchObject({ status: 400, body: { error: 'weak_key' } });
    expect(await rotate('nobody', second.hex, {})).toMatchObject({ status: 404 });
    expect(await rotate(second.hex, first.hex, {}, ONE)).toMatchObject({ status: 404 });
    expect(await rotate(second.hex, first.hex, { network: 'beta' }, ONE)).toMatchObject({ status: 401 });
    await report(first.hex, 'beta');
    expect(await rotate(first.hex, second.hex, {})).toMatchObject({ status: 400, body: { error: 'ambiguous_peer' } });
  });

  test('files of the command that are not what they should be', async () => {
    const [first, second, other] = [makeKey(), makeKey(), makeKey()];
    await report(first.hex);
    const says = async (args: readonly string[], message: RegExp) => {
      const { code, stderr } = await cli([first.hex, ...args]);
      expect(stderr).toMatch(message);
      expect(code).toBe(2);
    };
    await says(['--new-key', second.file], /holds a private key, and only the public one is wanted/);
    await says(['--new-key', 'nowhere.pub'], /is no key, and no file/);
    await says(['--new-key', place.tokenFile], /holds no public key of ed25519/);
    await says(['--new-key', second.hex, '--sign-with', other.file], /--sign-with holds the key .* has the key/);
    await says(['--new-key', second.hex, '--sign-with', second.publicFile], /holds no private key of ed25519/);
    await says(['--new-key', second.hex, '--sign-with', first.file, '--signature', 'x'], /one signature is enough/);
    await report('named');
    expect((await cli(['named', '--new-key', other.hex])).code).toBe(0);
    await says(['--new-key', other.hex, '--sign-with', first.file], /answers 409: the key is, or was, that of a peer/);
    chmodSync(first.file, 0o644);
    await says(['--new-key', second.hex, '--sign-with', first.file], /others on this machine may read/);
    expect((await ask(`/keys/${first.hex}`)).body).toMatchObject({ key: first.hex });
  });
});

test('whether a signature is that of a peer, by a key that is good', async () => {
  const [first, second, stranger] = [makeKey(), makeKey(), makeKey()];
  await report(first.hex);
  const message = 'I am who I am';
  const verified = async (by: Key, more: object = {}) =>
    (
      await ask('/keys/verify', {
        peer_id: first.hex,
        message,
        signature: signed(by, Buffer.from(message)),
        ...more,
      })
    ).body;
  expect(await verified(first)).toMatchObject({ valid: true, state: 'current', key: first.hex });
  await cli([first.hex, '--new-key', second.hex, '--sign-with', first.file]);
  expect(await verified(first)).toMatchObject({ valid: true, state: 'grace' });
  expect(await verified(second)).toMatchObject({ valid: true, state: 'current', key: second.hex });
  expect(await verified(stranger)).toMatchObject({ valid: false, state: null, key: null });
  const written = { message: Buffer.from(message).toString('base64'), encoding: 'base64' };
  expect(await verified(second, written)).toMatchObject({ valid: true });
  expect(await verified(second, { message: 'I am somebody else' })).toMatchObject({ valid: false });
  // Lost means that somebody else may have it.
  const third = makeKey();
  const forced = await cli([first.hex, '--new-key', third.hex, '--force']);
  expect(forced.stdout).toMatch(/is good no longer\n$/);
  expect(await verified(third)).toMatchObject({ valid: true, state: 'current' });
  expect(await verified(second)).toMatchObject({ valid: false, state: 'expired', key: second.hex });
});
