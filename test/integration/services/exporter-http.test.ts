import { createServer, type Server } from 'node:http';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { service } from '../../../services/exporter/main.ts';
import { createLogger } from '../../../services/shared/log.ts';
import { SecretScrubber } from '../../../services/shared/secrets.ts';
import type { RunningService } from '../../../services/shared/service.ts';
import { loadSettings } from '../../../services/shared/settings.ts';

let silent: Server | undefined;
let running: RunningService | undefined;

afterEach(async () => {
  await running?.stop();
  running = undefined;
  silent?.closeAllConnections();
  silent?.close();
});

/** An endpoint that takes every request and never answers. */
async function silence(): Promise<string> {
  const server = createServer(() => {});
  silent = server;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

async function start(endpoints: readonly Record<string, unknown>[]): Promise<{ base: string; lines: string[] }> {
  const lines: string[] = [];
  const secrets = new SecretScrubber();
  const log = createLogger('exporter', 'info', secrets, { write: (line) => void lines.push(line) });
  const networks = [
    { network: 'dev', chain: 'op-stack', endpoints: endpoints.map((each) => ({ layer: 'l1', chainId: 1, ...each })) },
  ];
  const settings = loadSettings(service.settingsSchema, {
    flags: { listen: '127.0.0.1:0', timeoutSeconds: 30, networks },
  });
  running = await service.start(settings, { log, registry: new Registry(), secrets, env: {}, fail: () => {} });
  return { base: running.address.url, lines };
}

async function untilReady(base: string): Promise<void> {
  for (let attempt = 0; (await fetch(`${base}/readyz`)).status !== 200 && attempt < 100; attempt += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('the exporter as a service', () => {
  it('stops at once, also while an endpoint lets it wait, and blames nobody for that', async () => {
    const { base, lines } = await start([{ url: await silence() }]);
    expect((await fetch(`${base}/readyz`)).status).toBe(503);
    const asked = performance.now();
    await running?.stop();
    running = undefined;
    expect(performance.now() - asked).toBeLessThan(2_000);
    expect(lines.filter((line) => line.includes('"warn"'))).toEqual([]);
  });

  it('is ready when every endpoint was asked, though none answers', async () => {
    const { base, lines } = await start([{ url: 'http://127.0.0.1:9/v3/0123456789abcdef' }]);
    await untilReady(base);
    expect(await (await fetch(`${base}/readyz`)).json()).toMatchObject({
      ready: true,
      checks: { rounds: { ok: true, layers: 1, withReading: 0, note: '0 of 1 layers have a reading; none: dev l1' } },
    });
    const metrics = await (await fetch(`${base}/metrics`)).text();
    expect(metrics).toContain('chainwatch_rpc_up{network="dev",chain="op-stack",layer="l1",endpoint="127.0.0.1:9"} 0');
    expect(metrics).toContain('chainwatch_rpc_quorum{network="dev",chain="op-stack",layer="l1"} 0');
    // Not told is not zero.
    expect(metrics).not.toMatch(/^chainwatch_rpc_(head_block|agreed_head_block|base_fee_gwei)\{/m);
    expect(metrics + lines.join('')).not.toContain('0123456789abcdef');
    expect(lines.join('')).toContain('no majority of the endpoints agrees on a block');
  });

  it('is not ready while the file of an address is missing, and names it', async () => {
    const { base } = await start([{ urlFile: '/nowhere/rpc' }]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const answer = await fetch(`${base}/readyz`);
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain('the file /nowhere/rpc cannot be read (ENOENT)');
    const metrics = await (await fetch(`${base}/metrics`)).text();
    expect(metrics).toContain('chainwatch_rpc_up{network="dev",chain="op-stack",layer="l1",endpoint="file rpc"} 0');
  });
});
