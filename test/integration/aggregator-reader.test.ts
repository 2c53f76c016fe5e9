import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PROVE } from '../fixtures/prove.ts';
import { counted, errorOf, exported, NOW, push, saved, unzipped } from './aggregator/exports.ts';
import { AggregatorPlace, type AggregatorProcess, TOKEN, until } from './aggregator/process.ts';

/** Who reads an export: slowly, not to the end, or all of a large one. */

let place: AggregatorPlace;
beforeEach(() => {
  place = new AggregatorPlace();
});
afterEach(() => place.clear());

const noise = randomBytes(6_000_000).toString('base64');

/** Snapshots that do not compress, so that they fill every buffer on the way. */
async function fill(aggregator: AggregatorProcess, samples: number, bytes: number, peers: number): Promise<void> {
  const size = Math.min(1_000, Math.floor(4_000_000 / bytes));
  for (let from = 0; from < samples; from += size) {
    const snapshots = Array.from({ length: Math.min(size, samples - from) }, (_, index) => {
      const n = from + index;
      const start = (n * bytes) % (noise.length - bytes);
      const metrics = { n, noise: noise.slice(start, start + bytes) };
      return { peer_id: `peer-${n % peers}`, timestamp: NOW - Math.floor((samples - n - 1) / peers), metrics };
    });
    expect((await aggregator.push(snapshots, { 'x-network': 'bega' })).status).toBe(200);
  }
}

async function slowly(aggregator: AggregatorProcess): Promise<IncomingMessage> {
  const asked = request(`${aggregator.url}/export/all`, { headers: { authorization: `Bearer ${TOKEN}` } }).end();
  const [answer]: IncomingMessage[] = await once(asked, 'response');
  if (answer === undefined) throw new Error('no answer');
  answer.pause();
  answer.on('error', () => {});
  return answer;
}

function prune(aggregator: AggregatorProcess): Promise<Response> {
  return fetch(`${aggregator.url}/prune`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ before: NOW }),
  });
}

async function rss(aggregator: AggregatorProcess): Promise<number> {
  return (await aggregator.metric('process_resident_memory_bytes')) / 2 ** 20;
}

describe('a reader', () => {
  test('that is slow is waited for, and sees its moment', async () => {
    const aggregator = await place.start({ settings: { maxSnapshotBytes: 200_000 } });
    await fill(aggregator, 800, 50_000, 20);
    const whole = await slowly(aggregator);
    await push(aggregator, ['late']);
    expect(await errorOf(await prune(aggregator))).toMatchObject({ status: 409, error: 'exports_under_way' });
    const path = join(place.folder, 'slow.zip');
    await pipeline(whole, createWriteStream(path));
    const files = unzipped(path);
    expect(Object.keys(files)).toHaveLength(20);
    expect(files).not.toHaveProperty(['late.json']);
  });

  test('that is too slow is cut off, and then what it needed can be forgotten', async () => {
    const aggregator = await place.start({ settings: { exportMaxDuration: '2s', maxSnapshotBytes: 200_000 } });
    await fill(aggregator, 800, 50_000, 20);
    const cut = await slowly(aggregator);
    await until(async () => (await aggregator.metric(counted('too_slow'))) === 1, 'the slow one is cut off');
    const closed = new Promise((resolve) => cut.once('close', resolve));
    cut.resume();
    await closed;
    expect(cut.complete).toBe(false);
    const pruned = await prune(aggregator);
    expect([pruned.status, await pruned.json()]).toMatchObject([200, { removed: 780 }]);
  });

  test('that goes leaves nothing behind', async () => {
    const aggregator = await place.start({ settings: { maxSnapshotBytes: 200_000 } });
    await fill(aggregator, 800, 50_000, 20);
    for (let round = 0; round < 6; round += 1) (await slowly(aggregator)).destroy();
    await until(async () => (await aggregator.metric(counted('gone'))) === 6, 'all are known to have gone');
    expect(unzipped(await saved(await exported(aggregator), join(place.folder, 'after.zip')))).toHaveProperty([
      'peer-0.json',
    ]);
  });

  test('does not hold up the end of the service for longer than half of its grace', async () => {
    const aggregator = await place.start({ settings: { shutdownGrace: '4s', maxSnapshotBytes: 200_000 } });
    await fill(aggregator, 800, 50_000, 20);
    await slowly(aggregator);
    expect(await aggregator.stop()).toBe(0);
  });

  test('of many samples costs no memory that grows with them', async () => {
    const aggregator = await place.start();
    const [samples, size] = PROVE ? [200_000, 1_000] : [30_000, 5_000];
    await fill(aggregator, samples, size, 500);
    // One of a part first, so that what is loaded and compiled, and the first buffers, are there.
    const warm = '?network=arabica';
    await push(
      aggregator,
      Array.from({ length: 900 }, (_, index) => `warm-${index}-${noise.slice(index * 90, index * 90 + 90)}`),
      'arabica',
    );
    for (let round = 0; round < 5; round += 1) await (await exported(aggregator, warm)).arrayBuffer();
    const before = await rss(aggregator);
    let [bytes, most] = [0, before];
    const answer = await exported(aggregator, '?network=bega');
    const looking = setInterval(async () => {
      most = Math.max(most, await rss(aggregator));
    }, 200);
    for await (const chunk of answer.body ?? []) bytes += chunk.length;
    clearInterval(looking);
    // What is held of it must be a small part, whatever the collector leaves lying about.
    expect(bytes / 2 ** 20).toBeGreaterThan(100);
    expect(most - before).toBeLessThan(90);
  }, 300_000);
});
