import { execFileSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { crc32, deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Content, type Entries, zipOf } from '../../services/aggregator/export/archive.ts';
import { Chains } from '../../services/aggregator/export/chains.ts';
import { Archive } from '../../services/aggregator/export/inThread.ts';
import { Moment, type Shown } from '../../services/aggregator/export/moment.ts';
import { Zip } from '../../services/aggregator/export/zip.ts';
import { readBatch } from '../../services/aggregator/ingest/batch.ts';
import { Reader } from '../../services/aggregator/store/reader.ts';
import { Writer } from '../../services/aggregator/store/writer.ts';
import { unzipped } from './aggregator/exports.ts';

/** Archives as the real unzip reads them, and what is in them. */

const NOW = 1_795_000_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aggregator-archive-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const unzip = (...args: string[]) =>
  execFileSync('unzip', args, { encoding: 'utf8', maxBuffer: 10_000_000, env: { ...process.env, TZ: 'UTC' } });

function entries(count: number, read: (id: number) => Content | undefined): Entries {
  return {
    *peers() {
      for (let id = 1; id <= count; id += 1) yield { id, network: 'net', name: `peer-${id}` };
    },
    read,
  };
}

async function archived(from: Entries): Promise<string> {
  const path = join(folder, 'all.zip');
  await pipeline(zipOf(from, ['net']), createWriteStream(path));
  return path;
}

describe('an archive', () => {
  test('of more entries than sixteen bits can count is whole', async () => {
    const json = Buffer.from('[]');
    const count = 65_536;
    const path = await archived(entries(count, () => ({ at: NOW, json })));
    expect(unzip('-tq', path)).toContain('No errors detected');
    expect(unzip('-Z', '-h', path)).toContain(`number of entries: ${count}`);
    expect(unzip('-p', path, `peer-${count}.json`)).toBe('[]');
  });

  test('has large files in pieces beside small ones, each with the time of its newest sample', async () => {
    const line = (n: number) => Buffer.from(`${'x'.repeat(1_000)}${n}\n`);
    async function* pieces() {
      for (let n = 0; n < 3_000; n += 1) yield line(n);
    }
    const path = await archived(
      entries(5, (id) => {
        if (id === 2) return undefined;
        return id % 2 === 0 ? { at: NOW, pieces: pieces() } : { at: NOW - 86_400 * id, json: Buffer.from(`[${id}]`) };
      }),
    );
    expect(unzip('-tq', path)).toContain('No errors detected');
    const listed = unzip('-Z', '-T', '-s', path);
    expect(listed.match(/peer-\d\.json/g)).toEqual(['peer-1.json', 'peer-3.json', 'peer-4.json', 'peer-5.json']);
    expect(listed).toMatch(/20261118\.\d{6} peer-4\.json/);
    expect(listed).toMatch(/20261117\.\d{6} peer-1\.json/);
    expect(unzip('-p', path, 'peer-4.json')).toBe(Array.from({ length: 3_000 }, (_, n) => line(n).toString()).join(''));
    expect(unzip('-p', path, 'peer-5.json')).toBe('[5]');
  });

  test('that begins behind four gigabytes is found all the same', () => {
    const path = join(folder, 'far.zip');
    const far = 2 ** 32 + 1_000;
    // A file with a hole: it takes no room.
    writeFileSync(path, '');
    truncateSync(path, far);
    const zip = new Zip(far);
    const json = Buffer.from('[1]');
    const packed = deflateRawSync(json);
    const sizes = { crc: crc32(json), size: json.length, packed: packed.length };
    const { head, close } = zip.begin('b.json', NOW);
    const parts = [zip.entry('a.json', NOW, sizes), packed, head, packed, close(sizes), ...zip.end()];
    // In their order: the first knows nothing of the second, which was begun later.
    writeFileSync(path, Buffer.concat(parts), { flag: 'a' });
    expect(statSync(path).size).toBeGreaterThan(far);
    expect(unzip('-p', path, 'a.json')).toBe('[1]');
    expect(unzip('-p', path, 'b.json')).toBe('[1]');
  });

  test('breaks where a large file does', async () => {
    async function* pieces() {
      yield Buffer.alloc(100_000);
      throw new Error('the sample 7 is gone');
    }
    await expect(archived(entries(1, () => ({ at: NOW, pieces: pieces() })))).rejects.toThrow('the sample 7 is gone');
  });
});

describe('the store, read for an archive', () => {
  const HISTORY = 40;
  let path: string;
  let writer: Writer;
  beforeEach(() => {
    path = join(folder, 'aggregator.db');
    const limits = { retention: 604_800, history: HISTORY, maxPeers: 1_000, maxReporters: 10 };
    writer = new Writer({ path, failpoint: undefined, ...limits }, () => {});
  });
  afterEach(() => writer.close());

  function push(network: string, snapshots: readonly object[]): void {
    const bytes = Buffer.from(JSON.stringify(snapshots));
    const spans = readBatch(bytes, { maxSnapshots: 10_000, maxDepth: 8, maxSnapshotBytes: 200_000 });
    writer.commit([{ network, name: '', receivedAt: NOW, bytes: new Uint8Array(bytes), spans }]);
  }

  function boundsOf(since = 0) {
    const reply = writer.answer({ ask: 'hold', since });
    if (reply.of !== 'view') throw new Error('no view');
    return { heads: reply.heads, since, history: HISTORY };
  }

  const large = (n: number) => `${n}${'x'.repeat(100_000)}`;
  function fill(): void {
    const of = (peer_id: string, count: number, more: (n: number) => object) =>
      Array.from({ length: count }, (_, n) => ({ peer_id, timestamp: NOW - n, metrics: more(n) }));
    push(
      'net',
      of('plain', 50, (n) => ({ n })),
    );
    // The newest came first, two at one time by others, and one long ago.
    push(
      'net',
      [NOW, NOW - 5, NOW - 5, NOW - 1_000].map((timestamp, n) => ({
        peer_id: 'odd é"',
        node_id: `z${9 - n}`,
        timestamp,
        metrics: { n, text: 'é"\\𝄞' },
      })),
    );
    push(
      'net',
      of('large', 20, (n) => ({ noise: large(n) })),
    );
    push(
      'other',
      of('plain', 2, (n) => ({ n })),
    );
    push(
      'net',
      of('later', 1, (n) => ({ n })),
    );
  }

  async function inPieces(moment: Moment, peer: number, show: Shown): Promise<string | undefined> {
    const places = await moment.places(peer);
    const parts: Buffer[] = [];
    for await (const part of moment.json(places, show)) parts.push(part);
    return places.length === 0 ? undefined : Buffer.concat(parts).toString();
  }

  test.each(['metrics', 'snapshot'] as const)('by one statement is what it is read one by one: %s', async (show) => {
    fill();
    for (const since of [0, NOW - 10, NOW + 1]) {
      const bounds = boundsOf(since);
      const [chains, reader] = [new Chains(path, bounds), new Reader(path)];
      try {
        const peers = [...chains.peers(['net'])];
        expect(peers.map(({ name }) => name)).toEqual(['plain', 'odd é"', 'large', 'later']);
        for (const { id, name } of peers) {
          const read = chains.read(id, show);
          if (name === 'large' && since < NOW) expect(read).toBe('large');
          else if (name !== 'large') {
            const json = read === 'large' ? 'large' : read?.json.toString();
            expect(json).toBe(await inPieces(new Moment(reader, bounds), id, show));
          }
        }
        expect([...chains.peers(['other', 'nowhere'])]).toMatchObject([{ network: 'other', name: 'plain' }]);
      } finally {
        chains.close();
        reader.close();
      }
    }
  });

  test('by a thread of its own is in the archive as it was at its moment', async () => {
    fill();
    const bounds = boundsOf();
    push('net', [{ peer_id: 'plain', timestamp: NOW + 5, metrics: { n: -1 } }]);
    const file = join(folder, 'all.zip');
    const order = { path, bounds, networks: ['net', 'other'], show: 'metrics' } as const;
    await pipeline(new Archive(order), createWriteStream(file));
    const files = unzipped(file);
    expect(Object.keys(files)).toEqual([
      'net/large.json',
      'net/later.json',
      'net/odd%20%C3%A9%22.json',
      'net/plain.json',
      'other/plain.json',
    ]);
    expect(files['net/plain.json']).toEqual(Array.from({ length: HISTORY }, (_, n) => [NOW - n - 10, { n: n + 10 }]));
    expect(files['net/large.json']).toEqual(Array.from({ length: 20 }, (_, n) => [NOW - n, { noise: large(n) }]));
  });

  test('by a thread that waits for its reader ends when that one goes', async () => {
    // More than may be on its way.
    push(
      'net',
      Array.from({ length: 800 }, (_, n) => ({ peer_id: `p${n}`, metrics: { noise: noise(n) } })),
    );
    const archive = new Archive({ path, bounds: boundsOf(), networks: ['net'], show: 'metrics' });
    await archive[Symbol.asyncIterator]().next();
    archive.on('error', () => {});
    const closed = new Promise((resolve) => archive.once('close', resolve));
    archive.destroy(new Error('enough'));
    await closed;
    expect(archive.errored?.message).toBe('enough');
  });
});

/** Text that does not compress. */
function noise(seed: number): string {
  let [text, state] = ['', seed + 1];
  for (let n = 0; n < 4_000; n += 1) {
    state = (state * 48_271) % 2_147_483_647;
    text += String.fromCharCode(0x61 + (state % 26));
  }
  return text;
}
