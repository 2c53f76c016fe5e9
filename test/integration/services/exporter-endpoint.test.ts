import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Endpoint, type RequestObserver } from '../../../services/exporter/evm/endpoint.ts';

const hash = (digit: string) => `0x${digit.repeat(64)}`;
const HEAD = { number: '0x64', hash: hash('1'), parentHash: hash('2'), timestamp: '0x6553f10c', baseFeePerGas: '0x7' };

type Methods = Record<string, (params: readonly unknown[]) => unknown>;
const GOOD: Methods = {
  eth_chainId: () => '0x7a69',
  eth_getBlockByNumber: () => HEAD,
  eth_syncing: () => false,
  eth_gasPrice: () => '0x77359400',
};

class Counted implements RequestObserver {
  readonly kinds: string[] = [];
  readonly methods: string[] = [];
  answered(_endpoint: Endpoint, method: string): void {
    this.methods.push(method);
  }
  failed(_endpoint: Endpoint, { kind }: { kind: string }): void {
    this.kinds.push(kind);
  }
}

const servers: Server[] = [];
const endpoints: Endpoint[] = [];
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainwatch-exporter-'));
});
afterEach(() => {
  for (const endpoint of endpoints.splice(0)) endpoint.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(folder, { recursive: true, force: true });
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

/** A node that answers by these functions; what one throws becomes a JSON-RPC error. */
function node(methods: Methods, heard: { method: string; authorization: string | undefined }[] = []): Promise<string> {
  return serve((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { id, method, params } = JSON.parse(Buffer.concat(chunks).toString());
      heard.push({ method, authorization: request.headers.authorization });
      try {
        const answer = methods[method];
        if (answer === undefined) throw Object.assign(new Error('the method does not exist'), { code: -32_601 });
        response.end(JSON.stringify({ jsonrpc: '2.0', id, result: answer(params) }));
      } catch (error) {
        const { message, code } = error as { message: string; code?: number };
        response.end(JSON.stringify({ jsonrpc: '2.0', id, error: { code: code ?? -32_000, message } }));
      }
    });
  });
}

function endpoint(where: { url: string } | { urlFile: string }, timeout = 2_000): [Endpoint, Counted] {
  const counted = new Counted();
  const made = new Endpoint({ layer: 'l1', chainId: 31_337, ...where }, timeout, counted);
  endpoints.push(made);
  return [made, counted];
}

describe('Endpoint', () => {
  it('reads head, chain, syncing and gas price', async () => {
    const [it, counted] = endpoint({ url: await node(GOOD) });
    const { head, chainId, syncing, gasPrice, fault } = await it.read();
    expect(head).toMatchObject({ height: 100, timestamp: 1_700_000_012, baseFee: 7n });
    expect({ chainId, syncing, gasPrice, fault }).toEqual({
      chainId: 31_337,
      syncing: false,
      gasPrice: 2_000_000_000n,
      fault: undefined,
    });
    expect(counted.kinds).toEqual([]);
    expect(counted.methods).toHaveLength(4);
  });

  it('believes nothing of a node of another chain', async () => {
    const [it, counted] = endpoint({ url: await node({ ...GOOD, eth_chainId: () => '0x1' }) });
    const { head, chainId, fault } = await it.read();
    expect({ head, chainId, kind: fault?.kind }).toEqual({ head: undefined, chainId: 1, kind: 'wrong_chain' });
    expect(fault?.message).toBe('serves chain 1 instead of 31337');
    expect(counted.kinds).toEqual(['wrong_chain']);
  });

  it('needs to know the chain once, not every time', async () => {
    let broken = true;
    const methods = {
      ...GOOD,
      eth_chainId: () => {
        if (broken) throw new Error('busy');
        return '0x7a69';
      },
    };
    const [it] = endpoint({ url: await node(methods) });
    expect(await it.read()).toMatchObject({ head: undefined, fault: { kind: 'payload' } });
    broken = false;
    expect((await it.read()).head?.height).toBe(100);
    broken = true;
    expect((await it.read()).head?.height).toBe(100);
  });

  it('stops asking for what the node does not know, and does not count it as an error', async () => {
    const heard: { method: string; authorization: string | undefined }[] = [];
    const { eth_chainId, eth_getBlockByNumber } = GOOD;
    const url = await node({ eth_chainId, eth_getBlockByNumber } as Methods, heard);
    const [it, counted] = endpoint({ url });
    await it.read();
    await it.read();
    expect((await it.read()).head?.height).toBe(100);
    expect(counted.kinds).toEqual([]);
    expect(heard.filter(({ method }) => method === 'eth_syncing')).toHaveLength(1);
  });

  const faults: [string, RequestListener, string][] = [
    ['an error status', (_, response) => response.writeHead(429).end('{"error":{"message":"slow down"}}'), 'http'],
    ['a page instead of JSON', (_, response) => response.end('<html>maintenance</html>'), 'payload'],
    ['an answer without end', (_, response) => response.end('x'.repeat(3 * 1024 * 1024)), 'payload'],
    ['silence', () => {}, 'timeout'],
    ['half an answer', (_, response) => response.writeHead(200, { 'content-length': '10' }).write('{'), 'timeout'],
    ['a closed connection', (request) => request.socket.destroy(), 'connection'],
    ['a way to elsewhere', (_, response) => response.writeHead(307, { location: '/x' }).end(), 'connection'],
  ];
  it.each(faults)('tells %s', async (_name, listener, kind) => {
    const [it, counted] = endpoint({ url: await serve(listener) }, kind === 'timeout' ? 300 : 5_000);
    expect((await it.read()).fault?.kind).toBe(kind);
    expect(new Set(counted.kinds)).toEqual(new Set([kind]));
    // What was refused at once says nothing about how fast the endpoint is.
    expect(counted.methods).toHaveLength(kind === 'connection' ? 0 : 4);
  });

  it('does not take another block for the one it asked for', async () => {
    const [it, counted] = endpoint({ url: await node(GOOD) });
    expect((await it.blockAt(100))?.hash).toBe(hash('1'));
    expect(await it.blockAt(99)).toBeUndefined();
    expect(counted.kinds).toEqual(['payload']);
  });

  it('sends the credentials of a URL as a header', async () => {
    const heard: { method: string; authorization: string | undefined }[] = [];
    const url = (await node(GOOD, heard)).replace('http://', 'http://me:p%40ss@');
    const [it] = endpoint({ url });
    await it.read();
    expect(heard[0]?.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
    expect(it.host).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  it('goes over to the URL that its file now holds, and shows no more of it than the host', async () => {
    const urlFile = join(folder, 'rpc');
    const [it, counted] = endpoint({ urlFile });
    expect(it.host).toBe('file rpc');
    expect((await it.read()).fault?.message).toMatch(/rpc cannot be read \(ENOENT\)/);
    expect(it.fileProblem()).toMatch(/ENOENT/);
    expect(counted.kinds).toEqual(['connection']);

    const first = await node(GOOD);
    writeFileSync(urlFile, `${first}/v2/secret-key-1\n`);
    expect((await it.read()).head?.height).toBe(100);
    expect(it.fileProblem()).toBeUndefined();
    expect(`http://${it.host}`).toBe(first);
    expect(it.secrets()).toContain('/v2/secret-key-1');

    const second = await node({ ...GOOD, eth_getBlockByNumber: () => ({ ...HEAD, number: '0xc8' }) });
    writeFileSync(urlFile, second);
    expect((await it.read()).head?.height).toBe(200);
    expect(`http://${it.host}`).toBe(second);

    writeFileSync(urlFile, 'not a url');
    expect((await it.read()).fault?.message).toMatch(/holds no URL$/);
    expect((await it.read()).fault?.message).not.toMatch(/not a url/);
  });
});
