import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openClient } from '../../services/agent/client.ts';
import { Authority, OPENSSL } from '../fixtures/certificates.ts';
import { get, plainAnswer, shown, text } from './aggregator/overTls.ts';
import { AggregatorPlace, TOKEN, until } from './aggregator/process.ts';

/** Callers with whom no TLS can be agreed upon: what they are answered, and what the log says of them. */

const WAIT = 120_000;

let place: AggregatorPlace;
let ours: Authority;
let files: { cert: string; key: string; clientCa: string };
beforeEach((context) => {
  if (!OPENSSL) context.skip('there is no openssl');
  place = new AggregatorPlace();
  ours = new Authority(place.folder, 'ours');
  const { cert, key } = ours.issue('server');
  files = { cert, key, clientCa: ours.cert };
});
afterEach(() => place.clear());

describe('the log says of a connection that was refused whose it was, what was wrong, and what to do:', () => {
  test.each([
    [
      'no certificate',
      () => ({}),
      { error: 'tls_no_certificate', reason: /shows no certificate/, remedy: /ours\.pem .*--cert-file/ },
    ],
    [
      'one of another authority',
      () => shown(new Authority(place.folder, 'strange').issue('stranger')),
      { error: 'tls_bad_certificate', reason: /of no authority that is taken \([A-Z_]+\)/, remedy: /ours\.pem/ },
    ],
    [
      'one that has ended',
      () => shown(ours.issue('old', -1)),
      { error: 'tls_bad_certificate', reason: /has ended/, remedy: /new one/ },
    ],
    ['plain HTTP', () => undefined, { error: 'plain_http', reason: /plain HTTP/, remedy: /https/ }],
  ])('%s', async (_what, caller, says) => {
    const aggregator = await place.start({ settings: { tls: files } });
    const shows = caller();
    const ask = () =>
      shows === undefined ? plainAnswer(aggregator.url) : get(aggregator.url, { ca: text(ours.cert), ...shows });
    for (let times = 0; times < 20; times += 1) await ask();
    const told = () => aggregator.log.filter(({ msg }) => msg === 'a request was refused');
    await until(() => told().length > 0, 'it is told', WAIT);
    const { error, reason, remedy } = says;
    expect(told()[0]).toMatchObject({
      error,
      reason: expect.stringMatching(reason),
      remedy: expect.stringMatching(remedy),
      from: '127.0.0.1',
      unsaid: 0,
    });
    // One a second at most.
    const [first = 0, last = 0] = [told()[0], told().at(-1)].map((line) => Date.parse(String(line?.time)));
    expect(told().length).toBeLessThanOrEqual(1 + (last - first) / 1_000);
  });

  test('an agent that speaks plain HTTP keeps its batch until it is told the right address', async () => {
    const { clientCa: _none, ...tls } = files;
    const aggregator = await place.start({ settings: { tls } });
    const faults: string[] = [];
    const dropped: string[] = [];
    const client = await openClient({
      aggregators: [aggregator.url.replace('https:', 'http:')],
      node: 'n',
      queueFolder: join(place.folder, 'queue'),
      token: () => TOKEN,
      backoff: { min: 20, max: 100 },
      observer: { onFault: (reason) => faults.push(reason), onDropped: (reason) => dropped.push(reason) },
    });
    try {
      await client.push([{ peer_id: 'a', metrics: { n: 1 } }]);
      await until(() => faults.length > 1, 'it tries again', WAIT);
      expect([dropped, client.state().batches, client.state().trouble?.message]).toEqual([
        [],
        1,
        expect.stringContaining('ask by https://'),
      ]);
    } finally {
      await client.close();
    }
  });
});
