/** The generator of load that benchmarks share. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { flatOut, paced, quantile, requestOf } from '../../../bench/http/load.ts';
import { watchStolen } from '../../../bench/http/stolen.ts';

const server = createServer({ keepAliveTimeout: 1 });
afterEach(() => server.close());

test('goes on where a server closes connections that are idle, and counts what is refused', async () => {
  let seen = 0;
  server.on('request', (request, response) => {
    request.resume().on('end', () => {
      seen += 1;
      // Closed with the answer, as one that was idle for too long is before the next request.
      response.writeHead(seen % 5 === 0 ? 503 : 200, { connection: 'close', 'content-length': 0 }).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const requests = Array.from({ length: 40 }, () => requestOf('/', '{}', 'token'));
  const result = await paced(port, requests, 400);
  expect([result.latencies.length, result.failures, seen]).toEqual([40, 8, 40]);
  const flat = await flatOut(port, requests, 4);
  expect([flat.latencies.length, flat.failures, seen]).toEqual([40, 8, 80]);
});

test('quantiles are of what was measured', () => {
  expect([0, 0.5, 0.99, 1].map((share) => quantile([1, 2, 3, 4], share))).toEqual([1, 3, 4, 4]);
  expect(quantile([], 0.5)).toBeNaN();
});

test('the time that was stolen is a share of all, or not known', () => {
  const stolen = watchStolen()();
  if (process.platform !== 'linux') return expect(stolen).toBeUndefined();
  expect(stolen).toBeGreaterThanOrEqual(0);
  expect(stolen).toBeLessThanOrEqual(1);
});
