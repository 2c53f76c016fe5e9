import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readBatch } from '../../../services/aggregator/ingest/batch.ts';
import { Reader } from '../../../services/aggregator/store/reader.ts';
import type { Batch, BatchOutcome, WriterOptions } from '../../../services/aggregator/store/records.ts';
import { Writer } from '../../../services/aggregator/store/writer.ts';
import { runs } from '../../fixtures/prove.ts';

const NOW = 1_795_000_000;
const WEEK = 604_800;

let folder: string;
let path: string;
let open: { close(): void }[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aggregator-'));
  path = join(folder, 'aggregator.db');
  open = [];
});

afterEach(() => {
  for (const each of open) each.close();
  rmSync(folder, { recursive: true });
});

interface Seen {
  readonly peer: string;
  readonly at?: number;
  readonly node?: string;
  readonly value?: number;
}

function batchOf(seen: readonly Seen[], more: Partial<Pick<Batch, 'network' | 'name' | 'receivedAt'>> = {}): Batch {
  const snapshots = seen.map(({ peer, at, node, value }) => ({
    peer_id: peer,
    metrics: { value: value ?? 0 },
    ...(at === undefined ? {} : { timestamp: at }),
    ...(node === undefined ? {} : { node_id: node }),
  }));
  const bytes = Buffer.from(new TextEncoder().encode(JSON.stringify(snapshots)));
  const spans = readBatch(bytes, { maxSnapshots: 10_000, maxDepth: 8, maxSnapshotBytes: 10_000 });
  return { network: 'net', name: '', receivedAt: NOW, bytes: new Uint8Array(bytes), spans, ...more };
}

function writer(options: Partial<WriterOptions> = {}, failpoint: (name: string) => void = () => {}): Writer {
  const all = { path, retention: WEEK, history: 1_024, maxPeers: 1_000, maxReporters: 100, failpoint: undefined };
  const made = new Writer({ ...all, ...options }, failpoint);
  open.push(made);
  return made;
}

function close(made: Writer): void {
  open.splice(open.indexOf(made), 1);
  made.close();
}

/** Leaves a writer as a killed process leaves it: nothing is brought up to date. */
function abandon(made: Writer): void {
  open.splice(open.indexOf(made), 1);
}

function commit(made: Writer, ...batches: Batch[]): BatchOutcome[] {
  return made.commit(batches);
}

function times(made: Writer, peer: string, network = 'net'): number[] {
  const reply = made.answer({ ask: 'peer', network, name: peer });
  const head = reply.of === 'peers' ? reply.peers[0]?.head : undefined;
  if (head === undefined) return [];
  const reader = new Reader(path);
  try {
    return reader.history(head, { limit: 10_000, since: 0 }).map(({ at }) => at);
  } finally {
    reader.close();
  }
}

function pruneAll(made: Writer, before: number): void {
  while (made.prune(before * 1000));
}

describe('the store of the aggregator', () => {
  test('keeps the history of each peer, newest first, however many nodes report it', () => {
    const store = writer();
    const [first] = commit(
      store,
      batchOf([
        { peer: 'a', at: NOW - 20 },
        { peer: 'b', at: NOW - 20 },
        { peer: 'a', at: NOW - 10 },
      ]),
    );
    expect(first).toEqual({ stored: 3, duplicates: 0, expired: 0, newPeers: 2, repeated: false });
    commit(store, batchOf([{ peer: 'a', node: 'n2', at: NOW - 10 }, { peer: 'a' }]));
    expect(times(store, 'a')).toEqual([NOW, NOW - 10, NOW - 10, NOW - 20]);
    expect(times(store, 'b')).toEqual([NOW - 20]);
    expect(times(store, 'c')).toEqual([]);
  });

  test('keeps networks apart', () => {
    const store = writer();
    commit(store, batchOf([{ peer: 'a', at: NOW - 5 }]), batchOf([{ peer: 'a', at: NOW - 6 }], { network: 'other' }));
    expect([times(store, 'a'), times(store, 'a', 'other')]).toEqual([[NOW - 5], [NOW - 6]]);
  });

  test('knows a snapshot again: the same peer, second and reporter, also late and after a restart', () => {
    const seen = [
      { peer: 'a', at: NOW - 9, node: 'n' },
      { peer: 'a', at: NOW - 3, node: 'n' },
    ];
    const store = writer();
    commit(store, batchOf(seen));
    expect(commit(store, batchOf(seen))[0]).toMatchObject({ stored: 0, duplicates: 2 });
    commit(store, batchOf([{ peer: 'a', at: NOW - 1, node: 'n' }]));
    abandon(store);
    const again = writer();
    expect(commit(again, batchOf([...seen, { peer: 'a', at: NOW - 9, node: 'other' }]))[0]).toMatchObject({
      stored: 1,
      duplicates: 2,
    });
  });

  test('knows a batch again by its name, in one network', () => {
    const store = writer();
    const named = () => batchOf([{ peer: 'a' }], { name: 'batch-1' });
    expect(commit(store, named(), named()).map(({ repeated }) => repeated)).toEqual([false, true]);
    expect(commit(store, { ...named(), network: 'other' })[0]).toMatchObject({ stored: 1, repeated: false });
  });

  test('takes nothing that is older than what is kept, and says so', () => {
    const store = writer();
    const [outcome] = commit(
      store,
      batchOf([
        { peer: 'a', at: NOW - WEEK - 1 },
        { peer: 'b', at: NOW - WEEK },
      ]),
    );
    expect(outcome).toMatchObject({ stored: 1, expired: 1 });
  });

  test('refuses a batch that would add too many peers or reporters, and nothing of it is there', () => {
    const store = writer({ maxPeers: 2, maxReporters: 2 });
    const outcomes = commit(
      store,
      batchOf([{ peer: 'a' }, { peer: 'b' }]),
      batchOf([{ peer: 'a', at: NOW - 1 }, { peer: 'c' }]),
      batchOf([
        { peer: 'a', node: 'n1' },
        { peer: 'a', node: 'n2' },
      ]),
      batchOf([{ peer: 'b', at: NOW - 2 }]),
    );
    expect(outcomes.map(({ refused }) => refused)).toEqual([undefined, 'peers', 'reporters', undefined]);
    expect([times(store, 'a'), times(store, 'b'), times(store, 'c')]).toEqual([[NOW], [NOW, NOW - 2], []]);
  });

  test('is as before when a commit fails', () => {
    let fails = false;
    const store = writer({}, (name) => {
      if (fails && name === 'aggregator.commit.before') throw new Error('the disk failed');
    });
    commit(store, batchOf([{ peer: 'a', at: NOW - 9 }]));
    fails = true;
    expect(() => commit(store, batchOf([{ peer: 'a' }, { peer: 'b', node: 'n9' }], { network: 'net' }))).toThrow(
      'the disk failed',
    );
    fails = false;
    expect(times(store, 'a')).toEqual([NOW - 9]);
    expect(commit(store, batchOf([{ peer: 'a' }, { peer: 'b', node: 'n9' }]))[0]).toMatchObject({
      stored: 2,
      newPeers: 1,
    });
    abandon(store);
    const again = writer();
    expect([times(again, 'a'), times(again, 'b')]).toEqual([[NOW, NOW - 9], [NOW]]);
  });

  test('counts the peers that are active', () => {
    const store = writer();
    commit(
      store,
      batchOf([
        { peer: 'a', at: NOW - 900 },
        { peer: 'b', at: NOW - 30 },
        { peer: 'b', at: NOW - 800 },
      ]),
    );
    const active = (made: Writer) => made.answer({ ask: 'moment', activeSince: NOW - 600 });
    expect(active(store)).toMatchObject({ peers: 2, active: { net: 1 } });
    commit(store, batchOf([{ peer: 'a' }]));
    expect(active(store)).toMatchObject({ peers: 2, active: { net: 2 } });
    close(store);
    expect(active(writer())).toMatchObject({ peers: 2, active: { net: 2 } });
  });

  test('counts active peers by network, as exactly as it is told to', () => {
    const store = writer({ grain: 1 });
    commit(store, batchOf([{ peer: 'a', at: NOW - 11 }]), batchOf([{ peer: 'b', at: NOW - 10 }]));
    commit(store, batchOf([{ peer: 'a', at: NOW - 9 }], { network: 'other' }));
    const active = (made: Writer) => made.answer({ ask: 'moment', activeSince: NOW - 10 });
    expect(active(store)).toMatchObject({ active: { net: 1, other: 1 } });
    commit(store, batchOf([{ peer: 'a' }]));
    expect(active(store)).toMatchObject({ active: { net: 2, other: 1 } });
    abandon(store);
    expect(active(writer({ grain: 1 }))).toMatchObject({ active: { net: 2, other: 1 } });
  });

  describe('forgets', () => {
    test('what is older, and what a peer has too many of', () => {
      const store = writer({ history: 3 });
      commit(store, batchOf(Array.from({ length: 6 }, (_, index) => ({ peer: 'a', at: NOW - 60 + index }))));
      commit(
        store,
        batchOf([
          { peer: 'b', at: NOW - 5_000 },
          { peer: 'b', at: NOW - 50 },
        ]),
      );
      pruneAll(store, NOW - 1_000);
      expect(times(store, 'a')).toEqual([NOW - 55, NOW - 56, NOW - 57]);
      expect(times(store, 'b')).toEqual([NOW - 50]);
      expect(store.answer({ ask: 'moment', activeSince: 0 })).toMatchObject({ pruned: 4 });
    });

    test('a late one only when those before it have gone: they would be out of reach', () => {
      const store = writer();
      commit(store, batchOf([{ peer: 'a', at: NOW - 10 }]));
      commit(store, batchOf([{ peer: 'a', at: NOW - 5_000 }]));
      commit(store, batchOf([{ peer: 'a', at: NOW - 5 }]));
      pruneAll(store, NOW - 1_000);
      expect(times(store, 'a')).toContain(NOW - 10);
      pruneAll(store, NOW);
      expect(times(store, 'a')).toEqual([]);
    });

    test('all, and numbers what comes then as new', () => {
      const store = writer();
      commit(
        store,
        batchOf([
          { peer: 'a', at: NOW - 10 },
          { peer: 'b', at: NOW - 10 },
        ]),
      );
      pruneAll(store, NOW);
      close(store);
      const again = writer();
      commit(again, batchOf([{ peer: 'b' }]));
      expect([times(again, 'a'), times(again, 'b')]).toEqual([[], [NOW]]);
    });
  });

  test('holds, after any history of batches, restarts and kills, what a plain list of them holds', () => {
    const seen = fc.record({
      peer: fc.constantFrom('a', 'b', 'ü"\\'),
      at: fc.integer({ min: NOW - 12, max: NOW }),
      node: fc.constantFrom(undefined, 'n1', 'n2'),
    });
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.array(seen, { minLength: 1, maxLength: 5 }) },
      { weight: 1, arbitrary: fc.constantFrom('close' as const, 'kill' as const) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        rmSync(path, { force: true });
        for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true });
        let store = writer();
        const expected = new Map<string, Set<string>>();
        for (const each of steps) {
          if (each === 'close' || each === 'kill') {
            if (each === 'close') close(store);
            else abandon(store);
            store = writer();
          } else {
            commit(store, batchOf(each.map(({ node, ...rest }) => (node === undefined ? rest : { ...rest, node }))));
            for (const { peer, at, node } of each) {
              expected.set(peer, (expected.get(peer) ?? new Set()).add(`${at} ${node}`));
            }
          }
        }
        for (const [peer, samples] of expected) {
          const wanted = [...samples].map((sample) => Number(sample.split(' ')[0])).sort((a, b) => b - a);
          expect(times(store, peer)).toEqual(wanted);
        }
        close(store);
      }),
      { numRuns: runs(25) },
    );
  });
});
