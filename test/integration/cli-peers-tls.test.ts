/** What `chainwatch peers` says where a connection over TLS comes to nothing: in words, with what to do. */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Authority, type Issued, OPENSSL } from '../fixtures/certificates.ts';
import { inProcess } from './command.ts';

describe.skipIf(!OPENSSL)('TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chainwatch-peers-tls-'));
  let ours: Authority;
  let server: Issued;
  let servers: Server[] = [];
  beforeAll(() => {
    ours = new Authority(folder, 'ours');
    server = ours.issue('server');
  });
  afterEach(() => {
    for (const each of servers) each.close();
    servers = [];
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** @returns the port of a server that answers as an aggregator without peers */
  async function served({ cert, key }: Issued, clientCa?: string): Promise<number> {
    const read = (path: string) => readFileSync(path, 'utf8');
    const asking = clientCa === undefined ? {} : { ca: read(clientCa), requestCert: true, rejectUnauthorized: true };
    const made = createServer({ cert: read(cert), key: read(key), ...asking }, (_request, response) => {
      response.end('{"peers":[],"next":null}');
    });
    servers.push(made);
    await once(made.listen(0, '0.0.0.0'), 'listening');
    const address = made.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  const list = (url: string, ...more: readonly string[]) =>
    inProcess(['peers', 'list', '--aggregator', url, ...more], { cwd: folder, env: { CHAINWATCH_CA_FILE: undefined } });

  test('with its authority, and a certificate of ours where it wants one, the aggregator is asked', async () => {
    const port = await served(server, ours.cert);
    const own = ours.issue('operator');
    const files = ['--ca-file', ours.cert, '--cert-file', own.cert, '--key-file', own.key];
    expect(await list(`https://localhost:${port}`, ...files)).toMatchObject({ code: 0, stderr: '0 peers\n' });
  });

  test('an authority that nobody trusts', async () => {
    const { code, stderr } = await list(`https://localhost:${await served(server)}`);
    expect(code).toBe(6);
    expect(stderr).toMatch(/does not answer: nobody here trusts .*\nRemedy: .*--ca-file FILE\n$/);
  });

  test('a certificate that has ended', async () => {
    const { code, stderr } = await list(
      `https://localhost:${await served(ours.issue('old', -1))}`,
      '--ca-file',
      ours.cert,
    );
    expect({ code, stderr }).toMatchObject({ code: 6, stderr: expect.stringContaining('has ended\nRemedy: ') });
  });

  test('a certificate for other names', async () => {
    const { code, stderr } = await list(`https://127.0.0.2:${await served(server)}`, '--ca-file', ours.cert);
    expect({ code, stderr }).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('is not for 127.0.0.2\nRemedy: '),
    });
  });

  test('an aggregator that wants a certificate of ours', async () => {
    const { code, stderr } = await list(`https://localhost:${await served(server, ours.cert)}`, '--ca-file', ours.cert);
    expect(code).toBe(6);
    expect(stderr).toMatch(/only of those who show a certificate.*\nRemedy: .*--cert-file FILE --key-file FILE\n$/);
  });

  test('an aggregator that does not take the certificate that it is shown', async () => {
    const theirs = new Authority(folder, 'theirs').issue('stranger');
    const files = ['--ca-file', ours.cert, '--cert-file', theirs.cert, '--key-file', theirs.key];
    const { code, stderr } = await list(`https://localhost:${await served(server, ours.cert)}`, ...files);
    expect(code).toBe(6);
    expect(stderr).toMatch(/may not take the certificate.*\nRemedy: .*--cert-file FILE --key-file FILE/);
  });

  test('http:// where TLS is spoken', async () => {
    const { code, stderr } = await list(`http://127.0.0.1:${await served(server)}`);
    expect(code).toBe(6);
    expect(stderr).toMatch(/closed the connection at once\nRemedy: .*https:\/\//);
  });
});
