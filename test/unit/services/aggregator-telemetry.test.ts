import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isTelemetry,
  readTelemetry,
  telemetryBatch,
  telemetryParts,
} from '../../../services/aggregator/telemetry/logged.ts';
import { readSummary } from '../../../services/aggregator/telemetry/summary.ts';
import { HttpFault } from '../../../services/shared/http.ts';
import { runs } from '../../fixtures/prove.ts';

const START = 1_790_000_000;
const read = (text: string) => readSummary(Buffer.from(text));

test('takes what nodes send, and keeps what it does not know', () => {
  const sent = {
    node_id: 'node-1',
    seq: 7,
    timestamp: 1_790_000_000,
    sample_rate_ppm: 250_000,
    compaction_secs: 30,
    memory: { mempool: { latest: 4, p50: 3, p90: 5, p99: 9 } },
    wrappers: { metrics: [{ metric: 'codec', value: 1 }] },
    other: ['kept'],
  };
  expect(read(JSON.stringify(sent))).toEqual(sent);
  expect(read('{"node_id":"n"}')).toEqual({ node_id: 'n', seq: 0 });
});

test.each([
  ['', 'a value is missing'],
  ['[]', 'the body'],
  ['{}', 'node_id'],
  ['{"node_id":""}', 'node_id'],
  ['{"node_id":"a\\u0000"}', 'node_id: is no name'],
  [`{"node_id":"${'é'.repeat(129)}"}`, 'node_id: is no name'],
  ['{"node_id":"\\ud800"}', 'node_id: is no name'],
  ['{"node_id":"n","node_id":"m"}', 'stands twice'],
  ['{"node_id":"n","__proto__":{}}', '__proto__'],
  ['{"node_id":"n"} {}', 'stands behind'],
  ['{"node_id":"n","timestamp":1790000000000}', 'timestamp: wants seconds'],
  ['{"node_id":"n","seq":-1}', 'seq'],
  ['{"node_id":"n","sample_rate_ppm":1000001}', 'sample_rate_ppm'],
  ['{"node_id":"n","memory":{"mempool":{"latest":1}}}', 'memory.mempool.p50'],
  ['{"node_id":"n","wrappers":{}}', 'wrappers.metrics'],
  [`{"node_id":"n","deep":${'['.repeat(9)}${']'.repeat(9)}}`, 'more than 8 levels'],
])('refuses %s: %s', (text, reason) => {
  expect(() => read(text)).toThrow(reason);
  expect(() => read(text)).toThrow(HttpFault);
});

test.each([
  ['[]', 'the body: wants a mapping, not a list'],
  ['7', 'the body: wants a mapping, not a number'],
  ['{}', 'node_id: is needed: a string'],
  ['{"node_id":7}', 'node_id: wants a string, not a number'],
  ['{"node_id":""}', 'node_id: is empty'],
  ['{"node_id":"n","seq":-1}', 'seq: wants at least 0'],
  ['{"node_id":"n","seq":1.5}', 'seq: wants a whole number, not a number'],
  ['{"node_id":"n","seq":"1"}', 'seq: wants a number, not a string'],
  ['{"node_id":"n","timestamp":0}', 'timestamp: wants at least 1'],
  ['{"node_id":"n","compaction_secs":1e999}', 'compaction_secs: wants a number; this one is too large'],
  ['{"node_id":"n","memory":[]}', 'memory: wants a mapping, not a list'],
  ['{"node_id":"n","memory":{"mempool":null}}', 'memory.mempool: wants a mapping, not null'],
  [
    `{"node_id":"n","memory":{"${'m'.repeat(257)}":{}}}`,
    `memory.${'m'.repeat(257)}: its name wants at most 256 characters`,
  ],
  [
    '{"seq":-1,"wrappers":{"metrics":7}}',
    'node_id: is needed: a string; seq: wants at least 0; wrappers.metrics: wants a list',
  ],
])('%s: says in plain words where and what: %s', (text, reason) => {
  expect(() => read(text)).toThrow(reason);
});

test('any bytes are read or refused with a reason, and nothing else happens', () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }).map(Buffer.from), fc.json().map(Buffer.from)), (bytes) => {
      try {
        expect(readSummary(bytes).node_id).not.toBe('');
      } catch (error) {
        expect(error).toBeInstanceOf(HttpFault);
      }
    }),
    { numRuns: runs(300) },
  );
});

describe('in the log of the replicas', () => {
  const summary = {
    network: 'net',
    node: 'n',
    at: START,
    seq: 3,
    receivedAt: START + 1,
    body: '{"node_id":"n","x":"ü"}',
  };

  test('a summary comes out as it went in, under one name however often it is sent', () => {
    const { name, bytes, spans } = telemetryBatch(summary);
    expect(readTelemetry('net', bytes)).toEqual(summary);
    expect(isTelemetry(name)).toBe(true);
    expect(telemetryBatch({ ...summary, receivedAt: START + 99 }).name).toBe(name);
    for (const other of [{ seq: 4 }, { at: START + 1 }, { node: 'm' }]) {
      expect(telemetryBatch({ ...summary, ...other }).name).not.toBe(name);
    }
    // Handed over to another thread: none of it may be shared with others.
    expect([bytes.buffer.byteLength, spans.buffer.byteLength]).toEqual([bytes.length, 0]);
  });

  test('one that is larger than a message is refused', () => {
    const batch = telemetryBatch(summary);
    expect(telemetryParts(batch, batch.bytes.length)).toMatchObject([{ name: batch.name, whole: true }]);
    expect(() => telemetryParts(batch, batch.bytes.length - 1)).toThrow(
      `the log of the replicas takes ${batch.bytes.length - 1}`,
    );
  });

  test.each([
    ['', 'no JSON'],
    ['[]', 'no object'],
    [JSON.stringify({ ...summary, body: '[]' }), 'a body that is no object'],
    [JSON.stringify({ ...summary, body: '{' }), 'a body that is no JSON'],
    [JSON.stringify({ ...summary, at: 'x' }), 'a time that is none'],
  ])('%s is none: %s', (text) => {
    expect(readTelemetry('net', Buffer.from(text))).toBeUndefined();
  });

  test('any bytes are read or passed over', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(readTelemetry('net', bytes)).toBeUndefined();
      }),
      { numRuns: runs(100) },
    );
  });
});
