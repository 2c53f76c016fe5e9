import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { componentsOf, ExportFolder, PathLocked, PathRefused } from '../../services/aggregator/export/folder.ts';
import { runs } from '../fixtures/prove.ts';
import { AggregatorPlace, type AggregatorProcess, TOKEN } from './aggregator/process.ts';

/** Exports to files: what is written, and that nothing is written anywhere else. */

let base: string;
let inside: string;
let outside: string;
let folder: ExportFolder;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'chainwatch-files-'));
  inside = join(base, 'exports');
  outside = join(base, 'outside');
  for (const path of [inside, outside]) mkdirSync(path);
  writeFileSync(join(outside, 'precious.json'), 'precious');
  folder = new ExportFolder(inside, 1_000);
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const write = (path: string, text = 'new') => folder.write(path, async (file) => void (await file.writeFile(text)));

function nothingOutside(): void {
  expect(readdirSync(outside)).toEqual(['precious.json']);
  expect(readFileSync(join(outside, 'precious.json'), 'utf8')).toBe('precious');
}

describe('a file in the folder', () => {
  test('is there with the folders on its way, for us alone, and is replaced', async () => {
    expect(await write('a/b/c.json', 'first')).toBe(5);
    expect(await write('a/b/c.json', 'second')).toBe(6);
    expect(readFileSync(join(inside, 'a/b/c.json'), 'utf8')).toBe('second');
    expect(statSync(join(inside, 'a/b/c.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(inside, 'a/b'))).toEqual(['c.json']);
  });

  test('is as it was where writing fails', async () => {
    await write('a.json', 'first');
    const failing = folder.write('a.json', async (file) => {
      await file.writeFile('half');
      throw new Error('no more');
    });
    await expect(failing).rejects.toThrow('no more');
    expect(readFileSync(join(inside, 'a.json'), 'utf8')).toBe('first');
    expect(readdirSync(inside)).toEqual(['a.json']);
  });

  test('is written by one at a time; what a killed one left is in the way for a while only', async () => {
    let go = () => {};
    const waiting = new Promise<void>((resolve) => {
      go = resolve;
    });
    let begun = () => {};
    const open = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const first = folder.write('a.json', async (file) => {
      begun();
      await waiting;
      await file.writeFile('first');
    });
    await open;
    await expect(write('a.json')).rejects.toThrow(PathLocked);
    await write('b.json');
    go();
    await first;
    expect(readFileSync(join(inside, 'a.json'), 'utf8')).toBe('first');
    writeFileSync(join(inside, '.a.json.part'), 'left');
    await expect(write('a.json')).rejects.toThrow(PathLocked);
    utimesSync(join(inside, '.a.json.part'), new Date(0), new Date(0));
    await write('a.json', 'second');
    expect(readFileSync(join(inside, 'a.json'), 'utf8')).toBe('second');
  });

  test.each([
    '/etc/x.json',
    '../x.json',
    'a/../../x.json',
    'a\\..\\x.json',
    'a/\0.json',
    './x.json',
    '.x.json',
    'a//b.json',
    '',
    'a/',
    '-x.json',
    `${'a/'.repeat(8)}x.json`,
  ])('is not %j', async (path) => {
    await expect(write(path)).rejects.toThrow(PathRefused);
    expect(readdirSync(inside)).toEqual([]);
  });

  test('is always in the folder, whatever is asked for', () => {
    const part = fc.constantFrom('..', '.', '', 'a', '/', '\\', '\0', '\n', '%2e', '~', 'b.json', '-', 'é');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), fc.constantFrom('', '/'), (parts, between) => {
        const path = parts.join(between);
        try {
          expect(join('/root', ...componentsOf(path))).toBe(`/root/${path}`);
        } catch (error) {
          expect(error).toBeInstanceOf(PathRefused);
        }
      }),
      { numRuns: runs(500) },
    );
  });
});

describe('a link on the way leads nowhere', () => {
  test.each([
    ['as the file', () => symlinkSync(join(outside, 'precious.json'), join(inside, 'x.json')), 'x.json'],
    ['as the file, to nothing', () => symlinkSync(join(outside, 'new.json'), join(inside, 'x.json')), 'x.json'],
    ['as a folder', () => symlinkSync(outside, join(inside, 'd')), 'd/precious.json'],
    ['as a folder above', () => symlinkSync(base, join(inside, 'd')), 'd/outside/precious.json'],
    ['as the draft', () => symlinkSync(join(outside, 'new.json'), join(inside, '.x.json.part')), 'x.json'],
    ['within the folder', () => symlinkSync(inside, join(inside, 'd')), 'd/x.json'],
  ])('%s', async (_what, make, path) => {
    make();
    await expect(write(path)).rejects.toThrow(/symbolic link/);
    nothingOutside();
  });

  test('also where a folder becomes a link while the file is written', async () => {
    mkdirSync(join(inside, 'd'));
    await folder.write('d/precious.json', async (file) => {
      renameSync(join(inside, 'd'), join(inside, 'moved'));
      symlinkSync(outside, join(inside, 'd'));
      await file.writeFile('new');
    });
    nothingOutside();
    expect(readFileSync(join(inside, 'moved/precious.json'), 'utf8')).toBe('new');
  });

  test('nor where the folder itself has become one', async () => {
    renameSync(inside, `${inside}.old`);
    symlinkSync(outside, inside);
    await expect(write('precious.json')).rejects.toThrow(/symbolic link/);
    nothingOutside();
  });

  test('and a hard link is parted from, not written through', async () => {
    linkSync(join(outside, 'precious.json'), join(inside, 'x.json'));
    await write('x.json');
    nothingOutside();
  });
});

describe('POST /peer/:id/export', () => {
  let place: AggregatorPlace;
  beforeEach(() => {
    place = new AggregatorPlace();
    writeFileSync(place.tokenFile, `${TOKEN}\ntoken-of-one-network-only bega\n`, { mode: 0o600 });
  });
  afterEach(() => place.clear());

  async function started(settings: Record<string, unknown> = { exportFolder: inside }): Promise<AggregatorProcess> {
    const aggregator = await place.start({ settings });
    const now = Math.floor(Date.now() / 1000);
    const snapshots = [1, 2, 3].map((n) => ({ peer_id: 'a/b', timestamp: now - n, metrics: { n } }));
    expect((await aggregator.push(snapshots)).status).toBe(200);
    return aggregator;
  }

  async function ask(aggregator: AggregatorProcess, path: unknown, token = TOKEN, peer = 'a%2Fb') {
    const answer = await fetch(`${aggregator.url}/peer/${peer}/export`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ path }),
    });
    return { status: answer.status, ...JSON.parse(await answer.text()) };
  }

  test('writes what GET /peer/:id answers, in three forms', async () => {
    const aggregator = await started();
    const { text } = await aggregator.get('/peer/a%2Fb');
    for (const path of ['d/p.json', 'd/p.json.gz', 'd/p.tar.gz']) {
      expect(await ask(aggregator, path)).toMatchObject({ status: 201, path, network: 'default', samples: 3 });
      expect(statSync(join(inside, path)).size).toBeGreaterThan(20);
    }
    expect(readFileSync(join(inside, 'd/p.json'), 'utf8')).toBe(text);
    expect(gunzipSync(readFileSync(join(inside, 'd/p.json.gz'))).toString()).toBe(text);
    const tar = join(inside, 'd/p.tar.gz');
    expect(execFileSync('tar', ['-tzf', tar], { encoding: 'utf8' })).toBe('a%2Fb.json\n');
    expect(execFileSync('tar', ['-xzOf', tar], { encoding: 'utf8' })).toBe(text);
    expect(await aggregator.metric('aggregator_file_exports_total{result="ok"}')).toBe(3);
  });

  test('refuses the rest, and says who tries to get out, though not without end', async () => {
    const aggregator = await started();
    expect(await ask(aggregator, 'a.txt')).toMatchObject({ status: 400, error: 'bad_path' });
    expect(await ask(aggregator, 1)).toMatchObject({ status: 400, error: 'bad_body' });
    expect(await ask(aggregator, 'a.json', TOKEN, 'nobody')).toMatchObject({ status: 404, error: 'unknown_peer' });
    expect(await ask(aggregator, 'a.json', 'token-of-one-network-only')).toMatchObject({ status: 403 });
    expect(await ask(aggregator, 'a.json', 'wrong')).toMatchObject({ status: 401 });
    const begun = Date.now();
    for (let round = 0; round < 20; round += 1) {
      expect(await ask(aggregator, '../outside/x.json')).toMatchObject({ status: 400, error: 'bad_path' });
    }
    const took = Date.now() - begun;
    nothingOutside();
    expect(readdirSync(inside)).toEqual([]);
    const said = aggregator.log.filter(({ msg }) => msg === 'a suspicious export was refused');
    expect(said.length).toBeGreaterThan(0);
    expect(said.length).toBeLessThanOrEqual(1 + took / 1_000);
    expect(said[0]).toMatchObject({ path: '"../outside/x.json"', from: '127.0.0.1' });
  });

  test('is switched off without a folder, and with all exports', async () => {
    expect(await ask(await started({}), 'a.json')).toMatchObject({ status: 403, error: 'exports_disabled' });
    await place.running()[0]?.stop();
    const off = await started({ exportFolder: inside, peerMetricsExport: false });
    expect(await ask(off, 'a.json')).toMatchObject({ status: 403, error: 'exports_disabled' });
    expect(existsSync(join(inside, 'a.json'))).toBe(false);
  });

  test('a folder that is not there is said at the start', async () => {
    const aggregator = place.spawn({ settings: { exportFolder: join(base, 'nowhere') } });
    expect((await aggregator.exited).code).toBe(2);
    expect(aggregator.stderr).toMatch(/the exportFolder .*nowhere cannot be used[\s\S]*remedy: make it/);
  });
});
