import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nameOfRest, withoutAhead } from '../../../services/aggregator/ingest/ahead.ts';
import { readBatch, SPAN, type Spans, WIDEST_LIMITS } from '../../../services/aggregator/ingest/batch.ts';
import { partBytes, splitBatch } from '../../../services/aggregator/ingest/parts.ts';
import type { Batch, BatchOutcome } from '../../../services/aggregator/store/records.ts';
import { Writer } from '../../../services/aggregator/store/writer.ts';
import { runs } from '../../fixtures/prove.ts';

const NOW = 1_795_000_000;
const LATEST = NOW + 300;

let folder: string;
let open: Writer[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aggregator-ahead-'));
  open = [];
});
afterEach(() => {
  for (const each of open) each.close();
  rmSync(folder, { recursive: true });
});

interface Seen {
  readonly peer_id: string;
  readonly timestamp?: number;
  readonly metrics: object;
}

const seen: fc.Arbitrary<Seen> = fc
  .record({
    peer_id: fc.constantFrom('a', 'b', 'é"'),
    timestamp: fc.option(fc.integer({ min: LATEST - 3, max: LATEST + 3 })),
    metrics: fc.dictionary(fc.constantFrom('x', 'y'), fc.integer()),
  })
  .map(({ timestamp, ...rest }) => (timestamp === null ? rest : { ...rest, timestamp }));

function batchOf(snapshots: readonly Seen[]): { bytes: Uint8Array<ArrayBuffer>; spans: Spans } {
  const bytes = Buffer.from(JSON.stringify(snapshots));
  return { bytes: new Uint8Array(bytes), spans: readBatch(bytes, WIDEST_LIMITS) };
}

const textsOf = (bytes: Uint8Array, spans: Spans): unknown[] =>
  Array.from({ length: spans.length / SPAN.width }, (_, index) => {
    const row = index * SPAN.width;
    return JSON.parse(Buffer.from(bytes).toString('utf8', spans[row + SPAN.from], spans[row + SPAN.to]));
  });

test('what is dated later than a moment is left out, all others stay in their order; one without a time is never ahead', () => {
  fc.assert(
    fc.property(fc.array(seen, { maxLength: 12 }), (snapshots) => {
      const { bytes, spans } = batchOf(snapshots);
      const found = withoutAhead(spans, LATEST);
      const kept = snapshots.filter(({ timestamp = 0 }) => timestamp <= LATEST);
      expect(textsOf(bytes, found.spans)).toEqual(kept);
      expect(found.ahead).toBe(snapshots.length - kept.length);
      if (found.ahead === 0) expect(found.spans).toBe(spans);
    }),
    { numRuns: runs(300) },
  );
});

test('the messages of the log hold what is left and nothing else, however large they may be', () => {
  fc.assert(
    fc.property(fc.array(seen, { maxLength: 12 }), fc.integer({ min: 100, max: 600 }), (snapshots, most) => {
      const { bytes, spans } = batchOf(snapshots);
      const left = withoutAhead(spans, LATEST);
      const parts = splitBatch(bytes, left.spans, 'b', most, left.ahead > 0);
      const messages = parts.map((part) => Buffer.from(partBytes(bytes, left.spans, part)));
      expect(messages.flatMap((each) => JSON.parse(each.toString('utf8')))).toEqual(
        snapshots.filter(({ timestamp = 0 }) => timestamp <= LATEST),
      );
    }),
    { numRuns: runs(300) },
  );
});

function writer(name: string): Writer {
  const path = join(folder, `${name}.db`);
  const limits = { retention: 604_800, history: 100, maxPeers: 100, maxReporters: 100 };
  const made = new Writer({ path, ...limits, failpoint: undefined }, () => {});
  open.push(made);
  return made;
}

/** What the replica that takes a batch makes of it, and the messages by which the others have it. */
function accepted(named: string, snapshots: readonly Seen[], latest: number, receivedAt: number) {
  const { bytes, spans: all } = batchOf(snapshots);
  const { spans, ahead } = withoutAhead(all, latest);
  const name = nameOfRest(named, ahead);
  const parts = splitBatch(bytes, spans, name, 10_000, ahead > 0);
  const messages = parts.map((part) => ({ name: part.name, bytes: Buffer.from(partBytes(bytes, spans, part)) }));
  const batch: Batch = { network: 'net', name, receivedAt, bytes, spans, parts, isPartial: ahead > 0 };
  const read = (seq: number): Batch[] =>
    messages.map((message) => ({
      network: 'net',
      name: message.name,
      receivedAt,
      bytes: new Uint8Array(message.bytes),
      spans: readBatch(message.bytes, WIDEST_LIMITS),
      mark: { stream: 'log', seq, name: `net/${message.name}`, at: 5 },
    }));
  return { batch, read };
}

function peersOf(made: Writer) {
  return ['a', 'b'].map((name) => {
    const reply = made.answer({ ask: 'peer', network: 'net', name });
    return reply.of === 'peers' ? reply.peers.map(({ seq, lastAt }) => ({ name, seq, lastAt })) : [];
  });
}

const only = (outcomes: readonly BatchOutcome[]) => outcomes[0];

test('a replica has from the log what the one kept that took it, and what is in time later is stored then, on all', () => {
  const snapshots = [
    { peer_id: 'a', timestamp: NOW, metrics: {} },
    { peer_id: 'b', timestamp: LATEST + 50, metrics: {} },
  ];
  const [first, second, third] = [writer('first'), writer('second'), writer('third')];
  const early = accepted('x', snapshots, LATEST, NOW);
  expect(only(first.commit([early.batch]))).toMatchObject({ stored: 1, newPeers: 1 });
  expect(only(first.commit([accepted('x', snapshots, LATEST, NOW + 1).batch]))).toMatchObject({ repeated: true });
  // The answer was lost; sent again to another one, whose clock has gone on.
  const late = accepted('x', snapshots, LATEST + 60, NOW + 60);
  expect(only(second.commit([late.batch]))).toMatchObject({ stored: 2 });
  const log = [...early.read(1), ...late.read(2)];
  for (const each of [first, second, third]) each.commit(log);
  const all = [[{ name: 'a', seq: 1, lastAt: NOW }], [{ name: 'b', seq: 1, lastAt: LATEST + 50 }]];
  expect([peersOf(first), peersOf(second), peersOf(third)]).toEqual([all, all, all]);
});
