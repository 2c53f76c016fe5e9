/** The gates on a real nginx, where the system has one: who is let through, with what, and what is refused. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { exposureConfig, ingestionConfig, tokensFile } from '../../model/kubernetes/gate.ts';
import { hindrance, makeGates } from './gate/stand.ts';
import { request } from './rawRequest.ts';

const TOKEN = 'a.Token-of-the-test';
/** `secret`, by crypt(3) with SHA-512. */
const HASH = '$6$saltsalt$TVLlQcbpFVof5W3Yz4DTP6gRstiNuHwwTt6GLc1E5n0U0aDehy0S5knV8wiOQSpT0Y77vwPZN.Pq.H91p5hVO1';
const BASIC = `Basic ${Buffer.from('ada:secret').toString('base64')}`;

interface Seen {
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

interface Behind {
  readonly address: string;
  readonly seen: readonly Seen[];
}
const NOBODY: Behind = { address: '', seen: [] };

const gates = makeGates();
const { stops, start: gate } = gates;

const without = hindrance();
beforeEach((context) => {
  if (without !== undefined) context.skip(without);
});

afterAll(() => gates.clear());

/** A program behind a gate, which keeps what came. */
async function behind(status = 200): Promise<Behind> {
  const seen: Seen[] = [];
  const server = createServer(async (incoming, reply) => {
    let body = '';
    for await (const chunk of incoming) body += chunk;
    seen.push({ url: incoming.url ?? '', headers: incoming.headers, body });
    // What is asked whether somebody may come knows one cookie.
    reply.writeHead(status === 200 || incoming.headers.cookie === 'known=1' ? 200 : status).end('behind');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(async () => server.close());
  return { address: `127.0.0.1:${portOf(server)}`, seen };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('ingestion', () => {
  const WRITE = '/api/v1/write';
  let first: Behind = NOBODY;
  let second: Behind = NOBODY;
  let port = 0;

  beforeAll(async () => {
    if (without !== undefined) return;
    first = await behind();
    second = await behind();
    const upstreams = [first.address, second.address];
    const config = ingestionConfig({ upstreams, paths: [WRITE], maxBody: 3 * 2 ** 20 });
    port = await gate(config, { 'tokens.map': tokensFile(TOKEN) });
  });

  test('a push with the token comes to every Prometheus, without the token', async () => {
    expect((await push({ authorization: `Bearer ${TOKEN}` }, 'samples')).status).toBe(200);
    for (const { seen } of [first, second]) {
      // The answer is that of one Prometheus; the copy for the other may still be on its way.
      await expect.poll(() => seen.length, { timeout: 10_000 }).toBeGreaterThan(0);
      expect(seen.map(({ url, body }) => [url, body])).toEqual([[WRITE, 'samples']]);
      expect(seen[0]?.headers.authorization).toBeUndefined();
    }
  });

  test.each([
    ['no token', {}],
    ['another token', { authorization: 'Bearer another-token-of-mine' }],
    ['its beginning', { authorization: `Bearer ${TOKEN.slice(0, -1)}` }],
    ['more than it', { authorization: `Bearer ${TOKEN}x` }],
    ['its letters in another case', { authorization: `Bearer ${TOKEN.toLowerCase()}` }],
    ['a letter where it has a dot', { authorization: `Bearer ${TOKEN.replace('.', 'x')}` }],
  ])('%s is refused', async (_, headers) => {
    const answer = await push(headers, 'samples');
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Bearer']);
  });

  test.each(['/', '/api/v1/query?query=up', '/api/v1/write/', '/-/replica/1', '/api/v1/otlp/v1/metrics'])(
    '%s is not there, even with the token',
    async (path) => {
      expect((await request(port, { path, headers: { authorization: `Bearer ${TOKEN}` } })).status).toBe(404);
    },
  );

  test('nothing is read from it, and no body that is too large comes through', async () => {
    const headers = { authorization: `Bearer ${TOKEN}` };
    expect((await request(port, { path: WRITE, headers })).status).toBe(403);
    expect((await push(headers, 'x'.repeat(3 * 2 ** 20 + 1))).status).toBe(413);
    expect((await push(headers, 'x'.repeat(3 * 2 ** 20))).status).toBe(200);
  });

  const push = (headers: Readonly<Record<string, string>>, body: string) =>
    request(port, { method: 'POST', path: WRITE, headers, body });
});

describe('exposure', () => {
  let service: Behind = NOBODY;
  let asked: Behind = NOBODY;
  let port = 0;

  beforeAll(async () => {
    if (without !== undefined) return;
    service = await behind();
    asked = await behind(401);
    const common = { upstream: service.address, own: [], closed: [] };
    const forward = { url: `http://${asked.address}/oauth2/auth`, signIn: 'https://login.example/start' };
    const config = exposureConfig([
      {
        ...common,
        host: 'basic.example',
        authentication: { users: 'users', addresses: [] },
        own: ['/webhook'],
        closed: ['/metrics', '/-/'],
      },
      { ...common, host: 'forward.example', authentication: { forward, addresses: [] } },
      { ...common, host: 'near.example', authentication: { addresses: ['198.51.100.0/24', '2001:db8::/32'] } },
      { ...common, host: 'open.example' },
    ]);
    port = await gate(config, { users: `ada:${HASH}\n` });
  });

  const get = (host: string, path: string, headers: Readonly<Record<string, string>> = {}) =>
    request(port, { path, headers: { host, ...headers } });
  const last = () => service.seen.at(-1);

  test('who is known comes in, and the service is not shown the password', async () => {
    expect((await get('basic.example', '/alerts?a=b%20c', { authorization: BASIC })).status).toBe(200);
    expect(last()?.url).toBe('/alerts?a=b%20c');
    expect(last()?.headers).toMatchObject({ host: 'basic.example', 'x-forwarded-proto': 'https' });
    expect(last()?.headers.authorization).toBeUndefined();
  });

  test('who is not known does not', async () => {
    const wrong = `Basic ${Buffer.from('ada:wrong').toString('base64')}`;
    const answers = [await get('basic.example', '/'), await get('basic.example', '/', { authorization: wrong })];
    expect(answers.map(({ status }) => status)).toEqual([401, 401]);
    expect(answers[0]?.headers['www-authenticate']).toMatch(/^Basic /);
  });

  test('where the service asks for its own token, the token comes through', async () => {
    for (const path of ['/webhook', '/webhook/op-stack/critical']) {
      expect((await get('basic.example', path, { authorization: 'Bearer x' })).status).toBe(200);
      expect(last()?.headers.authorization).toBe('Bearer x');
    }
  });

  test.each(['/webhook/../alerts', '/webhook/%2e%2e/alerts', '/webhook/..%2falerts', '/webhooks', '//alerts'])(
    '%s is no way round',
    async (path) => {
      expect((await get('basic.example', path, { authorization: 'Bearer x' })).status).toBe(401);
    },
  );

  test.each(['/metrics', '//metrics', '/%6detrics', '/a/../metrics', '/-/reload', '/-/auth', '/webhook/../metrics'])(
    '%s is not for outside, whoever asks',
    async (path) => {
      expect((await get('basic.example', path, { authorization: BASIC })).status).toBe(404);
    },
  );

  test('who is signed in elsewhere comes in; who is not is sent there', async () => {
    expect((await get('forward.example', '/page', { cookie: 'known=1' })).status).toBe(200);
    expect(asked.seen.at(-1)).toMatchObject({ url: '/oauth2/auth', body: '' });
    expect(asked.seen.at(-1)?.headers['x-original-url']).toBe('https://forward.example/page');
    const answer = await get('forward.example', '/page');
    expect([answer.status, answer.headers.location]).toEqual([
      302,
      'https://login.example/start?rd=https://forward.example/page',
    ]);
  });

  test('an address is the last one that the controller names, whatever a stranger says before it', async () => {
    const from = async (addresses: string) => (await get('near.example', '/', { 'x-forwarded-for': addresses })).status;
    expect(await from('198.51.100.7')).toBe(200);
    expect(await from('203.0.113.9, 2001:db8::1')).toBe(200);
    expect(await from('203.0.113.9')).toBe(403);
    expect(await from('198.51.100.7, 203.0.113.9')).toBe(403);
    expect((await get('near.example', '/')).status).toBe(403);
  });

  test('a host that is not exposed is not there', async () => {
    expect((await get('other.example', '/')).status).toBe(404);
    expect((await get('open.example', '/')).status).toBe(200);
  });
});
