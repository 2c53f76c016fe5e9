import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { AggregatorPlace, TOKEN } from './aggregator/process.ts';

let place: AggregatorPlace;
beforeEach(() => {
  place = new AggregatorPlace();
});
afterEach(() => place.clear());

const errorBody = z.object({ error: z.string(), reason: z.string(), remedy: z.string() });

test('what is asked in another way is told how, and no wrong number or place is taken for the first page', async () => {
  const aggregator = await place.start();
  const asked = async (method: string, path: string) => {
    const answer = await fetch(aggregator.url + path, { method, headers: { 'x-auth-token': TOKEN } });
    return { status: answer.status, allow: answer.headers.get('allow'), body: errorBody.parse(await answer.json()) };
  };
  for (const [method, path, allow] of [
    ['GET', '/ingest', 'POST'],
    ['DELETE', '/ingest', 'POST'],
    ['PATCH', '/peers', 'GET'],
    ['DELETE', '/peer/a%2Fb', 'GET'],
    ['PUT', '/telemetry', 'GET, POST'],
    ['POST', '/telemetry/node-1', 'GET'],
    ['GET', '/prune', 'POST'],
    ['POST', '/correlations/m', 'GET'],
    ['PUT', '/export/all', 'GET, POST'],
  ] as const) {
    expect([method, path, await asked(method, path)]).toEqual([
      method,
      path,
      {
        status: 405,
        allow,
        body: {
          error: 'method_not_allowed',
          reason: `${path} takes no ${method}`,
          remedy: `use ${allow.replace(', ', ' or ')}`,
        },
      },
    ]);
  }
  expect(await asked('GET', '/peer/')).toMatchObject({ status: 404 });
  for (const [path, reason] of [
    ['/peers?after=xyz', 'after: names no place, such as the-block-mainnet/12D3KooW…, but "xyz"; take "next"'],
    ['/peers?after=', 'after: names no place'],
    ['/peers?after=default/', 'after: names no place'],
    ['/peers?limit=abc', 'limit: wants a whole number from 1 to 1000, not "abc"'],
    ['/peers?limit=0', 'limit: wants a whole number from 1 to 1000, not "0"'],
    ['/peers?limit=1001', 'limit: wants a whole number from 1 to 1000, not "1001"'],
    ['/peers?limit=0x10', 'limit: wants a whole number from 1 to 1000, not "0x10"'],
    ['/peers?limit=', 'limit: wants a whole number from 1 to 1000, not ""'],
    ['/peers?limit=1&limit=2', 'limit: stands more than once'],
    ['/peers?network=', 'network: is no name of a network'],
    ['/peers?page=2', '"page" is not known'],
    ['/peer/a?since=yesterday', 'since: wants a whole number of at least 0, not "yesterday"'],
    ['/peer/a?limit=-1', 'limit: wants a whole number of at least 1, not "-1"'],
    ['/peer/a?show=all', 'show: is none of metrics, snapshot'],
    ['/telemetry?after=n', 'after: names no place'],
    ['/telemetry/n?network=a%20b', 'network: is no name of a network'],
    ['/correlations/m?limit=65', 'limit: wants a whole number from 1 to 64, not "65"'],
  ] as const) {
    const { status, body } = await asked('GET', path);
    expect([path, status, body.error, body.reason]).toEqual([path, 400, 'bad_query', expect.stringContaining(reason)]);
    expect(body.remedy).toMatch(/^correct it, or leave it out; known are /);
  }
  const query = await asked('POST', '/ingest?network=default');
  expect(query).toMatchObject({ status: 400, body: { error: 'bad_query', reason: expect.stringContaining('"?"') } });
});

test('a body of another kind, or of too many bytes, is told what is wanted', async () => {
  const aggregator = await place.start();
  const send = async (path: string, type: string, body: string) => {
    const headers = { 'x-auth-token': TOKEN, 'content-type': type };
    const answer = await fetch(aggregator.url + path, { method: 'POST', headers, body });
    return { status: answer.status, ...errorBody.parse(await answer.json()) };
  };
  const remedy = expect.stringContaining('content-type: application/json');
  for (const path of ['/prune', '/export/all', '/peer/a/export', '/keys/rotate', '/keys/verify'])
    expect([path, await send(path, 'application/x-www-form-urlencoded', '{}')]).toEqual([
      path,
      { status: 415, error: 'not_json', reason: expect.any(String), remedy },
    ]);
  const large = await send('/prune', 'application/json', ' '.repeat(2_000_000));
  expect(large).toMatchObject({ status: 413, error: 'too_large' });
  expect(large.remedy).not.toContain('alerts');
});
