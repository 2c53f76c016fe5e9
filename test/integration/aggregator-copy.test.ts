import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { contentOf } from '../../services/aggregator/backup/content.ts';
import { copyStore } from '../../services/aggregator/backup/copy.ts';
import { readBatch } from '../../services/aggregator/ingest/batch.ts';
import { openStore, type Store } from '../../services/aggregator/store/store.ts';

/** A copy of the store while the service writes, and what becomes of one that does not come to its end. */

const NOW = 1_795_000_000;

let folder: string;
let stores: Store[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aggregator-copy-'));
  stores = [];
});
afterEach(async () => {
  for (const store of stores) await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(path: string): Promise<Store> {
  const limits = { retention: 604_800, history: 100_000, maxPeers: 100_000, maxReporters: 10, failpoint: undefined };
  const store = await openStore({ path, ...limits }, {}, pino({ level: 'silent' }));
  stores.push(store);
  return store;
}

const PEERS = 50;
const noise = 'x'.repeat(1_000);

/** Each number once, one batch after the other, so that what is there is always all up to a number. */
async function add(store: Store, from: number, count: number): Promise<void> {
  const snapshots = Array.from({ length: count }, (_, index) => {
    const n = from + index;
    return { peer_id: `peer-${n % PEERS}`, timestamp: NOW + Math.floor(n / PEERS), metrics: { n, noise } };
  });
  const bytes = Buffer.from(JSON.stringify(snapshots));
  const spans = readBatch(bytes, { maxSnapshots: 10_000, maxDepth: 8, maxSnapshotBytes: 10_000 });
  await store.commit([{ network: 'net', name: `b${from}`, receivedAt: NOW, bytes: new Uint8Array(bytes), spans }]);
}

/** The numbers that a store has of all peers, through the chains as a reader follows them. */
async function numbersOf(store: Store): Promise<number[]> {
  const all: number[] = [];
  for (let peer = 0; peer < PEERS; peer += 1) {
    const reply = await store.ask({ ask: 'peer', network: 'net', name: `peer-${peer}` });
    const [state] = reply.of === 'peers' ? reply.peers : [];
    for (const { body } of store.reader()?.history(state?.head ?? 0, { limit: 100_000, since: 0 }) ?? []) {
      all.push(JSON.parse(Buffer.from(body).toString()).metrics.n);
    }
  }
  return all.sort((a, b) => a - b);
}

test('shows one moment, whatever is written meanwhile, and is whole when it is opened', async () => {
  const store = await open(join(folder, 'store.db'));
  for (let from = 0; from < 6_000; from += 1_000) await add(store, from, 1_000);
  let next = 6_000;
  let copied = false;
  const writing = (async () => {
    while (!copied) {
      await add(store, next, 100);
      next += 100;
    }
  })();
  const steps: number[] = [];
  const path = join(folder, 'copy.db');
  const report = await copyStore(store, path, { onProgress: (done) => steps.push(done) });
  copied = true;
  await writing;
  expect(steps.length).toBeGreaterThan(2);
  expect(next).toBeGreaterThan(6_100);
  expect(report.lastId).toBeLessThan(next);
  expect(report.lastId % 100).toBe(0);
  expect(report.rows).toMatchObject({ sample: report.lastId, peer: PEERS, network: 1 });
  expect(statSync(path)).toMatchObject({ size: report.bytes });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  // No log beside it that would have to be taken along.
  expect(readdirSync(folder).filter((name) => name.startsWith('copy'))).toEqual(['copy.db']);
  const restored = await open(path);
  expect(await numbersOf(restored)).toEqual(Array.from({ length: report.lastId }, (_, n) => n));
  await add(restored, report.lastId, 10);
  expect(await numbersOf(restored)).toHaveLength(report.lastId + 10);
});

test('its digest is of what it holds, not of how its pages lie', async () => {
  const store = await open(join(folder, 'store.db'));
  await add(store, 0, 500);
  const path = join(folder, 'copy.db');
  const { content, sha256 } = await copyStore(store, path, { share: 1 });
  const db = new DatabaseSync(path);
  try {
    db.exec('VACUUM');
    db.exec(`VACUUM INTO '${join(folder, 'other.db')}'`);
    expect(contentOf(db).digest).toBe(content);
    const again = await copyStore({ path: join(folder, 'other.db') }, join(folder, 'again.db'), { share: 1 });
    expect(again).toMatchObject({ content });
    expect(again.sha256).not.toBe(sha256);
    db.exec('UPDATE sample SET at = at + 1 WHERE id = 250');
    expect(contentOf(db).digest).not.toBe(content);
  } finally {
    db.close();
  }
});

test('that is stopped, or finds something in its place, leaves nothing of its own', async () => {
  const store = await open(join(folder, 'store.db'));
  for (let from = 0; from < 6_000; from += 1_000) await add(store, from, 1_000);
  const controller = new AbortController();
  const path = join(folder, 'copy.db');
  const copying = copyStore(store, path, {
    signal: controller.signal,
    onProgress: () => controller.abort(new Error('enough')),
  });
  await expect(copying).rejects.toThrow('enough');
  expect(existsSync(path)).toBe(false);
  writeFileSync(path, 'of somebody else');
  await expect(copyStore(store, path)).rejects.toMatchObject({ code: 'EEXIST' });
  expect(statSync(path).size).toBe(16);
  await expect(copyStore({ path: join(folder, 'nowhere.db') }, join(folder, 'b.db'))).rejects.toThrow(/unable to open/);
  expect(readdirSync(folder).filter((name) => !name.startsWith('store'))).toEqual(['copy.db']);
});
