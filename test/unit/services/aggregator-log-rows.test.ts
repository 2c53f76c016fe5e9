import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readBatch, WIDEST_LIMITS } from '../../../services/aggregator/ingest/batch.ts';
import { splitBatch } from '../../../services/aggregator/ingest/parts.ts';
import type { Batch, Reply } from '../../../services/aggregator/store/records.ts';
import { ReplaceableWriter } from '../../../services/aggregator/store/replaceable.ts';

const NOW = Math.floor(Date.now() / 1000);

let folder: string;
let open: ReplaceableWriter[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aggregator-log-'));
  open = [];
});
afterEach(() => {
  for (const each of open) each.close();
  rmSync(folder, { recursive: true });
});

function writer(file = 'a.db', maxPeers = 100, failpoint: (name: string) => void = () => {}): ReplaceableWriter {
  const path = join(folder, file);
  const options = { path, retention: 604_800, history: 100, maxPeers, maxReporters: 100, failpoint: undefined };
  const made = new ReplaceableWriter(options, failpoint);
  open.push(made);
  return made;
}

function close(made: ReplaceableWriter): void {
  open.splice(open.indexOf(made), 1);
  made.close();
}

function batch(name: string, peers: readonly string[], more: Partial<Batch> = {}): Batch {
  const bytes = Buffer.from(JSON.stringify(peers.map((peer_id) => ({ peer_id, timestamp: NOW, metrics: {} }))));
  return {
    network: 'net',
    name,
    receivedAt: NOW,
    bytes: new Uint8Array(bytes),
    spans: readBatch(bytes, WIDEST_LIMITS),
    ...more,
  };
}

/** Accepted here. @param most bytes of a message */
function own(name: string, peers: readonly string[], most = 1_000): Batch {
  const made = batch(name, peers);
  return { ...made, parts: splitBatch(made.bytes, made.spans, name, most) };
}

const read = (name: string, peers: readonly string[], seq: number, stream = 'monday'): Batch =>
  batch(name, peers, { mark: { stream, seq, name: `net/${name}`, at: 5 } });

function log(
  made: ReplaceableWriter,
  question: Parameters<ReplaceableWriter['answer']>[0] = { ask: 'unseen', after: 0, limit: 9 },
) {
  const reply: Reply = made.answer(question);
  if (reply.of !== 'log') throw new Error('no answer about the log');
  return { ...reply, names: reply.parts.map(({ name }) => name) };
}

const samples = (made: ReplaceableWriter) => {
  const reply = made.answer({ ask: 'moment', activeSince: 0 });
  return reply.of === 'moment' ? reply.lastId : Number.NaN;
};

test('what was accepted here is kept until it was read in the log, and is then known', () => {
  const made = writer();
  made.commit([own('b', ['p', 'q'])]);
  expect(log(made).names).toEqual(['net/b']);
  expect(JSON.parse(Buffer.from(log(made).parts[0]?.body ?? []).toString())).toHaveLength(2);
  expect(made.commit([read('b', ['p', 'q'], 1)])).toMatchObject([{ repeated: true }]);
  expect(log(made)).toMatchObject({ unseen: 0, names: [], mark: { stream: 'monday', seq: 1, name: 'net/b' } });
  expect(samples(made)).toBe(2);
});

test('the place in the log and what was read there are durable together', () => {
  const path = join(folder, 'a.db');
  const options = { path, retention: 604_800, history: 100, maxPeers: 9, maxReporters: 9, failpoint: undefined };
  const failing = new ReplaceableWriter(options, (name) => {
    if (name === 'aggregator.commit.before') throw new Error('the power is gone');
  });
  open.push(failing);
  expect(() => failing.commit([read('b', ['p'], 4)])).toThrow('the power is gone');
  expect(log(failing).mark).toBeUndefined();
  expect(samples(failing)).toBe(0);
});

test('a part that another replica had accepted is not taken twice, and the others of its batch are', () => {
  const made = writer();
  const peers = ['p0', 'p1', 'p2', 'p3'];
  const two = own('b', peers, 120);
  expect(two.parts?.map(({ name }) => name)).toEqual(['b#1.2', 'b#2.2']);
  made.commit([read('b#1.2', ['p0', 'p1'], 1)]);
  // Their times would tell them apart, had they none of their own.
  const later = { ...two, receivedAt: NOW + 5 };
  expect(made.commit([later])).toMatchObject([{ stored: 2, duplicates: 2 }]);
  expect(log(made).names).toEqual(['net/b#2.2']);
  expect(made.commit([read('b#2.2', ['p2', 'p3'], 2)])).toMatchObject([{ repeated: true }]);
  expect(samples(made)).toBe(4);
});

test('what the log has is not refused for the number of peers, and what comes new is', () => {
  const made = writer('a.db', 1);
  expect(made.commit([read('b', ['p', 'q', 'r'], 1)])).toMatchObject([{ stored: 3 }]);
  expect(made.commit([own('c', ['s'])])).toMatchObject([{ refused: 'peers' }]);
  expect(log(made).names).toEqual([]);
});

test('another log has nothing of ours yet; what all have is forgotten in time', () => {
  const made = writer();
  made.commit([own('b', ['p']), read('b', ['p'], 1), own('c', ['q']), read('c', ['q'], 2)]);
  expect(log(made).unseen).toBe(0);
  log(made, { ask: 'beginLog', mark: { stream: 'tuesday', seq: 0, name: '', at: 0 } });
  expect(log(made)).toMatchObject({ names: ['net/b', 'net/c'], mark: { stream: 'tuesday', seq: 0 } });
  made.commit([read('b', ['p'], 1, 'tuesday'), read('c', ['q'], 2, 'tuesday')]);
  log(made, { ask: 'forgetOwn', seenBefore: NOW - 60, upTo: 2 });
  log(made, { ask: 'forgetOwn', seenBefore: NOW + 60, upTo: 1 });
  log(made, { ask: 'beginLog', mark: { stream: 'wednesday', seq: 0, name: '', at: 0 } });
  expect(log(made).names).toEqual(['net/c']);
});

test('a snapshot of another replica takes the place of the database; what only this one had accepted stays, and nothing of the other is ours', () => {
  const far = writer('far.db');
  far.commit([own('theirs', ['t']), read('a', ['p'], 1), read('b', ['q'], 2), read('c', ['r'], 3)]);
  close(far);
  copyFileSync(join(folder, 'far.db'), join(folder, 'snapshot'));
  const made = writer();
  made.commit([read('a', ['p'], 1), own('ours', ['o'])]);
  const adopt = { ask: 'adopt', path: join(folder, 'snapshot'), stream: 'monday', atLeast: 3 } as const;
  expect(() => made.answer({ ...adopt, atLeast: 4 })).toThrow('the snapshot ends at 3');
  expect(() => made.answer({ ...adopt, stream: 'tuesday' })).toThrow('not read from the log');
  expect(log(made)).toMatchObject({ mark: { seq: 1 }, names: ['net/ours'] });
  made.answer(adopt);
  expect(log(made)).toMatchObject({ mark: { seq: 3 }, names: ['net/ours'] });
  const peers = (each: ReplaceableWriter) =>
    ['p', 'q', 'r', 't', 'o'].map((name) => {
      const reply = each.answer({ ask: 'peer', network: 'net', name });
      return reply.of === 'peers' ? reply.peers.length : 0;
    });
  expect(peers(made)).toEqual([1, 1, 1, 1, 1]);
  close(made);
  expect(peers(writer())).toEqual([1, 1, 1, 1, 1]);
});

test.each([
  ['before', 1],
  ['after', 3],
])('a power cut %s the exchange of the database loses nothing of either', (when, seq) => {
  const far = writer('far.db');
  far.commit([read('a', ['p'], 1), read('b', ['q'], 2), read('c', ['r'], 3)]);
  close(far);
  const dying = writer('a.db', 100, (name) => {
    if (name === `aggregator.adopt.${when}`) throw new Error('the power is gone');
  });
  dying.commit([read('a', ['p'], 1), own('ours', ['o'])]);
  const adopt = { ask: 'adopt', path: join(folder, 'far.db'), stream: 'monday', atLeast: 3 } as const;
  expect(() => dying.answer(adopt)).toThrow('the power is gone');
  const again = writer();
  expect(log(again)).toMatchObject({ mark: { seq }, names: ['net/ours'] });
  expect(samples(again)).toBe(seq + 1);
});
