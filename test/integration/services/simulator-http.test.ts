import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../../services/shared/log.ts';
import { SecretScrubber } from '../../../services/shared/secrets.ts';
import type { RunningService } from '../../../services/shared/service.ts';
import { loadSettings, SettingsError } from '../../../services/shared/settings.ts';
import type { FaultList } from '../../../services/simulator/control.ts';
import { service } from '../../../services/simulator/main.ts';
import { MAX_FAULT_HISTORY } from '../../../services/simulator/network.ts';
import { settingsSchema } from '../../../services/simulator/settings.ts';

let folder = '';
let running: RunningService | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainwatch-simulator-'));
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const state = () => join(folder, 'data/faults.json');
const geth = { component: 'op-geth', index: 0, instance: 'sequencer:6060', metricsPath: '/debug/metrics/prometheus' };
const node = (instance: string, index: number) => ({ component: 'op-node', index, instance, metricsPath: '/metrics' });
const network = { network: 'op-dev', chain: 'op-stack', targets: [geth, node('a:7300', 0), node('b:7300', 1)] };
const GETH = '/op-dev/op-geth/sequencer:6060/debug/metrics/prometheus';

async function start(more: Record<string, unknown> = {}): Promise<void> {
  await running?.stop();
  const flags = { listen: '127.0.0.1:0', timeScale: 60, state: state(), networks: [network], ...more };
  const secrets = new SecretScrubber();
  const log = createLogger('simulator', 'silent', secrets);
  const settings = loadSettings(settingsSchema, { flags });
  running = await service.start(settings, { log, registry: new Registry(), secrets, env: {}, fail: () => {} });
}

const call = (path: string, method = 'GET') => fetch(`${running?.address.url}${path}`, { method });

/** Without the rewriting of paths that fetch does. @returns the status, or the code of the error */
function raw(path: string): Promise<number | string> {
  const { host, port } = running?.address ?? { host: '', port: 0 };
  return new Promise((resolve) => {
    const asked = request({ host, port, path }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on('error', (error) => resolve('code' in error ? String(error.code) : error.message));
    asked.end();
  });
}

async function active(): Promise<Record<string, unknown>> {
  const list = (await (await call('/faults')).json()) as FaultList;
  const faults = list.networks.flatMap(({ faults: each }) => each).filter(({ activeSince }) => activeSince !== null);
  return Object.fromEntries(faults.map(({ name, active: on }) => [name, on.map(({ instance }) => instance)]));
}

describe('the simulator', () => {
  it('serves each process where Prometheus asks for it', async () => {
    await start();
    const answer = await call(GETH);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await answer.text()).toMatch(/^# TYPE chain_head_block gauge$/m);
    // As the plan writes the path, and as Prometheus escapes that once more.
    expect(await raw(GETH.replace(':', '%3A'))).toBe(200);
    expect(await raw(GETH.replace(':', '%253A'))).toBe(200);
    expect(await (await call('/op-dev/op-node/b:7300/metrics')).text()).toContain('op_node_');
  });

  it('names the processes there are to who asks for another', async () => {
    await start();
    const answer = await call('/op-dev/op-geth/sequencer:6061/metrics');
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({
      error: 'unknown_target',
      reason: 'there is no simulated process at /op-dev/op-geth/sequencer:6061/metrics',
      remedy: `known are ${GETH}, /op-dev/op-node/a:7300/metrics, /op-dev/op-node/b:7300/metrics; and see GET /faults`,
    });
    expect(await raw('/%')).toBe(400);
    expect(await raw('/%25')).toBe(404);
  });

  it('breaks the connection to a process that is down, and only to that', async () => {
    await start();
    expect((await call('/faults/op-dev/op-node-down?instance=b:7300', 'PUT')).status).toBe(200);
    expect(await raw('/op-dev/op-node/b:7300/metrics')).toBe('ECONNRESET');
    expect(await raw('/op-dev/op-node/a:7300/metrics')).toBe(200);
    await call('/faults/op-dev/op-node-down', 'DELETE');
    expect(await raw('/op-dev/op-node/b:7300/metrics')).toBe(200);
    const metrics = await (await call('/metrics')).text();
    expect(metrics).toContain('simulator_scrapes_total{network="op-dev",outcome="down"} 1');
    expect(metrics).toContain('simulator_active_faults{network="op-dev"} 0');
    expect(metrics).toContain('simulator_fault_history_size{network="op-dev"} 1');
  });

  it('says which faults there are, what they lead to, and since when which is on', async () => {
    await start();
    expect(await (await call('/faults/op-dev/few-peers?instance=a:7300', 'PUT')).json()).toEqual({
      network: 'op-dev',
      changed: 1,
    });
    expect(await (await call('/faults/op-dev/few-peers?instance=a:7300', 'PUT')).json()).toEqual({
      network: 'op-dev',
      changed: 0,
    });
    await call('/faults/op-dev/l1-halt', 'PUT');
    const list = (await (await call('/faults')).json()) as FaultList;
    const [listed] = list.networks;
    expect(listed).toMatchObject({ network: 'op-dev', chain: 'op-stack' });
    const peers = listed?.faults.find(({ name }) => name === 'few-peers');
    expect(peers).toMatchObject({ alerts: ['LowPeerCount'], withinSeconds: 12, instances: ['a:7300', 'b:7300'] });
    // Of components that the network has not got nothing can go wrong.
    expect(listed?.faults.filter(({ instances }) => instances.length === 0).map(({ name }) => name)).toContain(
      'l1-halt',
    );
    expect(listed?.faults.map(({ name }) => name)).not.toContain('batcher-down');
    expect(listed?.impossible).toContainEqual({ name: 'batcher-down', components: ['op-batcher'] });
    expect(Math.abs(Date.parse(peers?.activeSince ?? '') - Date.now())).toBeLessThan(5_000);
    expect(await active()).toEqual({ 'few-peers': ['a:7300'], 'l1-halt': [null] });
    expect(await (await call('/faults/op-dev', 'DELETE')).json()).toEqual({ network: 'op-dev', changed: 2 });
    expect(await active()).toEqual({});
  });

  it.each([
    ['/faults/op-deb/l1-halt', 404, 'unknown_network', /did you mean "op-dev"/],
    ['/faults/op-dev/l1-hat', 404, 'unknown_fault', /did you mean "l1-halt"/],
    [
      '/faults/op-dev/few-peers?instance=a:7301',
      404,
      'unknown_instance',
      /did you mean "a:7300"\? There are a:7300, b:7300$/,
    ],
    ['/faults/op-dev/few-peers?instance=elsewhere', 404, 'unknown_instance', /^there are a:7300, b:7300$/],
    ['/faults/op-dev/l1-halt?instance=a:7300', 409, 'not_narrowable', /leave the instance out/],
    ['/faults/op-dev/batcher-down', 409, 'nothing_to_break', /stack file/],
  ])('PUT %s is answered with %i %s', async (path, status, error, remedy) => {
    await start();
    const answer = await call(path, 'PUT');
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ error, remedy: expect.stringMatching(remedy) });
    expect(await active()).toEqual({});
  });

  it('goes on with its faults after a restart', async () => {
    await start();
    await call('/faults/op-dev/few-peers?instance=b:7300', 'PUT');
    await start();
    expect(await active()).toEqual({ 'few-peers': ['b:7300'] });
    // A network that is left out for a while keeps its history.
    await start({ networks: [] });
    await start();
    expect(await active()).toEqual({ 'few-peers': ['b:7300'] });
  });

  it('confirms nothing that it cannot keep', async () => {
    await start();
    rmSync(join(folder, 'data'), { recursive: true });
    writeFileSync(join(folder, 'data'), 'in the way');
    const answer = await call('/faults/op-dev/l1-halt', 'PUT');
    expect(answer.status).toBe(507);
    expect(await answer.json()).toMatchObject({ error: 'state_not_kept' });
    expect(await active()).toEqual({});
    expect((await call('/readyz')).status).toBe(503);
    rmSync(join(folder, 'data'));
    expect((await call('/faults/op-dev/l1-halt', 'PUT')).status).toBe(200);
    expect((await call('/readyz')).status).toBe(200);
  });

  it('begins anew where the state cannot be used, and puts that aside', async () => {
    await start();
    writeFileSync(state(), '{"version":1,"networks":{"op-dev":{"chain":7}}}');
    await start();
    expect(await active()).toEqual({});
    expect(readFileSync(`${state()}.unusable`, 'utf8')).toContain('"chain":7');
    expect(existsSync(state())).toBe(true);
  });

  it('refuses faults without end, since it can forget none', async () => {
    await start();
    const faults = Array.from({ length: MAX_FAULT_HISTORY }, (_, at) => ({ fault: 'l1-halt', from: at, to: at + 0.5 }));
    const kept = JSON.parse(readFileSync(state(), 'utf8'));
    kept.networks['op-dev'].faults = faults;
    writeFileSync(state(), JSON.stringify(kept));
    await start();
    const answer = await call('/faults/op-dev/few-peers', 'PUT');
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({ error: 'history_full' });
  });
});

describe('settings of the simulator', () => {
  it('name every fault at once', () => {
    const networks = [
      {
        network: 'a',
        chain: 'opstack',
        targets: [{ component: 'x', index: -1, instance: '', metricsPath: 'metrics' }],
      },
    ];
    try {
      loadSettings(settingsSchema, { flags: { timeScale: 0, networks, speed: 2 } });
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      expect(error.problems.map(({ path }) => path).sort()).toEqual([
        'networks.0.chain',
        'networks.0.targets.0.index',
        'networks.0.targets.0.instance',
        'networks.0.targets.0.metricsPath',
        'speed',
        'timeScale',
      ]);
      expect(error.message).toMatch(/known are (\S+, )*op-stack\b/);
    }
  });
});
