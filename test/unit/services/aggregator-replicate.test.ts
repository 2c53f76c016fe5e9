import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readBatch, SPAN, WIDEST_LIMITS } from '../../../services/aggregator/ingest/batch.ts';
import { partBytes, splitBatch } from '../../../services/aggregator/ingest/parts.ts';
import { furthest } from '../../../services/aggregator/replicate/catchUp.ts';
import { Lag } from '../../../services/aggregator/replicate/lag.ts';
import { HEADERS, readMessage } from '../../../services/aggregator/replicate/message.ts';
import { findPosition } from '../../../services/aggregator/replicate/position.ts';
import { replicationSettings } from '../../../services/aggregator/replicate/settings.ts';
import {
  dangersOf,
  leaderless,
  subjectsOf,
  wantedStream,
} from '../../../services/aggregator/replicate/streamConfig.ts';
import { settingsSchema } from '../../../services/aggregator/settings.ts';
import { runs } from '../../fixtures/prove.ts';

const MARK = { stream: 'monday', seq: 7, name: 'net/b7', at: 1_795_000_000_000 };
const named = async (): Promise<string | undefined> => MARK.name;

describe('where a replica goes on reading', () => {
  const at = (
    created: string,
    firstSeq: number,
    lastSeq: number,
    mark: typeof MARK | undefined = MARK,
    nameAt = named,
  ) => findPosition({ created, firstSeq, lastSeq }, mark, nameAt);

  test('behind what it has read', async () => {
    expect(await at('monday', 1, 9)).toEqual({ go: 'on', from: 7 });
    expect(await at('monday', 7, 7)).toEqual({ go: 'on', from: 7 });
    // Nothing is missing where the next one is the first that is there; its own is gone, and cannot be compared.
    expect(await at('monday', 8, 9, MARK, async () => undefined)).toEqual({ go: 'on', from: 7 });
  });

  test('from the beginning of a log that it does not know', async () => {
    expect(await findPosition({ created: 'monday', firstSeq: 0, lastSeq: 0 }, undefined, named)).toMatchObject({
      go: 'anew',
      from: 0,
    });
    expect(await at('tuesday', 1, 9)).toMatchObject({ go: 'anew', from: 0 });
  });

  test('from the beginning where the log has lost what it had read', async () => {
    expect(await at('monday', 1, 6)).toMatchObject({ go: 'anew', from: 0 });
    expect(await at('monday', 3, 9, MARK, async () => 'net/another')).toMatchObject({ go: 'anew', from: 2 });
    expect(await at('monday', 3, 9, MARK, async () => undefined)).toMatchObject({ go: 'anew', from: 2 });
  });

  test('nowhere without a snapshot where the next message is gone', async () => {
    expect(await at('monday', 9, 12)).toMatchObject({ go: 'snapshot' });
    expect(await at('tuesday', 2, 12)).toMatchObject({ go: 'snapshot' });
    expect(await findPosition({ created: 'monday', firstSeq: 2, lastSeq: 2 }, undefined, named)).toMatchObject({
      go: 'snapshot',
    });
  });
});

describe('the stream', () => {
  const wanted = { stream: 'log', streamReplicas: 3, keepLog: 172_800_000 };
  const good = { max_msgs: -1, max_bytes: -1, max_msgs_per_subject: -1, ...wantedStream(wanted) };

  test('that we make is none that we refuse', () => {
    expect(dangersOf(good, wanted)).toEqual([]);
    expect(dangersOf({ ...good, subjects: ['log.>'], num_replicas: 5, max_bytes: 1_000_000 }, wanted)).toEqual([]);
  });

  test.each([
    ['storage', { storage: 'memory' }],
    ['retention', { retention: 'workqueue' }],
    ['num_replicas', { num_replicas: 1 }],
    ['no_ack', { no_ack: true }],
    ['persist_mode', { persist_mode: 'async' }],
    ['sealed', { sealed: true }],
    ['compression', { compression: 's2' }],
    ['max_msgs_per_subject', { max_msgs_per_subject: 5 }],
    ['discard', { discard: 'old', max_bytes: 1_000_000 }],
    ['max_age', { max_age: 1_000_000_000 }],
    ['subjects', { subjects: ['log.*.more', 'log.batch'] }],
    ['mirror', { mirror: { name: 'other' } }],
    ['sources', { sources: [{ name: 'other' }] }],
    ['subject_transform', { subject_transform: { src: 'a', dest: 'b' } }],
  ])('is refused for %s', (what, change) => {
    const dangers = dangersOf({ ...good, ...change }, wanted);
    expect(dangers).toEqual([expect.stringMatching(new RegExp(`^${what}: `))]);
  });

  test('that no server leads is not looked at', () => {
    expect(leaderless({})).toMatch('no NATS server leads');
    expect(leaderless({ leader: '' })).toMatch('no NATS server leads');
    expect(leaderless({ leader: 'n0' })).toBeUndefined();
    // One server alone.
    expect(leaderless(undefined)).toBeUndefined();
  });
});

describe('a batch in messages', () => {
  const batchOf = (sizes: readonly number[]) => {
    const snapshots = sizes.map((size, index) => ({ peer_id: `p${index}`, metrics: { text: 'ü'.repeat(size) } }));
    const bytes = Buffer.from(JSON.stringify(snapshots, null, 1));
    return { bytes, spans: readBatch(bytes, WIDEST_LIMITS), snapshots };
  };

  test('none is too large, and together they are the batch', () => {
    const sizes = fc.array(fc.nat(200), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 470, max: 5_000 }), (lengths, most) => {
        const { bytes, spans, snapshots } = batchOf(lengths);
        const parts = splitBatch(bytes, spans, 'b', most);
        const bodies = parts.map((part) => Buffer.from(partBytes(bytes, spans, part)));
        for (const body of bodies) expect(body.length).toBeLessThanOrEqual(most);
        expect(bodies.flatMap((body): unknown[] => JSON.parse(body.toString()))).toEqual(snapshots);
        expect(new Set(parts.map(({ name }) => name)).size).toBe(parts.length);
        for (const body of bodies) expect(readBatch(body, WIDEST_LIMITS).length % SPAN.width).toBe(0);
      }),
      { numRuns: runs(100) },
    );
  });

  test('one that fits goes as it was sent, under its own name', () => {
    const { bytes, spans } = batchOf([1, 2]);
    const [part, ...more] = splitBatch(bytes, spans, 'b', bytes.length);
    expect([part, more]).toEqual([{ name: 'b', from: 0, to: 2, whole: true }, []]);
    expect(part && partBytes(bytes, spans, part)).toBe(bytes);
    expect(splitBatch(bytes, spans, 'b', bytes.length - 1).map(({ name }) => name)).toEqual(['b']);
    expect(splitBatch(bytes, spans, 'b', 62).map(({ name }) => name)).toEqual(['b#1.2', 'b#2.2']);
  });

  test('a snapshot that fits into no message is refused', () => {
    const { bytes, spans } = batchOf([1, 100]);
    expect(() => splitBatch(bytes, spans, 'b', 100)).toThrow('snapshot 1 has 2');
  });
});

describe('a message of the log', () => {
  const subjects = subjectsOf('log');
  const read = (subject: string, headers: Readonly<Record<string, string>>, data = '[]') => {
    const header = (name: string) => headers[name] ?? '';
    return readMessage({ subject, seq: 3, at: 5, data: Buffer.from(data), header }, 'monday', subjects);
  };

  test('is a batch of a network', () => {
    const headers = { [HEADERS.name]: 'net/a:b', [HEADERS.received]: '1795000000', [HEADERS.replica]: 'r1' };
    expect(read('log.batch', headers)).toMatchObject({
      kind: 'batch',
      network: 'net',
      name: 'a:b',
      receivedAt: 1_795_000_000,
      replica: 'r1',
      mark: { stream: 'monday', seq: 3, name: 'net/a:b', at: 5 },
    });
  });

  test('is a decision', () => {
    const entry = { kind: 'prune', epoch: 4, at: 5, data: { before: 3 } };
    expect(read('log.control', {}, JSON.stringify(entry))).toMatchObject({ kind: 'control', entry });
  });

  test.each([
    ['log.control', {}, 'no JSON'],
    ['log.control', {}, '{"kind":"dance","epoch":1,"at":1,"data":{}}'],
    ['log.batch', { [HEADERS.received]: '5' }, '[]'],
    ['log.batch', { [HEADERS.name]: 'no-network', [HEADERS.received]: '5' }, '[]'],
    ['log.batch', { [HEADERS.name]: 'net/b', [HEADERS.received]: 'soon' }, '[]'],
    ['log.other', { [HEADERS.name]: 'net/b', [HEADERS.received]: '5' }, '[]'],
  ])('that is neither is passed over: %s %j %s', (subject, headers, data) => {
    expect(read(subject, headers, data)).toMatchObject({ kind: 'unknown', mark: { seq: 3 } });
  });
});

test('the lag grows while nothing is known, and is never negative', () => {
  const lag = new Lag(1_000);
  expect(lag.seconds(3_500)).toBe(2.5);
  lag.has(3_000);
  lag.has(2_000);
  expect([lag.seconds(3_500), lag.seconds(2_500)]).toEqual([0.5, 0]);
});

test('the lag grows also after the clock was put back', () => {
  const lag = new Lag(1_000);
  lag.has(3_600_000);
  expect([lag.seconds(5_000), lag.seconds(8_000)]).toEqual([0, 3]);
});

test('a snapshot comes from the replica that has read furthest, and from none that has not read enough', () => {
  const state = { created: 'monday', firstSeq: 10, lastSeq: 20 };
  const other = (url: string, seq: number, stream = 'monday') => ({ url, seq, stream, since: 0 });
  const silent = { url: 'd', trouble: 'ECONNREFUSED' };
  expect(furthest([other('a', 9), silent, other('b', 12), other('c', 99, 'sunday')], state).url).toBe('b');
  expect(furthest([other('a', 9)], state).url).toBe('a');
  expect(() => furthest([other('a', 8), silent], state)).toThrow(/no other replica has read.*d: ECONNREFUSED/);
  expect(() => furthest([silent], state)).toThrow('no other replica answers (d: ECONNREFUSED)');
  expect(() => furthest([], state)).toThrow('the settings name no other replica');
});

describe('the settings', () => {
  const servers = ['nats://127.0.0.1:4222'];
  const problems = (settings: Readonly<Record<string, unknown>>) =>
    replicationSettings.safeParse(settings).error?.issues.map(({ path }) => path.join('.')) ?? [];

  test('need the NATS servers alone', () => {
    expect(replicationSettings.parse({ servers })).toMatchObject({
      streamReplicas: 3,
      keepOwn: 3_600_000,
      replicas: [],
    });
    expect(problems({})).toEqual(['servers']);
    expect(problems({ servers: [] })).toEqual(['servers']);
  });

  test.each([
    ['streamReplicas', { streamReplicas: 2 }],
    ['stream', { stream: 'a.b' }],
    ['name', { name: 'with space' }],
    ['credentialsFile', { tokenFile: 'a', credentialsFile: 'b' }],
    ['replicas.0', { replicas: ['aggregator-0'] }],
    ['keepLog', { keepLog: '1s' }],
    ['keyFile', { certFile: 'client.pem' }],
    ['replicasTls', { replicasTls: { certFile: 'client.pem' } }],
    ['replicasScheme', { replicasScheme: 'ftp' }],
  ])('refuse a wrong %s', (path, more) => {
    expect(problems({ servers, ...more })).toEqual([path]);
  });

  test('of several replicas name who leads', () => {
    const at = (leader: object) =>
      settingsSchema.safeParse({ replication: { servers }, ...leader }).error?.issues.map(({ path }) => path.join('.'));
    expect(at({})).toEqual(['leader']);
    expect(at({ leader: { kubernetes: {} } })).toBeUndefined();
    expect(settingsSchema.safeParse({}).success).toBe(true);
  });
});
