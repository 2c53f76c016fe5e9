import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CollectFault } from '../../../services/agent/collect/fault.ts';
import { parseJson, valueAt } from '../../../services/agent/collect/json.ts';
import { presets } from '../../../services/agent/collect/presets.ts';
import { readPeers } from '../../../services/agent/collect/prometheus.ts';
import { type RowMapping, rowsOf } from '../../../services/agent/collect/rows.ts';
import { batchesOf, bodyOf, encodeSnapshot, type PeerSnapshot, textsOf } from '../../../services/agent/snapshot.ts';
import { readBatch, SPAN } from '../../../services/aggregator/ingest/batch.ts';
import { anyText } from '../../fixtures/text.ts';

const LIMITS = { maxDepth: 16, maxSnapshots: 5_000, maxSnapshotBytes: 65_536 };
const STAMP = { node: 'node-1', at: 1_777_629_600 };

function preset(chain: string): RowMapping {
  const mapping = presets[chain];
  if (mapping === undefined) throw new Error(`no preset of ${chain}`);
  return mapping;
}

describe('rows of a result of JSON-RPC', () => {
  test('of the-block: a list of peer_id and metrics', () => {
    const result = [
      { peer_id: 'aa', metrics: { requests: 3, drops: { rate_limit: 1 }, reputation: { score: 1 } } },
      { peer_id: 'bb', metrics: {} },
    ];
    expect(rowsOf(result, preset('the-block'))).toMatchObject({
      rows: [
        { peer: 'aa', metrics: { requests: 3, drops: { rate_limit: 1 }, reputation: { score: 1 } } },
        { peer: 'bb', metrics: {} },
      ],
      odd: 0,
    });
  });

  test('of op-node: an object named by peers, without the addresses', () => {
    const row = {
      peerID: '16Uiu',
      addresses: ['/ip4/10.0.0.1'],
      latency: 1_200,
      gossipBlocks: true,
      scores: { gossip: { total: -1.5 } },
    };
    const { rows } = rowsOf({ totalConnected: 1, peers: { '16Uiu': row } }, preset('op-stack'));
    expect(rows).toEqual([
      { peer: '16Uiu', metrics: { latency: 1_200, gossipBlocks: true, scores: { gossip: { total: -1.5 } } } },
    ]);
  });

  test('an odd row is counted and costs no other', () => {
    const odd = [
      null,
      3,
      {},
      { peer_id: 'x' },
      { peer_id: '', metrics: {} },
      { peer_id: 4, metrics: {} },
      { peer_id: 'y', metrics: [] },
    ];
    expect(rowsOf([...odd, { peer_id: 'z', metrics: {} }], preset('the-block'))).toMatchObject({
      rows: [{ peer: 'z', metrics: {} }],
      odd: odd.length,
    });
  });

  test.each<readonly [unknown, RowMapping, string]>([
    [
      { id: 'x', ip: '10.0.0.1' },
      { rows: '', peer: 'peer', metrics: '' },
      'a row has no text at "peer" (peer); it has id, ip',
    ],
    [
      { id: 'x', a: 1 },
      { rows: '', peer: 'id', metrics: 'stats' },
      'a row has no object at "stats" (metrics); it has id, a',
    ],
    [{ id: 'x' }, { rows: '', peer: '', metrics: '' }, 'a row is not named by its peer (peer: "")'],
    ['x', { rows: '', peer: 'id', metrics: '' }, 'a row has no text at "id" (peer); it has no members'],
  ])('%j that does not fit says which setting, and no value', (row, mapping, why) => {
    expect(rowsOf([row], mapping)).toEqual({ rows: [], odd: 1, why });
  });

  test.each([null, 'x', 3, true])('%j is no list of peers', (result) => {
    expect(() => rowsOf(result, preset('the-block'))).toThrow(CollectFault);
  });

  test('a path leads along own members only', () => {
    expect(valueAt({ a: { b: 1 } }, 'a.b')).toBe(1);
    for (const path of ['constructor', 'a.toString', 'a.b.c', '__proto__'])
      expect(valueAt({ a: { b: 1 } }, path)).toBeUndefined();
  });

  test('numbers beyond a double keep their digits on the whole way', () => {
    const text = '[{"peer_id":"aa","metrics":{"bytes_sent":18446744073709551615,"small":-3,"part":1.5}}]';
    const [row] = rowsOf(parseJson(text), preset('the-block')).rows;
    const snapshot = encodeSnapshot({ peer_id: row?.peer ?? '', metrics: row?.metrics ?? {} }, STAMP);
    expect(snapshot).toContain('{"bytes_sent":18446744073709551615,"small":-3,"part":1.5}');
    expect(parseJson('{')).toBeUndefined();
  });
});

describe('figures of a Prometheus endpoint', () => {
  const text = [
    '# HELP peer_drop_total drops',
    '# TYPE peer_drop_total counter',
    'peer_drop_total{peer_id="aa",reason="rate_limit"} 3',
    'peer_drop_total{reason="malformed",peer_id="aa",} 1 1777629600000',
    'peer_drop_total{peer_id="bb",reason="malformed"} 2 # {trace_id="x"} 1',
    'peer_request_total{peer_id="aa",transport="tcp"} 10',
    'peer_request_total{peer_id="aa",transport="quic"} 5',
    'peer_request_total_of_another{peer_id="aa"} 99',
    'peer_request_total{peer_id=""} 7',
    'peer_request_total 8',
    'peer_request_total{peer_id="cc"} NaN',
    'peer_request_total{peer_id="broken} 1',
    'peer_request_total{peer_id="a\\"b\\\\n\\nc"} 1e3',
    'other{peer_id="aa"} 1',
    'peer_drop_total{peer_id="aa",reason="__proto__"} 1',
    '',
  ].join('\n');
  const mapping = [
    { name: 'peer_request_total', peer: 'peer_id', as: 'requests', by: [] },
    { name: 'peer_drop_total', peer: 'peer_id', as: 'drops', by: ['reason'] },
  ];

  test('are gathered by peer, kept apart by the labels asked for, and summed over all others', () => {
    expect(JSON.stringify(readPeers(text, mapping).rows)).toBe(
      JSON.stringify([
        { peer: 'aa', metrics: { drops: { rate_limit: 3, malformed: 1 }, requests: 15 } },
        { peer: 'bb', metrics: { drops: { malformed: 2 } } },
        { peer: 'a"b\\n\nc', metrics: { requests: 1000 } },
      ]),
    );
  });

  test.each([
    [{ name: 'nope_total' }, 'there is no sample of nope_total'],
    [{ peer: 'id' }, 'peer_drop_total has no label "id" (peer); it has peer_id, reason'],
    [{ by: ['why'] }, 'peer_drop_total has no label "why" (by); it has peer_id, reason'],
  ])('%j that does not fit is named, with what there is', (wrong, misfit) => {
    const one = { name: 'peer_drop_total', peer: 'peer_id', as: 'drops', by: ['reason'] };
    expect(readPeers(text, [one]).misfits).toEqual([]);
    expect(readPeers(text, [{ ...one, ...wrong }]).misfits).toEqual([misfit]);
  });

  test('no text of strangers breaks the reader', () => {
    fc.assert(fc.property(fc.string(), (tail) => void readPeers(`peer_request_total{peer_id="a"${tail}`, mapping)));
  });
});

describe('snapshots', () => {
  const snapshots = fc.array(
    fc.record({
      peer_id: anyText({ minLength: 1, maxLength: 40 }),
      metrics: fc.dictionary(anyText(), fc.jsonValue({ maxDepth: 6 })),
    }),
    { maxLength: 40 },
  );

  test('what is encoded is what an aggregator takes, one row for each, as it was', () => {
    fc.assert(
      fc.property(snapshots, (all) => {
        const texts = encodedOf(all);
        const body = bodyOf(texts);
        const spans = readBatch(body, LIMITS);
        expect(spans.length / SPAN.width).toBe(texts.length);
        expect(textsOf(body)).toEqual(texts);
      }),
    );
  });

  test('batches hold all of them in their order, within both bounds', () => {
    fc.assert(
      fc.property(
        snapshots,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 50, max: 2_000 }),
        (all, most, bytes) => {
          const texts = encodedOf(all);
          const batches = batchesOf(texts, { maxSnapshots: most, maxBytes: bytes });
          expect(batches.flat()).toEqual(texts);
          for (const batch of batches) {
            expect(batch.length).toBeLessThanOrEqual(most);
            if (batch.length > 1) expect(bodyOf(batch).length).toBeLessThanOrEqual(bytes);
          }
        },
      ),
    );
  });

  test.each<[string, PeerSnapshot, string]>([
    ['an empty peer', { peer_id: '', metrics: {} }, 'peer_id is no text'],
    ['half a character', { peer_id: 'a\ud800', metrics: {} }, 'no Unicode'],
    ['a control character', { peer_id: 'a\n', metrics: {} }, 'control character'],
    ['a long name', { peer_id: 'ä'.repeat(129), metrics: {} }, 'longer than 256 bytes'],
    ['milliseconds', { peer_id: 'a', metrics: {}, timestamp: 1_777_629_600_000 }, 'seconds since 1970'],
    ['a prototype', { peer_id: 'a', metrics: JSON.parse('{"a":[{"__proto__":1}]}') }, '__proto__'],
    ['a deep tree', { peer_id: 'a', metrics: JSON.parse(`${'{"a":'.repeat(15)}1${'}'.repeat(15)}`) }, '14 levels'],
  ])('%s is refused before it spoils a batch', (_, snapshot, reason) => {
    expect(() => encodeSnapshot(snapshot, STAMP)).toThrow(reason);
  });

  test('as deep as is let through, an aggregator takes it', () => {
    const metrics = JSON.parse(`${'{"a":'.repeat(14)}1${'}'.repeat(14)}`);
    expect(readBatch(bodyOf([encodeSnapshot({ peer_id: 'a', metrics }, STAMP)]), LIMITS).length).toBe(SPAN.width);
  });
});

/** Those that are let through. */
function encodedOf(snapshots: readonly PeerSnapshot[]): string[] {
  return snapshots.flatMap((snapshot) => {
    try {
      return [encodeSnapshot(snapshot, STAMP)];
    } catch {
      return [];
    }
  });
}
