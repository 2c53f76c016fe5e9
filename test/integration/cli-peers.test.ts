import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { run } from '../fixtures/programs.ts';
import { AggregatorPlace, type AggregatorProcess, TOKEN, until } from './aggregator/process.ts';
import { inProcess, start } from './command.ts';

/** `chainwatch peers` against a real aggregator. */

const NOW = Math.floor(Date.now() / 1000);
const OTHER = 'token-of-one-network-only';
const SECRET = 'correct horse battery staple';

let place: AggregatorPlace;
/** Of all tests that only look. */
let aggregator: AggregatorProcess;
let cwd: string;
let servers: Server[];
beforeAll(async () => {
  place = new AggregatorPlace();
  aggregator = await filled(place);
});
afterAll(() => place.clear());
beforeEach(() => {
  servers = [];
  cwd = mkdtempSync(join(place.folder, 'work-'));
});
afterEach(() => {
  for (const server of servers) server.close();
});

async function filled(at: AggregatorPlace): Promise<AggregatorProcess> {
  writeFileSync(at.tokenFile, `${TOKEN}\n${OTHER} bega\n`, { mode: 0o600 });
  const started = await at.start();
  for (const [network, ...names] of [
    ['arabica', 'a'],
    ['bega', 'a', 'b\u001b[2J'.replace('\u001b', '\\u001b')],
  ]) {
    const snapshots = names.flatMap((peer_id) =>
      [60, 0].map((age) => ({ peer_id, timestamp: NOW - age, metrics: { age } })),
    );
    expect((await started.push(snapshots, { 'x-network': network ?? '' })).status).toBe(200);
  }
  return started;
}

const peers = (args: readonly string[], token: string | undefined = TOKEN, at: { readonly url: string } = aggregator) =>
  inProcess(['peers', ...args, '--aggregator', at.url], {
    cwd,
    env: { CHAINWATCH_SECRET_AGGREGATOR_TOKEN: token, CHAINWATCH_AGGREGATOR: undefined },
  });

function secretFile(name: string, text: string, mode = 0o600): string {
  const path = join(place.folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

function listed(zip: string): string[] {
  return execFileSync('unzip', ['-Z1', zip], { encoding: 'utf8' }).trim().split('\n').sort();
}

test('list and show say what there is', async () => {
  const all = await peers(['list']);
  expect(all).toMatchObject({ code: 0, stderr: '3 peers\n' });
  expect(all.stdout).toMatch(/^arabica +a +\d{4}-/m);
  const one = await peers(['list', '--network', 'bega', '--limit', '1', '--json']);
  expect(JSON.parse(one.stdout)).toEqual({
    peers: [{ network: 'bega', peer_id: 'a', first_seen: NOW - 60, last_seen: NOW }],
    more: true,
  });
  expect((await peers(['list', '--limit', '2'])).stderr).toBe('2 peers; there are more\n');
  const shown = await peers(['show', 'a', '--network', 'bega']);
  expect(shown.stdout.trim().split('\n').slice(1)).toEqual([
    expect.stringMatching(/Z {2}\{"age":0\}$/),
    expect.stringMatching(/Z {2}\{"age":60\}$/),
  ]);
  const json = await peers(['show', 'a', '--limit', '1', '--json', '--snapshot']);
  expect(JSON.parse(json.stdout)).toMatchObject([[NOW, { peer_id: 'a', metrics: { age: 0 } }]]);
});

describe('export', () => {
  test('writes a whole archive that only its owner may read', async () => {
    const done = await peers(['export', '--all', '--path', 'bulk.zip', '--json']);
    expect(done).toMatchObject({ code: 0, stderr: '' });
    const path = join(cwd, 'bulk.zip');
    const { size, mode } = statSync(path);
    expect(JSON.parse(done.stdout)).toEqual({ path, bytes: size, type: 'application/zip', warning: null, peers: 3 });
    expect(mode & 0o777).toBe(0o600);
    expect(listed(path)).toEqual(['arabica/a.json', 'bega/a.json', 'bega/b%5Cu001b%5B2J.json']);
    expect(readdirSync(cwd)).toEqual(['bulk.zip']);
  });

  test('for a recipient is opened by age', async () => {
    const identity = join(place.folder, 'identity.txt');
    const recipient = /age1\w+/.exec((await run('age-keygen', ['-o', identity])).stderr)?.[0] ?? '';
    const done = await peers(['export', '--all', '--path', 'b.zip.age', '--age-recipient', recipient], OTHER);
    expect(done).toMatchObject({ code: 0, stdout: expect.stringMatching(/B, encrypted for the owner of the key\n$/) });
    const opened = join(cwd, 'b.zip');
    expect(await run('age', ['-d', '-i', identity, '-o', opened, join(cwd, 'b.zip.age')])).toMatchObject({ code: 0 });
    expect(listed(opened)).toContain('a.json');
  });

  test('for openssl takes the passphrase of a file, and warns', async () => {
    const file = secretFile('pass', `${SECRET}\n`);
    const done = await peers(['export', '--all', '--path', 'b.enc', '--openssl-pass-file', file]);
    expect(done.code).toBe(0);
    expect(done.stderr).toMatch(/^Warning: AES-256-CBC .*prefer age/);
    const script = `K=$(printf %s '${SECRET}' | openssl dgst -sha256 -r | cut -d' ' -f1)
      tail -c +17 b.enc | openssl enc -d -aes-256-cbc -md sha256 -nosalt -K $K -iv $(head -c 16 b.enc | od -An -v -tx1 | tr -d ' \\n') > b.zip`;
    execFileSync('sh', ['-ec', script], { cwd });
    expect(listed(join(cwd, 'b.zip'))).toContain('bega/a.json');
  });

  test.each([
    ['two ways at once', ['--age-recipient', 'age1x', '--openssl-pass-file', 'x'], 2, /encrypted in one way/],
    ['a wrong recipient', ['--age-recipient', 'age1x'], 2, /no recipient of age\nRemedy: .*age-keygen/],
    ['a network that is not there for us', ['--network', 'arabica'], 2, /not good for the network/],
    ['a file that is not there', ['--age-pass-file', 'nowhere'], 2, /--age-pass-file: there is no file/],
  ])('refuses %s, and leaves nothing', async (_what, args, code, says) => {
    const done = await peers(['export', '--all', '--path', 'bulk.zip', ...args], OTHER);
    expect(done.code).toBe(code);
    expect(done.stderr).toMatch(says);
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('says how many peers it holds', async () => {
    const done = await peers(['export', '--all', '--path', 'bulk.zip', '--network', 'bega']);
    expect(done.stdout).toBe(
      `${join(cwd, 'bulk.zip')}: ${(statSync(join(cwd, 'bulk.zip')).size / 1024).toFixed(1)} KiB, 2 peers\n`,
    );
  });

  test('of more peers than it may hold says what to give', async () => {
    const own = new AggregatorPlace();
    onTestFinished(() => own.clear());
    const few = await own.start({ settings: { maxExportPeers: 1 } });
    await few.push(['a', 'b'].map((peer_id) => ({ peer_id, metrics: { n: 1 } })));
    const done = await peers(['export', '--all', '--path', 'bulk.zip'], TOKEN, few);
    expect(done).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/413: .*\nRemedy: raise maxExportPeers .*--network NAME/),
    });
  });

  test('of a network without peers leaves the archive that is there: the name may be wrong', async () => {
    writeFileSync(join(cwd, 'bulk.zip'), 'of yesterday');
    const done = await peers(['export', '--all', '--path', 'bulk.zip', '--network', 'begga']);
    expect(done).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/no peers of the network "begga".*\nRemedy: peers list/),
    });
    expect(readFileSync(join(cwd, 'bulk.zip'), 'utf8')).toBe('of yesterday');
  });

  test('refuses a passphrase that others may read, or none', async () => {
    const open = secretFile('open', SECRET, 0o644);
    const empty = secretFile('empty', '\nsecond line\n');
    for (const [file, says] of [
      [open, 'others on this machine may read'],
      [empty, 'is empty'],
    ] as const) {
      const done = await peers(['export', '--all', '--path', 'b', '--age-pass-file', file]);
      expect(done.code).toBe(2);
      expect(done.stderr).toContain(says);
    }
  });

  test.each(['/proc/bulk.zip', 'nowhere/bulk.zip', 'file/bulk.zip'])('says that %s cannot be written', async (path) => {
    writeFileSync(join(cwd, 'file'), '');
    const done = await peers(['export', '--all', '--path', path]);
    expect(done.code).toBe(5);
    expect(done.stderr).toContain(`${path}`);
    expect(done.stderr).not.toContain('draft');
  });
});

/** Something in place of an aggregator. */
async function pretended(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

describe('an export that does not come to its end', () => {
  test('because of the aggregator leaves what was there before', async () => {
    const url = await pretended((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/zip' }).write('half of it');
      setTimeout(() => response.destroy(), 200);
    });
    writeFileSync(join(cwd, 'bulk.zip'), 'of yesterday');
    const done = await inProcess(['peers', 'export', '--all', '--path', 'bulk.zip', '--aggregator', url], { cwd });
    expect(done.code).toBe(6);
    expect(done.stderr).toMatch(/broke off after 10 bytes .*nothing of it was kept/);
    expect(readdirSync(cwd)).toEqual(['bulk.zip']);
    expect(readFileSync(join(cwd, 'bulk.zip'), 'utf8')).toBe('of yesterday');
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('because of %s leaves nothing', async (signal, code) => {
    const url = await pretended((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/zip' }).write('half of it');
    });
    const running = start(['peers', 'export', '--all', '--path', 'bulk.zip', '--aggregator', url], { cwd });
    await until(() => readdirSync(cwd).some((name) => name.endsWith('.draft')), 'the draft is there', 60_000);
    running.child.kill(signal);
    expect(await running.ended).toMatchObject({ code, stderr: '' });
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('because nobody is there says so', async () => {
    const done = await inProcess(['peers', 'list', '--aggregator', 'http://127.0.0.1:1'], { cwd });
    expect(done.code).toBe(6);
    expect(done.stderr).toMatch(/does not answer: .*\nRemedy: see whether an aggregator runs there/);
  });
});

test('backup and restore name the file or folder that is not there', async () => {
  const restored = await inProcess(['peers', 'restore', '--from', 'nix.tar', '--database', 'x.db'], { cwd });
  expect(restored).toMatchObject({ code: 2, stderr: expect.stringContaining(`no backup ${join(cwd, 'nix.tar')}`) });
  const folder = await inProcess(['peers', 'restore', '--from', join(place.folder, 'token'), '--database', '.'], {
    cwd,
  });
  expect(folder).toMatchObject({ code: 2, stderr: expect.stringMatching(/is a folder\nRemedy: .*aggregator.db/) });
  const saved = await peers(['backup', '--path', 'nowhere/b.tar']);
  expect(saved).toMatchObject({ code: 5, stderr: expect.stringContaining(`no folder ${join(cwd, 'nowhere')} that`) });
});

test('https where http is spoken is told without the words of OpenSSL', async () => {
  const done = await peers(['list'], TOKEN, { url: aggregator.url.replace('http:', 'https:') });
  expect(done).toMatchObject({ code: 6, stderr: expect.stringContaining('does not speak TLS\n') });
});

describe('prune', () => {
  test('goes on where the aggregator answers before all is done', async () => {
    const asked: unknown[] = [];
    const url = await pretended((request, response) => {
      request.setEncoding('utf8').once('data', (text: string) => {
        asked.push(JSON.parse(text));
        response.end(JSON.stringify({ before: 1_700_000_000, removed: 4, next: asked.length === 1 ? 70 : null }));
      });
    });
    const args = ['peers', 'prune', '--before', '1700000000', '--aggregator', url];
    expect((await inProcess(args, { cwd })).stdout).toBe('8 samples from before 2023-11-14T22:13:20Z taken away\n');
    expect(asked).toEqual([0, 70].map((from) => ({ before: 1_700_000_000, from })));
  });

  test('takes away what is older, and says how much', async () => {
    const own = new AggregatorPlace();
    onTestFinished(() => own.clear());
    const emptied = await filled(own);
    const here = (args: readonly string[]) => peers(args, TOKEN, emptied);
    const done = await here(['prune', '--before', String(NOW - 30), '--json']);
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(done.stdout)).toEqual({ before: NOW - 30, removed: 3 });
    expect((await here(['show', 'a', '--json'])).stdout).toBe(`[[${NOW},{"age":0}]]\n`);
    expect((await here(['prune', '--before', '1d'])).stdout).toMatch(/^0 samples from before \d{4}-.*Z taken away\n$/);
    await until(async () => (await emptied.metric('aggregator_retention_pruned_total')) === 3, 'it is counted');
  });

  test.each([
    ['no time', ['prune', '--before', 'yesterday'], TOKEN, /--before "yesterday" is no time/],
    ['the future', ['prune', '--before', String(NOW + 3_600)], TOKEN, /lies in the future.*\nRemedy: give --before/],
    ['milliseconds', ['prune', '--before', String(NOW * 1000)], TOKEN, /milliseconds\?/],
    ['a token of one network', ['prune', '--before', '1d'], OTHER, /403: .*concerns all networks/],
    ['a peer that nobody reported', ['show', 'nobody'], TOKEN, /no peer "nobody" .*\nRemedy: peers list shows/],
    ['no token', ['list'], '', /401: .*no token\nRemedy: set CHAINWATCH_SECRET_AGGREGATOR_TOKEN/],
  ])('and others refuse %s', async (_what, args, token, says) => {
    const done = await peers(args, token);
    expect(done.code).toBe(2);
    expect(done.stderr).toMatch(says);
  });
});
