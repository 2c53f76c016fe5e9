import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Shown } from '../../../services/aggregator/export/moment.ts';
import { View } from '../../../services/aggregator/export/view.ts';
import { readBatch } from '../../../services/aggregator/ingest/batch.ts';
import { Reader } from '../../../services/aggregator/store/reader.ts';
import type { Question } from '../../../services/aggregator/store/records.ts';
import { Writer } from '../../../services/aggregator/store/writer.ts';

/** A view of one moment, while the writer goes on and the pruner would take what it needs. */

const NOW = 1_795_000_000;
const HISTORY = 5;

let folder: string;
let writer: Writer;
let reader: Reader;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aggregator-view-'));
  const path = join(folder, 'aggregator.db');
  const limits = { retention: 604_800, history: HISTORY, maxPeers: 1_000, maxReporters: 10 };
  writer = new Writer({ path, failpoint: undefined, ...limits }, () => {});
  reader = new Reader(path);
});

afterEach(() => {
  reader.close();
  writer.close();
  rmSync(folder, { recursive: true });
});

function push(...seen: readonly (readonly [peer: string, at: number])[]): void {
  const snapshots = seen.map(([peer, at]) => ({ peer_id: peer, metrics: { at }, timestamp: at, node_id: 'n' }));
  const bytes = Buffer.from(JSON.stringify(snapshots));
  const spans = readBatch(bytes, { maxSnapshots: 10_000, maxDepth: 8, maxSnapshotBytes: 10_000 });
  writer.commit([{ network: 'net', name: '', receivedAt: NOW, bytes: new Uint8Array(bytes), spans }]);
}

async function open(since = 0): Promise<View> {
  const ask = async (question: Question) => writer.answer(question);
  return View.open({ ask, reader, since, history: HISTORY });
}

async function read(view: View, show: Shown = 'metrics'): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {};
  for (const { id, name } of reader.peers(['net'], { network: 'net', name: '' }, 100)) {
    const places = await view.places(id);
    if (places.length === 0) continue;
    const parts: Buffer[] = [];
    for await (const part of view.json(places, show)) parts.push(part);
    all[name] = JSON.parse(Buffer.concat(parts).toString());
  }
  return all;
}

function prune(before: number): void {
  while (writer.prune(before * 1000)) {
    // A step at a time.
  }
}

const sample = (at: number) => [at, { at }];

test('shows the moment, whatever comes later', async () => {
  push(['a', NOW - 10], ['a', NOW - 30], ['b', NOW - 20]);
  const view = await open();
  push(['a', NOW], ['c', NOW]);
  expect(await read(view)).toEqual({ a: [sample(NOW - 10), sample(NOW - 30)], b: [sample(NOW - 20)] });
  expect(await read(await open())).toHaveProperty('c');
});

test('shows whole snapshots where they are wanted', async () => {
  push(['a', NOW]);
  const snapshot = { peer_id: 'a', metrics: { at: NOW }, timestamp: NOW, node_id: 'n' };
  expect(await read(await open(), 'snapshot')).toEqual({ a: [[NOW, snapshot]] });
});

test('leaves out what is too old, and peers of which nothing is left', async () => {
  push(['a', NOW - 100], ['a', NOW], ['b', NOW - 100]);
  expect(await read(await open(NOW - 50))).toEqual({ a: [sample(NOW)] });
});

test('keeps what it shows from the pruner, by age and by number, until it is closed', async () => {
  push(...Array.from({ length: HISTORY }, (_, index) => ['a', NOW - 90 + index] as const), ['b', NOW - 100]);
  const view = await open(NOW - 100);
  const then = await read(view);
  push(...Array.from({ length: HISTORY }, (_, index) => ['a', NOW - 9 + index] as const));
  prune(NOW - 50);
  expect(await read(view)).toEqual(then);
  await view.close();
  prune(NOW - 50);
  expect(await read(view)).toEqual({});
  expect(writer.answer({ ask: 'moment', activeSince: 0 })).toMatchObject({ pruned: HISTORY + 1 });
});

test('keeps nothing beyond that: what it does not show goes meanwhile', async () => {
  push(...Array.from({ length: HISTORY }, (_, index) => ['a', NOW - 90 + index] as const), ['b', NOW - 200]);
  await open(NOW - 100);
  // More than is kept, of a peer that came later: it goes as if nobody looked.
  push(...Array.from({ length: HISTORY + 2 }, (_, index) => ['late', NOW - 9 + index] as const));
  prune(NOW - 50);
  expect(writer.answer({ ask: 'moment', activeSince: 0 })).toMatchObject({ pruned: 1 + 2 });
});

test('says that a sample is gone, in place of leaving it out', async () => {
  push(['a', NOW - 10]);
  const view = await open();
  const places = await view.places(1);
  await view.close();
  prune(NOW);
  const rest = async () => {
    for await (const _part of view.json(places, 'metrics')) {
      // Nothing to see.
    }
  };
  await expect(rest()).rejects.toThrow('the sample 1 is gone');
});

test('a sweep takes what is older than it is told, step by step, and says how much', () => {
  push(...Array.from({ length: 4_500 }, (_, index) => [`p${index % 900}`, NOW - 10_000 + index] as const));
  let [removed, steps, from] = [0, 0, 0];
  // One that is given up half-way, as when its caller goes, is of no consequence.
  writer.answer({ ask: 'sweep', before: 1, from: 0 });
  do {
    const reply = writer.answer({ ask: 'sweep', before: NOW - 10_000 + 3_000, from });
    if (reply.of !== 'swept') throw new Error('it swept nothing');
    removed += reply.removed;
    from = reply.next;
    steps += 1;
  } while (from !== 0);
  expect([removed, steps]).toEqual([3_000, 3]);
});

test('reads that were begun together end together, also where one fails', () => {
  expect(() =>
    reader.together(() => {
      throw new Error('broken');
    }),
  ).toThrow('broken');
  expect(reader.together(() => reader.networks())).toEqual([]);
  push(['a', NOW]);
  // Another transaction would still see the moment before.
  expect(reader.networks()).toEqual(['net']);
});
