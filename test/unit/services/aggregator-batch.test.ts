import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BatchLimits, metricsOf, readBatch, SPAN } from '../../../services/aggregator/ingest/batch.ts';
import { BatchFault } from '../../../services/aggregator/ingest/fault.ts';
import { runs } from '../../fixtures/prove.ts';
import { oneLineText } from '../../fixtures/text.ts';

const LIMITS: BatchLimits = { maxSnapshots: 100, maxDepth: 16, maxSnapshotBytes: 65_536 };

/** What a program that knows nothing of us reads in a batch, or undefined where it is none. */
function byParsing(text: string): unknown[] | undefined {
  try {
    const batch: unknown = JSON.parse(text);
    return Array.isArray(batch) ? batch : undefined;
  } catch {
    return undefined;
  }
}

function read(text: string, limits = LIMITS) {
  const bytes = Buffer.from(text);
  const spans = readBatch(bytes, limits);
  return Array.from({ length: spans.length / SPAN.width }, (_, index) => {
    const column = (name: keyof typeof SPAN) => spans[index * SPAN.width + SPAN[name]] ?? 0;
    const snapshot = bytes.subarray(column('from'), column('to'));
    return {
      snapshot: JSON.parse(snapshot.toString()),
      metrics: JSON.parse(Buffer.from(metricsOf(snapshot)).toString()),
      peer: JSON.parse(`"${bytes.toString('utf8', column('peerFrom'), column('peerTo'))}"`),
      node: JSON.parse(`"${bytes.toString('utf8', column('nodeFrom'), column('nodeTo'))}"`),
      at: column('at'),
    };
  });
}

function faultOf(text: string, limits = LIMITS): string {
  try {
    read(text, limits);
  } catch (error) {
    if (error instanceof BatchFault) return `${error.kind}: ${error.message}`;
    throw error;
  }
  return 'taken';
}

/** Names that people and adversaries choose: plain, in other scripts, with what must be escaped. */
const name = fc
  .oneof(oneLineText({ minLength: 1, maxLength: 20 }), fc.constantFrom('constructor', 'a"b\\c', 'é', '𝄞'))
  .filter((text) => ![...text].some((character) => character < ' '));
const snapshot = fc.record(
  {
    peer_id: name,
    metrics: fc.dictionary(name, fc.jsonValue({ maxDepth: 4 })),
    timestamp: fc.integer({ min: 1, max: 4_000_000_000 }),
    node_id: name,
    further: fc.jsonValue({ maxDepth: 3 }),
  },
  { requiredKeys: ['peer_id', 'metrics'] },
);
/** All ways of writing the same value: blanks, escapes. */
const written = fc
  .tuple(fc.array(snapshot, { maxLength: 8 }), fc.constantFrom(0, 1, '\t'), fc.boolean())
  .map(([batch, indent, escaped]) => {
    const text = JSON.stringify(batch, null, indent);
    return escaped
      ? text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      : text;
  });

describe('a batch', () => {
  test('is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(written, (text) => {
        fc.pre(!text.includes('__proto__'));
        const parsed = byParsing(text) ?? [];
        const found = read(text);
        expect(found.map((entry) => entry.snapshot)).toEqual(parsed);
        expect(
          found.map(({ peer, metrics, node, at }) => ({ peer_id: peer, metrics, node_id: node, timestamp: at })),
        ).toEqual(parsed.map((entry) => ({ node_id: '', timestamp: 0, ...pick(entry) })));
      }),
      { numRuns: runs(60) },
    );
  });

  test('that was damaged is taken only where JSON.parse takes it, and never makes anything but a fault', () => {
    const damaged = fc.tuple(
      written,
      fc.nat(),
      fc.constantFrom('', '"', '}', ']', ',', ':', '\\', '0', '-', '\n', '\u0001', 'e'),
    );
    fc.assert(
      fc.property(damaged, ([text, place, character]) => {
        const at = place % (text.length + 1);
        const broken = text.slice(0, at) + character + text.slice(at + 1);
        if (faultOf(broken) === 'taken') expect(byParsing(broken)).toBeDefined();
      }),
      { numRuns: runs(200) },
    );
  });

  test('of any bytes at all makes nothing but a fault', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          readBatch(Buffer.from(bytes), LIMITS);
        } catch (error) {
          expect(error).toBeInstanceOf(BatchFault);
        }
      }),
      { numRuns: runs(200) },
    );
  });

  test.each([
    ['{}', 'bad_batch: a batch is an array of snapshots; an array is expected at byte 0'],
    ['', 'bad_batch: a batch is an array of snapshots; an array is expected at the end'],
    ['[1]', 'bad_batch: snapshot 0: an object is expected at byte 1'],
    ['[{"metrics":{}}]', 'bad_batch: snapshot 0: a snapshot without peer_id ends at byte 14'],
    ['[{"peer_id":"a"}]', 'bad_batch: snapshot 0: a snapshot without metrics ends at byte 15'],
    ['[{"peer_id":"","metrics":{}}]', 'bad_batch: snapshot 0: peer_id is empty at byte 13'],
    ['[{"peer_id":7,"metrics":{}}]', 'bad_batch: snapshot 0: peer_id is no string at byte 12'],
    ['[{"peer_id":"a\\u0007","metrics":{}}]', 'bad_batch: snapshot 0: peer_id holds a control character at byte 13'],
    ['[{"peer_id":"a\\ud800","metrics":{}}]', 'bad_batch: snapshot 0: peer_id holds half a character at byte 13'],
    ['[{"peer_id":"a","node_id":"\\udc00","metrics":{}}]', /node_id holds half a character/],
    ['[{"peer_id":"a","metrics":[]}]', 'bad_batch: snapshot 0: metrics is no object at byte 26'],
    ['[{"peer_id":"a","metrics":{},"timestamp":1763737200000}]', /milliseconds/],
    ['[{"peer_id":"a","metrics":{},"timestamp":-1}]', /no number of seconds/],
    ['[{"peer_id":"a","peer_id":"b","metrics":{}}]', /"peer_id" stands twice/],
    ['[{"peer_id":"a","peer\\u005fid":"b","metrics":{}}]', /"peer_id" stands twice/],
    ['[{"peer_id":"a","metrics":{"x":{"y":1,"z":2,"y":3}}}]', /"y" stands twice/],
    ['[{"peer_id":"a","metrics":{"__proto__":{"admin":true}}}]', /__proto__ is not taken/],
    ['[{"peer_id":"a","metrics":{"\\u005f_proto__":{}}}]', /__proto__ is not taken/],
    ['[{"peer_id":"a","metrics":{}},]', /an object is expected/],
    ['[{"peer_id":"a","metrics":{}}] []', /something stands behind the batch/],
    ['[{"peer_id":"a","metrics":{"n":01}}]', /a comma or the end of an object/],
  ])('%s is refused', (text, reason) => {
    expect(faultOf(text)).toMatch(reason);
  });

  test('with a name twice among many is refused: hundreds are compared at once', () => {
    const members = Array.from({ length: 300 }, (_, index) => `"m${index}":${index}`);
    const batch = (more: string) => `[{"peer_id":"a","metrics":{${[...members, more].join(',')}}}]`;
    expect(faultOf(batch('"m300":1'))).toBe('taken');
    expect(faultOf(batch('"m7":1'))).toMatch(/"m7" stands twice/);
  });

  test('names with equal hashes are told apart', () => {
    // "Aa" and "BB" have the same hash of this kind, at any place of a longer name.
    expect(faultOf('[{"peer_id":"a","metrics":{"Aa":1,"BB":2}}]')).toBe('taken');
    // And so has this longer one as peer_id itself.
    expect(faultOf('[{"peer_id]GqlA<":"b","metrics":{}}]')).toMatch(/without peer_id/);
    expect(faultOf('[{"peer_id]GqlA<":"b","peer_id":"a","metrics":{}}]')).toBe('taken');
  });

  test('a time may be written in any way that a number may', () => {
    const at = (timestamp: string) =>
      readBatch(Buffer.from(`[{"peer_id":"a","metrics":{},"timestamp":${timestamp}}]`), LIMITS)[SPAN.at];
    const written = ['1763737200', '1763737200.9', '17637372e2', '1.7637372E+9', '17637372000e-1'];
    expect(written.map(at)).toEqual(written.map(() => 1_763_737_200));
  });

  test('is taken just within each limit, and not beyond', () => {
    const one = '{"peer_id":"a","metrics":{}}';
    expect(faultOf(`[${one},${one}]`, { ...LIMITS, maxSnapshots: 2 })).toBe('taken');
    expect(faultOf(`[${one},${one}]`, { ...LIMITS, maxSnapshots: 1 })).toMatch(/^too_many: a batch holds at most 1/);
    expect(faultOf(`[${one}]`, { ...LIMITS, maxSnapshotBytes: one.length })).toBe('taken');
    expect(faultOf(`[${one}]`, { ...LIMITS, maxSnapshotBytes: one.length - 1 })).toMatch(
      /^too_many: snapshot 0 has 28 bytes/,
    );
    const deep = (levels: number) => `[{"peer_id":"a","metrics":{"x":${'['.repeat(levels)}${']'.repeat(levels)}}}]`;
    expect(faultOf(deep(13))).toBe('taken');
    expect(faultOf(deep(14))).toMatch(/more than 16 levels/);
    expect(faultOf(deep(100_000))).toMatch(/more than 16 levels/);
    expect(faultOf(`[{"peer_id":"${'a'.repeat(256)}","metrics":{}}]`)).toBe('taken');
    expect(faultOf(`[{"peer_id":"${'a'.repeat(257)}","metrics":{}}]`)).toMatch(/longer than 256 bytes/);
  });

  test('that is not UTF-8 is refused', () => {
    const bytes = Buffer.from('[{"peer_id":"a?","metrics":{}}]');
    bytes[14] = 0xff;
    expect(() => readBatch(bytes, LIMITS)).toThrow(/not UTF-8$/);
    expect(() => readBatch(gzipSync('[]'), LIMITS)).toThrow('wants the header content-encoding: gzip');
  });
});

function pick(entry: unknown): object {
  if (typeof entry !== 'object' || entry === null) return {};
  const known = ['peer_id', 'metrics', 'timestamp', 'node_id'];
  return Object.fromEntries(Object.entries(entry).filter(([member]) => known.includes(member)));
}
