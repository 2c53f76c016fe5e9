import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Control } from '../../../services/aggregator/control/apply.ts';
import {
  CONTROL_KINDS,
  type ControlEntry,
  type JsonObject,
  readControlEntry,
} from '../../../services/aggregator/control/control.ts';
import { readBatch } from '../../../services/aggregator/ingest/batch.ts';
import { dataOf, type Rotation } from '../../../services/aggregator/keys/rotation.ts';
import { STEPS } from '../../../services/aggregator/store/schema.ts';
import { Writer } from '../../../services/aggregator/store/writer.ts';
import { openForWriting } from '../../../services/shared/store/database.ts';
import { runs } from '../../fixtures/prove.ts';

const NOW = 1_795_000_000;
const WEEK = 604_800;
const [A = '', B = '', C = '', D = ''] = ['a', 'b', 'c', 'd'].map((digit) => digit.repeat(64));

let folder: string;
let writer: Writer;
let failing = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aggregator-control-'));
  failing = '';
  writer = open();
});
afterEach(() => {
  writer.close();
  rmSync(folder, { recursive: true });
});

function open(): Writer {
  const options = { path: join(folder, 'a.db'), retention: WEEK, history: 10, maxPeers: 3, maxReporters: 9 };
  return new Writer({ ...options, failpoint: undefined }, (name) => {
    if (name === failing) throw new Error('the disk is full');
  });
}

function reopen(): void {
  writer.close();
  writer = open();
}

function apply(entry: Partial<ControlEntry>): string {
  const reply = writer.answer({ ask: 'apply', entry: { kind: 'prune', epoch: 0, at: NOW, data: {}, ...entry } });
  return reply.of === 'applied' ? reply.outcome : reply.of;
}

const prune = (before: number, epoch: number, at = NOW) => apply({ epoch, at, data: { before } });

function rotate(rotation: Partial<Rotation>, epoch = 0): string {
  const all = {
    network: 'net',
    peer: A,
    oldKey: A,
    newKey: B,
    until: NOW + 300,
    how: 'signed',
    signature: '',
  } as const;
  return apply({ kind: 'rotate', epoch, data: dataOf({ ...all, ...rotation }) });
}

const decided = () => writer.answer({ ask: 'decided' });

function push(peer: string, at: number, network = 'net') {
  const bytes = Buffer.from(JSON.stringify([{ peer_id: peer, timestamp: at, metrics: {} }]));
  const spans = readBatch(bytes, { maxSnapshots: 10, maxDepth: 8, maxSnapshotBytes: 1_000 });
  return writer.commit([{ network, name: '', receivedAt: NOW, bytes: new Uint8Array(bytes), spans }])[0];
}

/** How many snapshots each of the peers has that a name leads to. */
function lengths(name: string): number[] {
  const reply = writer.answer({ ask: 'peer', network: 'net', name });
  return reply.of === 'peers' ? reply.peers.map(({ seq }) => seq) : [];
}

describe('decisions', () => {
  test('of an older leader change nothing, also after a restart', () => {
    expect(decided()).toEqual({ of: 'decided', epoch: 0, pruneBefore: 0 });
    expect(prune(NOW - 100, 4)).toBe('applied');
    expect(prune(NOW - 50, 3)).toBe('stale');
    reopen();
    expect(prune(NOW - 50, 3)).toBe('stale');
    expect(decided()).toEqual({ of: 'decided', epoch: 4, pruneBefore: NOW - 100 });
    expect(prune(NOW - 50, 4)).toBe('applied');
    expect(prune(NOW - 40, 9)).toBe('applied');
    expect(decided()).toEqual({ of: 'decided', epoch: 9, pruneBefore: NOW - 40 });
  });

  test('of every kind raise the epoch', () => {
    rotate({}, 7);
    expect(prune(NOW, 6)).toBe('stale');
    prune(NOW - 9, 8);
    expect(rotate({ oldKey: B, newKey: C }, 7)).toBe('stale');
  });

  test('whatever their order, only those of the newest leader so far count', () => {
    const entry = fc.record({ epoch: fc.nat(5), before: fc.integer({ min: NOW - 50, max: NOW }) });
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        writer.close();
        rmSync(join(folder, 'a.db'));
        writer = open();
        let [newest, mark] = [0, 0];
        for (const { epoch, before } of entries) {
          expect(prune(before, epoch)).toBe(epoch < newest ? 'stale' : 'applied');
          if (epoch >= newest) [newest, mark] = [epoch, Math.max(mark, before)];
        }
        expect(decided()).toEqual({ of: 'decided', epoch: newest, pruneBefore: mark });
      }),
      { numRuns: runs(20) },
    );
  });

  test('that hold something else than expected are applied as nothing', () => {
    const wrong: JsonObject[] = [{}, { before: 'x' }, { before: -5 }, { before: 1.5 }, { before: null }];
    for (const data of wrong) expect(apply({ data })).toBe('applied');
    for (const data of [...wrong, { ...dataOf(rotationOf({})), newKey: 'short' }]) {
      expect(apply({ kind: 'rotate', data })).toBe('applied');
    }
    expect(decided()).toMatchObject({ pruneBefore: 0 });
    push(A, NOW);
    push(B, NOW);
    expect(lengths(B)).toEqual([1]);
  });
});

function rotationOf(rotation: Partial<Rotation>): Rotation {
  return { network: 'net', peer: A, oldKey: A, newKey: B, until: NOW, how: 'signed', signature: '', ...rotation };
}

test('an entry that was read again is the same; anything else is none', () => {
  const entry = fc.record({
    kind: fc.constantFrom(...CONTROL_KINDS),
    epoch: fc.maxSafeNat(),
    at: fc.maxSafeNat(),
    data: fc.constant({ before: 5 }),
  });
  fc.assert(
    fc.property(entry, (sent) => {
      expect(readControlEntry(JSON.parse(JSON.stringify(sent)))).toEqual(sent);
    }),
  );
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(readControlEntry(value)).toBeUndefined();
    }),
  );
  const good = { kind: 'prune', epoch: 1, at: 1, data: {} };
  for (const bad of [{ kind: 'x' }, { epoch: -1 }, { epoch: '1' }, { at: 0.5 }, { data: [] }, { data: null }]) {
    expect(readControlEntry({ ...good, ...bad })).toBeUndefined();
  }
});

describe('the pruning mark', () => {
  test('is what goes, and what is not taken any more', () => {
    for (const at of [NOW - 30, NOW - 20, NOW - 10]) push('p', at);
    prune(NOW - 20, 0);
    expect(push('p', NOW - 25)).toMatchObject({ stored: 0, expired: 1 });
    expect(push('p', NOW - 15)).toMatchObject({ stored: 1, expired: 0 });
    while (writer.prune(0));
    expect(writer.answer({ ask: 'moment', activeSince: 0 })).toMatchObject({ pruned: 1 });
  });

  test('never lies behind the decision: milliseconds would take all', () => {
    prune(NOW * 1000, 0);
    expect(decided()).toMatchObject({ pruneBefore: NOW });
  });
});

describe('a peer that is named by its key', () => {
  test('is the same peer under its new key, and counts once', () => {
    push(A, NOW);
    rotate({});
    push(B, NOW + 1);
    rotate({ oldKey: B, newKey: C });
    push(C, NOW + 2);
    for (const name of [A, B, C]) expect(lengths(name)).toEqual([3]);
    expect(writer.answer({ ask: 'moment', activeSince: 0 })).toMatchObject({ peers: 1 });
    reopen();
    push(C, NOW + 3);
    for (const name of [A, B, C]) expect(lengths(name)).toEqual([4]);
  });

  test('is no peer more where their number is limited', () => {
    for (const name of [A, 'x', 'y']) push(name, NOW);
    rotate({});
    expect(push(B, NOW)).toMatchObject({ stored: 0, duplicates: 1 });
    expect(push('z', NOW)).toMatchObject({ refused: 'peers' });
  });

  test('is known under both names where it came under the new one first', () => {
    push(A, NOW);
    push(B, NOW + 1);
    rotate({});
    expect(lengths(A)).toEqual([1, 1]);
    expect(lengths(B)).toEqual([1, 1]);
  });

  test('is taken under the old key until its time is over', () => {
    push(A, NOW);
    rotate({ until: NOW + 300 });
    expect(push(A, NOW + 299)).toMatchObject({ stored: 1 });
    expect(push(A, NOW + 300)).toMatchObject({ stored: 0, expired: 1 });
    reopen();
    expect(push(A, NOW + 302)).toMatchObject({ expired: 1 });
    expect(push(B, NOW + 301)).toMatchObject({ stored: 1 });
    expect(push(A, NOW + 301, 'other')).toMatchObject({ stored: 1 });
  });

  test('whose name only looks like a key loses nothing when it is given one', () => {
    push(A, NOW);
    rotate({ how: 'forced', until: NOW });
    expect(push(A, NOW + 500)).toMatchObject({ stored: 1 });
  });
});

describe('a rotation', () => {
  test.each([
    ['from another key than the peer has', { oldKey: C }],
    ['to the key that it has', { newKey: A }],
    ['to a key that it had', { oldKey: B, newKey: A }],
    ['to the key of another peer', { oldKey: B, newKey: D }],
    ['to the key that another peer had', { oldKey: B, newKey: 'e'.repeat(64) }],
    ['that introduces a peer which has a key', { oldKey: '', newKey: C, how: 'introduced' }],
  ] as const)('%s is none', (_what, rotation) => {
    push(A, NOW);
    rotate({ peer: 'other', oldKey: '', newKey: 'e'.repeat(64), how: 'introduced' });
    rotate({ peer: 'other', oldKey: 'e'.repeat(64), newKey: D });
    if ('oldKey' in rotation && rotation.oldKey === B) rotate({});
    rotate(rotation);
    const wanted = 'newKey' in rotation && rotation.newKey !== A ? rotation.newKey : '0'.repeat(64);
    expect(lengths(wanted)).toEqual([]);
    expect(push(A, NOW + 1_000)).toMatchObject(
      'oldKey' in rotation && rotation.oldKey === B ? { expired: 1 } : { stored: 1 },
    );
  });

  test('that is forced ends the grace of all names before, also after a restart', () => {
    push(A, NOW);
    rotate({ until: NOW + 300 });
    expect(push(A, NOW + 100)?.stored).toBe(1);
    rotate({ oldKey: B, newKey: C, until: NOW + 150, how: 'forced' });
    expect(push(A, NOW + 200)).toMatchObject({ stored: 0, expired: 1 });
    reopen();
    expect(push(A, NOW + 201)).toMatchObject({ stored: 0, expired: 1 });
    expect(push(C, NOW + 202)?.stored).toBe(1);
  });

  test('is known again behind a commit that failed', () => {
    push(A, NOW);
    rotate({});
    failing = 'aggregator.commit.before';
    expect(() => push(B, NOW + 1)).toThrow('full');
    failing = '';
    push(B, NOW + 1);
    expect(lengths(A)).toEqual([2]);
  });
});

test('what a transaction decided that failed was never decided', () => {
  const db = openForWriting(join(folder, 'other.db'), { steps: STEPS });
  const control = new Control(db);
  const entry = { kind: 'rotate', epoch: 5, at: NOW, data: dataOf(rotationOf({})) } as const;
  db.exec('BEGIN');
  expect(control.apply(entry)).toBe('applied');
  control.apply({ kind: 'prune', epoch: 5, at: NOW, data: { before: 77 } });
  expect([control.epoch, control.pruneBefore, control.keys.firstName('net', B)]).toEqual([5, 77, A]);
  db.exec('ROLLBACK');
  control.rolledBack();
  expect([control.epoch, control.pruneBefore, control.keys.firstName('net', B)]).toEqual([0, 0, B]);
  expect(control.keys.goodUntil('net', A)).toBe(Number.POSITIVE_INFINITY);
  expect(control.applyAlone(entry)).toBe('applied');
  expect(control.keys.goodUntil('net', A)).toBe(NOW);
  db.close();
});
