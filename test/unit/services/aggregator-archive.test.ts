import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Entries, zipOf } from '../../../services/aggregator/export/archive.ts';
import { Archive } from '../../../services/aggregator/export/inThread.ts';
import { metricsText } from '../../../services/aggregator/export/metricsText.ts';
import { Turnstile } from '../../../services/aggregator/export/turnstile.ts';
import { metricsOf, readBatch } from '../../../services/aggregator/ingest/batch.ts';
import { runs } from '../../fixtures/prove.ts';
import { oneLineText } from '../../fixtures/text.ts';

/** How an archive is made; what programs of others find in one is in the integration test of the same name. */

const PEERS = 600;
const BYTES = 20_000;

/** As samples are: from the pool of small buffers; and such as does not compress. */
function filled(seed: number): Buffer {
  const bytes = Buffer.allocUnsafe(BYTES);
  for (let at = 0; at < BYTES; at += 1) bytes[at] = (at * at * seed) >> 7;
  return bytes;
}

test('an archive keeps nothing of the samples that went through it', async () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const held = () => {
    // What the first finds is given back while the program goes on; the second waits for that.
    collect();
    collect();
    return process.memoryUsage().arrayBuffers;
  };
  const entries: Entries = {
    *peers() {
      for (let id = 1; id <= PEERS; id += 1) yield { id, network: 'net', name: `peer-${id}` };
    },
    read: (id) => ({ at: 1_795_000_000, json: filled(id) }),
  };
  const before = held();
  let [most, parts, bytes] = [0, 0, 0];
  for await (const part of zipOf(entries, ['net'])) {
    parts += 1;
    bytes += part.length;
    // It is given away: nothing else may lie in its memory.
    expect(part.buffer.byteLength).toBe(part.length);
    if (parts % 10 === 0) most = Math.max(most, held() - before);
  }
  expect(bytes).toBeGreaterThan((PEERS * BYTES) / 2);
  expect(most).toBeLessThan((PEERS * BYTES) / 8);
});

describe('the metrics of a snapshot, as text', () => {
  const name = fc.oneof(fc.constantFrom('metrics', 'metric', 'a"b', 'c\\', '{', ']', 'é'), oneLineText());
  const value = fc.oneof(name, fc.jsonValue({ maxDepth: 3 }), fc.dictionary(name, fc.jsonValue({ maxDepth: 2 })));
  const blanks = fc.constantFrom(0, 1, '\t', '\n', '');

  test('are the bytes that another way finds', () => {
    const further = fc.dictionary(name, value);
    const parts = fc.tuple(further, fc.dictionary(name, value), further, blanks);
    fc.assert(
      fc.property(parts, ([before, metrics, after, space]) => {
        const snapshot = { ...before, peer_id: 'metrics', metrics, ...after, metrics_: 1 };
        // Whatever stands around it under that name by chance.
        Object.assign(snapshot, { metrics });
        const text = JSON.stringify(snapshot, null, space);
        const bytes = Buffer.from(text);
        expect(metricsText(bytes.toString())).toBe(Buffer.from(metricsOf(bytes)).toString());
      }),
      { numRuns: runs(300) },
    );
  });

  test.each([
    '{"a":"metrics","b":{"metrics":{"x":1}},"metrics" : {"y":["}"]} ,"metricz":{}}',
    '{"a":["metrics",{"metrics":{}}],"metrics":{}}',
    '{"\\u006detrics":{"y":1},"a":"metrics"}',
    '{"metrics":{"metrics":{"z":{}}}}',
  ])('are found in %s', (text) => {
    const limits = { maxSnapshots: 1, maxDepth: 9, maxSnapshotBytes: 1_000 };
    readBatch(Buffer.from(`[${text.replace('{', '{"peer_id":"p",')}]`), limits);
    expect(JSON.parse(metricsText(text))).toEqual(JSON.parse(text).metrics);
  });
});

describe('a thread that makes an archive', () => {
  test('waits until there is room, and is let go when nobody wants it any more', async () => {
    const cell = Turnstile.cell(2);
    const source = `
      import { parentPort, workerData } from 'node:worker_threads';
      import { Turnstile } from '${new URL('../../../services/aggregator/export/turnstile.ts', import.meta.url).href}';
      const turnstile = new Turnstile(workerData);
      try {
        for (let n = 1; ; n += 1) { turnstile.pass(); parentPort.postMessage(n); }
      } catch (error) { parentPort.postMessage(error.message); }`;
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { workerData: cell });
    const said: unknown[] = [];
    const heard = (count: number) =>
      new Promise<void>((resolve) => {
        const look = () => said.length >= count && resolve();
        worker.on('message', look);
        look();
      });
    worker.on('message', (word) => said.push(word));
    const exit = new Promise((resolve) => worker.once('exit', resolve));
    await heard(2);
    const ours = new Turnstile(cell);
    ours.leave();
    await heard(3);
    expect(Atomics.load(cell, 0)).toBe(0);
    ours.close();
    await exit;
    expect(said).toEqual([1, 2, 3, 'closed']);
    ours.leave();
    expect(() => ours.requireOpen()).toThrow('closed');
  });

  test('says why it cannot', async () => {
    const bounds = { heads: new Float64Array([0, 1]), since: 0, history: 10 };
    const archive = new Archive({ path: '/nowhere/aggregator.db', bounds, networks: ['net'], show: 'metrics' });
    await expect(archive.toArray()).rejects.toThrow(/unable to open database file/);
  });
});
