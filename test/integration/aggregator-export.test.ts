import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { locateProgram } from '../../tools/index.ts';
import { run } from '../fixtures/programs.ts';
import { counted, errorOf, exported, history, NOW, push, saved, unzipped } from './aggregator/exports.ts';
import { AggregatorPlace, TOKEN, until } from './aggregator/process.ts';

/** The exports of the aggregator, opened by the real unzip, openssl and age. */

const OTHER = 'token-of-one-network-only';
const SECRET = 'correct horse battery staple';

let place: AggregatorPlace;
beforeEach(() => {
  place = new AggregatorPlace();
  writeFileSync(place.tokenFile, `${TOKEN}\n${OTHER} bega\n`, { mode: 0o600 });
});
afterEach(() => place.clear());

describe('all peers in one archive', () => {
  test('are what each alone is, one file each', async () => {
    const aggregator = await place.start();
    await push(aggregator, ['a', '../../evil', '..', 'é/\u0001x'.replace('\u0001', '')]);
    await push(aggregator, ['a'], 'bega', NOW - 60);
    const answer = await exported(aggregator);
    expect(answer.headers.get('content-type')).toBe('application/zip');
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="bega-peers-\d{8}T\d{6}Z\.zip"$/);
    expect(unzipped(await saved(answer, join(place.folder, 'all.zip')))).toEqual({
      'a.json': history('a', NOW, NOW - 60),
      '%2E.%2F..%2Fevil.json': history('../../evil', NOW),
      '%2E..json': history('..', NOW),
      '%C3%A9%2Fx.json': history('é/x', NOW),
    });
    const { text } = await aggregator.get('/peer/a');
    expect(JSON.parse(text)).toEqual(history('a', NOW, NOW - 60));
    // It is counted when the store has been let go, a moment after the last byte.
    await until(async () => (await aggregator.metric(counted('ok'))) === 1, 'one export is counted');
  });

  test('have names as long as a sender may give them', async () => {
    const aggregator = await place.start();
    const [long, longer] = ['/'.repeat(256), `${'/'.repeat(255)}x`];
    await push(aggregator, [long, longer]);
    expect((await aggregator.get(`/peer/${encodeURIComponent(long)}`)).text).toBe(JSON.stringify(history(long, NOW)));
    const files = unzipped(await saved(await exported(aggregator), join(place.folder, 'all.zip')));
    expect(Object.keys(files)).toEqual([
      expect.stringMatching(/^%2F.{117}~[0-9a-f]{32}\.json$/),
      expect.stringMatching(/^%2F.{117}~[0-9a-f]{32}\.json$/),
    ]);
  });

  test('of several networks lie in folders, and a token sees its own', async () => {
    const aggregator = await place.start();
    await push(aggregator, ['a']);
    await push(aggregator, ['a', 'b'], 'arabica');
    expect(Object.keys(unzipped(await saved(await exported(aggregator), join(place.folder, 'all.zip'))))).toEqual([
      'arabica/a.json',
      'arabica/b.json',
      'bega/a.json',
    ]);
    const own = await exported(aggregator, '', { authorization: `Bearer ${OTHER}` });
    expect(Object.keys(unzipped(await saved(own, join(place.folder, 'own.zip'))))).toEqual(['a.json']);
    const asked = await exported(aggregator, '?network=arabica&show=snapshot');
    expect(unzipped(await saved(asked, join(place.folder, 'asked.zip')))['a.json']).toMatchObject([
      [NOW, { peer_id: 'a' }],
    ]);
    const foreign = await exported(aggregator, '?network=arabica', { authorization: `Bearer ${OTHER}` });
    expect(foreign.status).toBe(401);
  });

  test('of an empty store are an empty archive', async () => {
    const aggregator = await place.start();
    const path = await saved(await exported(aggregator), join(place.folder, 'none.zip'));
    expect(spawnSync('unzip', ['-l', path], { encoding: 'utf8' }).stdout + readFileSync(path, 'latin1')).toContain(
      'PK\u0005\u0006',
    );
  });
});

describe('an archive that is encrypted', () => {
  test('for a recipient is opened by age with the identity', async () => {
    const aggregator = await place.start();
    await push(aggregator, ['a', 'b']);
    const identity = join(place.folder, 'identity.txt');
    const { stderr } = await run('age-keygen', ['-o', identity]);
    const recipient = /age1\w+/.exec(stderr)?.[0] ?? '';
    const answer = await exported(aggregator, '', { 'x-age-recipient': recipient });
    expect(answer.headers.get('content-type')).toBe('application/age');
    const path = await saved(answer, join(place.folder, 'all.zip.age'));
    expect(await run('age', ['-d', '-i', identity, '-o', `${path}.zip`, path])).toMatchObject({ code: 0, stderr: '' });
    expect(Object.keys(unzipped(`${path}.zip`))).toEqual(['a.json', 'b.json']);
    await until(async () => (await aggregator.metric(counted('ok', 'age'))) === 1, 'one export is counted');
  });

  test('with a passphrase in the body is opened by openssl as the docs say', async () => {
    const aggregator = await place.start();
    await push(aggregator, ['a']);
    const answer = await exported(
      aggregator,
      '',
      { 'content-type': 'application/json' },
      { method: 'POST', body: JSON.stringify({ openssl_passphrase: `${SECRET} é` }) },
    );
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    expect(answer.headers.get('warning')).toContain('prefer age');
    const path = await saved(answer, join(place.folder, 'all.zip.enc'));
    const key = createHash('sha256').update(`${SECRET} é`).digest('hex');
    const script =
      'tail -c +17 "$1" | openssl enc -d -aes-256-cbc -md sha256 -nosalt -K "$2" -iv "$(head -c 16 "$1" | xxd -p)" > "$1.zip"';
    const portable = script.replace('xxd -p', "od -An -v -tx1 | tr -d ' \\n'");
    execFileSync('sh', ['-c', portable, 'sh', path, key]);
    expect(unzipped(`${path}.zip`)).toEqual({ 'a.json': history('a', NOW) });
  });

  test('with a passphrase for age is opened by age, which asks for it', async () => {
    const aggregator = await place.start();
    await push(aggregator, ['a']);
    const path = await saved(
      await exported(aggregator, '', { 'x-age-passphrase': SECRET }),
      join(place.folder, 'all.zip.age'),
    );
    expect(readFileSync(path, 'latin1')).toMatch(/^age-encryption\.org\/v1\n-> scrypt \S+ 16\n/);
    const age = (await locateProgram('age'))?.path ?? '';
    // It reads a passphrase from a terminal only.
    const ask = `"${age}" -d -o "${path}.zip" "${path}"`;
    const asked = spawnSync('script', ['-qec', ask, '/dev/null'], { input: `${SECRET}\n`, encoding: 'utf8' });
    expect(asked).toMatchObject({ status: 0 });
    expect(unzipped(`${path}.zip`)).toEqual({ 'a.json': history('a', NOW) });
  });
});

describe('what is refused', () => {
  test('says why, and nothing is exported', async () => {
    const aggregator = await place.start({ settings: { maxExportPeers: 2 } });
    await push(aggregator, ['a', 'b']);
    expect((await fetch(`${aggregator.url}/export/all`)).status).toBe(401);
    const inUrl = await errorOf(await exported(aggregator, `?openssl_pass=${encodeURIComponent(SECRET)}`));
    expect(inUrl).toMatchObject({ status: 400, error: 'secret_in_url' });
    expect(inUrl.reason).toContain('logs and shell histories');
    const both = await exported(aggregator, '', { 'x-age-passphrase': SECRET, 'x-openssl-passphrase': SECRET });
    expect(await errorOf(both)).toMatchObject({ status: 400, error: 'two_encryptions' });
    expect((await exported(aggregator)).status).toBe(200);
    await push(aggregator, ['c']);
    expect(await errorOf(await exported(aggregator))).toMatchObject({ status: 413, error: 'too_many_peers' });
    expect(await aggregator.metric(counted('refused'))).toBe(4);
    expect(JSON.stringify(aggregator.log)).not.toContain('correct');
  });

  test('is everything where exports are switched off', async () => {
    const aggregator = await place.start({ settings: { peerMetricsExport: false } });
    const fault = await errorOf(await exported(aggregator));
    expect(fault).toMatchObject({ status: 403, error: 'exports_disabled' });
    expect(fault.reason).toContain('peerMetricsExport: false');
    expect((await aggregator.get('/peers')).status).toBe(200);
  });
});
