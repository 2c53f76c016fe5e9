/** `chainwatch simulate` against the real simulator: what it lists, what it plays, and what it says when it cannot. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { runFolder } from '../../../local/folder.ts';
import { type SimulateOptions, simulate } from '../../../local/simulate.ts';
import { createLogger } from '../../../services/shared/log.ts';
import { SecretScrubber } from '../../../services/shared/secrets.ts';
import type { RunningService } from '../../../services/shared/service.ts';
import { loadSettings } from '../../../services/shared/settings.ts';
import { service } from '../../../services/simulator/main.ts';
import { settingsSchema } from '../../../services/simulator/settings.ts';

const STACK = `config:
  chainwatch:networks:
    op-dev:
      chain: op-stack
      simulated: true
      chainId: 901
      nodes: { op-geth: ["a:6060"], op-node: ["a:7300", "b:7300"], op-batcher: ["a:7301"] }
      l1: { chainId: 1 }
    real:
      chain: op-stack
      chainId: 902
      nodes: { op-geth: ["c:6060"] }
      l1: { chainId: 1 }
    later:
      chain: op-stack
      simulated: true
      chainId: 903
      nodes: { op-geth: ["d:6060"] }
      l1: { chainId: 1 }
`;
const rule = (name: string, labels: Record<string, string>, more: object = {}) => ({ name, labels, ...more });
const FIRING = { type: 'alerting', state: 'firing' };
/** What Prometheus has loaded. */
const RULES = [
  rule('UnsafeHeadStalled', { network: 'op-dev', severity: 'critical', subject: 'unsafe-head' }),
  rule('L2BlockProductionSlow', { network: 'op-dev', severity: 'warning', subject: 'unsafe-head' }),
  rule('BatcherDown', { network: 'op-dev' }, { ...FIRING, query: 'up == 0' }),
  rule(
    'L1HeadStalled',
    { network: 'op-dev' },
    { ...FIRING, query: 'network:l1:spent{network="op-dev"} < changes(l1_height[10s])' },
  ),
  rule(
    'network:l1:spent',
    { network: 'op-dev' },
    { type: 'recording', query: 'avg_over_time(delta(l1_height[10s])[6m:10s])' },
  ),
  rule('BatcherLowETH', { network: 'op-dev' }),
  rule('BatcherVeryLowETH', { network: 'another' }),
  rule('ScrapeTargetDown', {}),
];

let folder = '';
let simulator: RunningService | undefined;
let prometheus: Server | undefined;
let told: string[] = [];

beforeAll(async () => {
  prometheus = createServer((_request, response) =>
    response.end(JSON.stringify({ data: { groups: [{ rules: RULES }] } })),
  );
  await new Promise<void>((resolve) => prometheus?.listen(0, '127.0.0.1', resolve));
});
afterAll(() => prometheus?.close());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chainwatch-simulate-'));
  writeFileSync(join(folder, 'Pulumi.dev.yaml'), STACK);
  const node = (component: string, index: number, instance: string) => ({
    component,
    index,
    instance,
    metricsPath: '/metrics',
  });
  const targets = [
    node('op-geth', 0, 'a:6060'),
    node('op-node', 0, 'a:7300'),
    node('op-node', 1, 'b:7300'),
    node('op-batcher', 0, 'a:7301'),
  ];
  const networks = [{ network: 'op-dev', chain: 'op-stack', targets }];
  const secrets = new SecretScrubber();
  const log = createLogger('simulator', 'silent', secrets);
  const settings = loadSettings(settingsSchema, { flags: { listen: '127.0.0.1:0', timeScale: 60, networks } });
  simulator = await service.start(settings, { log, registry: new Registry(), secrets, env: {}, fail: () => {} });
  runs(true);
  told = [];
  vi.spyOn(console, 'log').mockImplementation((text: string) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are made of them
    told.push(text.replaceAll(/\u001b\[\d+m/g, ''));
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await simulator?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Leaves the state of a run whose supervisor is this very process. */
function runs(simulates: boolean): void {
  const { state } = runFolder(folder, 'dev');
  const address = prometheus?.address() as AddressInfo;
  const program = (name: string, url: string) => ({ name, url, log: '', restarts: 0 });
  const programs = [
    program('prometheus', `http://127.0.0.1:${address.port}`),
    ...(simulates ? [program('simulator', simulator?.address.url ?? '')] : []),
  ];
  const supervisor = { pid: process.pid, startedAt: '' };
  mkdirSync(dirname(state), { recursive: true });
  writeFileSync(state, JSON.stringify({ format: 1, stack: 'dev', supervisor, ready: true, notes: [], programs }));
}

async function tell(network?: string, fault?: string, more: Partial<SimulateOptions> = {}): Promise<string> {
  told = [];
  expect(await simulate({ stack: 'dev', project: folder, network, fault, clear: false, alerts: false, ...more })).toBe(
    0,
  );
  return told.join('\n');
}

describe('simulate', () => {
  it('lists the faults that a network can have, with the alerts that it has', async () => {
    const text = await tell('op-dev', undefined, { alerts: true });
    expect(text).toMatch(/^op-dev \(op-stack\): \d+ faults$/m);
    expect(text).toMatch(
      /^ {4}batcher-low-funds +the account of the batcher has lost.*\n( +\S.*\n)? +→ BatcherLowETH/m,
    );
    expect(text).toMatch(/^ {4}channel-timeouts .*\n( +[^→\s].*\n)* +→ no alert: this network has/m);
    expect(text).not.toMatch(/challenger|proposer-down|dispute|conductor|VeryLowETH/);
    expect(await tell(undefined, undefined, { alerts: true })).toBe(text);
  });

  it('lists them by what they are about, in lines that fit', async () => {
    await tell('op-dev', 'batcher-down');
    const text = await tell('op-dev');
    expect(text).toMatch(/^op-dev \(op-stack\): \d+ faults, 1 on$/m);
    expect(text).toMatch(/^ {2}op-batcher\n(?: {4,}.*\n)* {2}● batcher-down +op-batcher is not there\n +on since 2/m);
    expect(text).not.toContain('→');
    for (const line of text.split('\n')) expect([...line].length, line).toBeLessThanOrEqual(80);
  });

  it('says of one fault which alerts follow, and switches nothing', async () => {
    expect(await tell('op-dev', 'batcher-down', { alerts: true })).toMatch(
      /^batcher-down: op-batcher is not there\n→ BatcherDown \(within 5 s\)\nleft on: ScrapeTargetDown\n--instance: a:7301$/,
    );
    expect(await tell('op-dev')).not.toContain('●');
  });

  it('plays a fault and says what to expect; a second time it says so', async () => {
    expect(await tell('op-dev', 'batcher-down')).toMatch(
      /^batcher-down on op-dev: op-batcher is not there\nExpect: BatcherDown \(within 5 s\)\n/,
    );
    expect(await tell('op-dev', 'batcher-down')).toContain('(it was on already)');
    expect(await tell('op-dev')).toMatch(/● batcher-down .*\n +on since 2\d\d\d-/);
  });

  it('says which alerts are held back by a graver one about the same', async () => {
    expect(await tell('op-dev', 'sequencer-stall')).toMatch(
      /\nExpect: UnsafeHeadStalled \(within \d+ s\), which holds back L2BlockProductionSlow\n/,
    );
  });

  it('says that the chain catches up before the alerts resolve', async () => {
    const clear = { clear: true };
    expect(await tell('op-dev', 'l1-halt', clear)).toBe('l1-halt is not on at op-dev: nothing to clear.');
    expect(await tell('op-dev', undefined, clear)).toBe('No fault is on at op-dev: nothing to clear.');
    await tell('op-dev', 'l1-halt');
    expect(await tell('op-dev', 'l1-halt', clear)).toMatch(
      /^Cleared l1-halt on op-dev\.\nThe chain first catches up .* a quarter /,
    );
    await tell('op-dev', 'l1-halt');
    await tell('op-dev', 'few-peers', { instance: 'b:7300' });
    expect(await tell('op-dev', undefined, clear)).toMatch(/^Cleared all faults of op-dev \(2\)\.\nThe chain first/);
  });

  it('clears all networks where none is named', async () => {
    await tell('op-dev', 'batcher-down');
    expect(await tell(undefined, undefined, { clear: true })).toMatch(/^Cleared all faults of op-dev \(1\)\./);
    expect(await tell('op-dev')).not.toContain('●');
  });

  it('says how long what fires may go on: as long as its rule looks back, by itself and by what it reads', async () => {
    await tell('op-dev', 'l1-halt');
    const text = await tell('op-dev', 'l1-halt', { clear: true });
    expect(text).toMatch(/\nThese look back, .*:\n {2}L1HeadStalled up to 7 min$/);
    await tell('op-dev', 'batcher-down');
    expect(await tell('op-dev', 'batcher-down', { clear: true })).not.toContain('look back');
  });

  it.each([
    ['real', undefined, /^network "real" is not simulated, so nothing can be played on it; simulated: op-dev$/],
    ['later', undefined, /^network "later" is in Pulumi.dev.yaml, but not in what runs: start the stack again$/],
    ['op-deb', undefined, /^unknown network "op-deb"; did you mean "op-dev"\?$/],
    [
      'op-dev',
      'l1-hat',
      /^unknown fault "l1-hat" of op-dev; did you mean "l1-halt"\? all of them: npx .* simulate op-dev$/,
    ],
    ['op-dev', 'nothing of the kind', /^unknown fault "nothing of the kind" of op-dev; all of them: npx/],
    ['op-dev', 'challenger-down', /^fault "challenger-down" is about op-challenger, which op-dev has not got$/],
  ])('refuses %s %s', async (network, fault, message) => {
    await expect(tell(network, fault)).rejects.toThrow(message);
  });

  it.each([
    ['few-peers', 'b:7301', /^unknown instance "b:7301" for .*; did you mean "b:7300"\? there are a:7300, b:7300$/],
    [
      'few-peers',
      'elsewhere',
      /^unknown instance "elsewhere" for fault "few-peers" of op-dev; there are a:7300, b:7300$/,
    ],
    ['l1-halt', 'a:7300', /^fault "l1-halt" is about op-dev as a whole: leave --instance out$/],
  ])('refuses to narrow %s to %s', async (fault, instance, message) => {
    await expect(tell('op-dev', fault, { instance })).rejects.toThrow(message);
  });

  it('says that nothing runs, or that nothing is simulated', async () => {
    runs(false);
    await expect(tell()).rejects.toThrow('stack dev simulates nothing');
    rmSync(runFolder(folder, 'dev').state);
    await expect(tell()).rejects.toThrow('stack dev does not run');
  });
});
