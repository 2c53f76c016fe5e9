/** A gate as its pod starts it, on a real nginx: an authority that somebody renews is trusted without a restart. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { exposureConfig, GATE_PORT } from '../../model/kubernetes/gate.ts';
import { gateCommand } from '../../model/kubernetes/gateStart.ts';
import { freePort } from '../../tools/freePort.ts';
import { Authority, type Issued, OPENSSL } from '../fixtures/certificates.ts';
import { eventually } from './eventually.ts';
import { hindrance } from './gate/stand.ts';
import { request } from './rawRequest.ts';

const without = OPENSSL ? hindrance() : 'there is no openssl';
const HOST = 'push.example';
const WAIT_S = 60;
const folder = mkdtempSync(join(tmpdir(), 'chainwatch-gate-'));
const trusted = join(folder, 'ca.crt');
let authorities: readonly Authority[] = [];
let behind: Server;
let gate: ChildProcess;
let port = 0;
let said = '';

beforeEach((context) => {
  if (without !== undefined) context.skip(without);
});

beforeAll(async () => {
  if (without !== undefined) return;
  authorities = ['first', 'second'].map((name) => new Authority(folder, name));
  behind = createServer(shown(0), (_, answer) => void answer.end('taken'));
  behind.listen(0, '127.0.0.1');
  await once(behind, 'listening');
  copyFileSync(authorityAt(0).cert, trusted);
  port = await freePort();
  const address = behind.address();
  const upstream = `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const secure = { name: 'localhost', authority: '/trusted' };
  const route = { host: HOST, upstream, own: [], closed: [], pushes: ['/ingest'], secure };
  const config = exposureConfig([route])
    .replaceAll('/tmp/', `${folder}/`)
    .replaceAll('/trusted', trusted)
    .replaceAll('/dev/stdout', join(folder, 'access.log'))
    .replaceAll(`listen ${GATE_PORT}`, `listen 127.0.0.1:${port}`);
  // Workers of root would be of a user who may not read the folder.
  const user = process.getuid?.() === 0 ? 'user root root;\n' : '';
  writeFileSync(join(folder, 'nginx.conf'), user + config);
  const [program = '', ...args] = gateCommand([trusted], { folder, every: 0.2 });
  gate = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  gate.stderr?.on('data', (chunk) => {
    said += chunk;
  });
  await answers(200);
}, 180_000);

afterAll(async () => {
  behind?.close();
  if (gate?.pid !== undefined) {
    const ended = once(gate, 'close');
    // The shell beside it is of the same group.
    process.kill(-gate.pid, 'SIGKILL');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

function authorityAt(index: number): Authority {
  const found = authorities[index];
  if (found === undefined) throw new Error(`no authority ${index}`);
  return found;
}

function shown(index: number): { cert: string; key: string } {
  const { cert, key }: Issued = authorityAt(index).issue(`server-${index}`);
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
}

async function status(): Promise<number> {
  const pushed = { method: 'POST', path: '/ingest', headers: { host: HOST }, body: '[]' };
  return (await request(port, pushed).catch(() => undefined))?.status ?? 0;
}

async function answers(expected: number): Promise<void> {
  let last = 0;
  await eventually(`status ${expected}`, WAIT_S, async () => {
    if (gate.exitCode !== null) throw new Error('nginx has ended');
    last = await status();
    return last === expected || undefined;
  }).catch((error) => {
    throw new Error(`${error.message}; the last was ${last}\n${said}`);
  });
}

test('the gate trusts a new authority when its file changes, and serves on where the file is none', async () => {
  behind.setSecureContext(shown(1));
  // Connections that are kept are of before.
  behind.closeAllConnections();
  await answers(502);
  writeFileSync(trusted, 'half a certificate');
  await eventually(
    'nginx refuses the file',
    WAIT_S,
    async () => said.includes('SSL_CTX_load_verify_locations') || undefined,
  );
  expect((await request(port, { path: '/-/gate' })).status).toBe(200);
  copyFileSync(authorityAt(1).cert, trusted);
  await answers(200);
  expect(gate.exitCode).toBeNull();
});
