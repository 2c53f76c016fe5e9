/** `chainwatch rules` with the real promtool: on the packs as they are, and on a copy that somebody broke. */
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chainwatch, inProcess, ROOT } from './command.ts';

let broken = '';

beforeAll(() => {
  broken = mkdtempSync(join(tmpdir(), 'chainwatch-cli-rules-'));
  for (const name of ['bin', 'chains', 'cli', 'config', 'local', 'model', 'rules', 'services', 'tools', 'package.json'])
    cpSync(join(ROOT, name), join(broken, name), { recursive: true });
  symlinkSync(realpathSync(join(ROOT, 'node_modules')), join(broken, 'node_modules'));
  // One file is enough to see a test fail.
  for (const name of readdirSync(join(broken, 'rules', 'system')))
    if (name.endsWith('.test.yaml') && name !== 'alerts.hosts.test.yaml') rmSync(join(broken, 'rules', 'system', name));
});
afterAll(() => rmSync(broken, { recursive: true, force: true }));

function edit(file: string, from: string | RegExp, to: string): () => void {
  const path = join(broken, file);
  const before = readFileSync(path, 'utf8');
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  writeFileSync(path, after);
  return () => writeFileSync(path, before);
}

describe('the packs as they are', () => {
  test('are in order, and as mainnet tunes them', async () => {
    const { code, stdout, stderr } = await inProcess(['rules', 'check', '--stack', 'mainnet'], { cwd: ROOT });
    expect(stdout).not.toContain('✗');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/ok op-stack {2}\d+ alerts, \d+ recordings\n/);
    expect(stdout).toContain('ok mainnet: prometheus.yml\n');
    expect(stdout).toContain('ok mainnet: alertmanager.yml\n');
  });

  test('are listed with their limits; what a stack tunes is marked', async () => {
    const options = { cwd: ROOT };
    const defaults = await inProcess(['rules', 'list', '--chain', 'op-stack'], options);
    expect(defaults.stdout).toMatch(/^alert +severity +when +window +for +component +subject +proven\n/);
    expect(defaults.stdout).toMatch(/^BatcherLowETH +warning +< [\d.]+ ETH/m);
    const tuned = await inProcess(
      ['rules', 'list', '--network', 'bega-mainnet', '--stack', 'mainnet', '--json'],
      options,
    );
    const { alerts } = JSON.parse(tuned.stdout);
    const named = (alert: string) => alerts.find((each: { alert: string }) => each.alert === alert);
    expect(named('HighL1GasPrice')).toMatchObject({
      owner: 'bega-mainnet',
      threshold: 80,
      unit: 'gwei',
      for: 1200,
      tuned: ['threshold', 'for'],
    });
    expect(new Set(alerts.map(({ owner }: { owner: string }) => owner))).toEqual(new Set(['bega-mainnet']));
  });
});

test('names of older set-ups are listed with what they are now, those of the chains that are asked for', async () => {
  const { stdout } = await inProcess(['rules', 'list', '--chain', 'op-stack'], { cwd: ROOT });
  expect(stdout).toContain('\n  BatcherLowBalance: BatcherVeryLowETH, BatcherRunwayVeryLow\n');
  expect(stdout).not.toContain('GethNodeDown');
  const aztec = await inProcess(['rules', 'list', '--chain', 'aztec'], { cwd: ROOT });
  expect(aztec.stdout).toContain('\n  GethLowPeerCount: dropped\n');
  const { former } = JSON.parse(
    (await inProcess(['rules', 'list', '--chain', 'aztec', '--json'], { cwd: ROOT })).stdout,
  );
  expect(former).toContainEqual(expect.objectContaining({ name: 'GethNodeDown', now: ['RpcEndpointDown'] }));
});

test('a network that is not there is told of the stack, and the nearest', async () => {
  const { stderr } = await inProcess(['rules', 'list', '-s', 'mainnet', '--network', 'bega-mainet'], { cwd: ROOT });
  expect(stderr).toContain('stack mainnet: unknown network "bega-mainet"; did you mean "bega-mainnet"?');
});

test('a stack in compressed time is listed as a person tunes it', async () => {
  const { stdout } = await inProcess(['rules', 'list', '--network', 'op-dev', '--json'], { cwd: ROOT });
  const { alerts, timeScale } = JSON.parse(stdout);
  expect(timeScale).toBe(60);
  expect(alerts.find(({ alert }: { alert: string }) => alert === 'L2NodeDown')).toMatchObject({ for: 60 });
});

describe('broken', () => {
  test('a limit that was moved fails the tests, with 1 and the name of the alert', async () => {
    const restore = edit(
      'rules/system/alerts.yaml',
      'up{component="node-exporter"} == 0',
      'up{component="node-exporter"} == 7',
    );
    const { code, stdout } = await chainwatch(['rules', 'test', 'system'], { cwd: ROOT, program: broken });
    restore();
    expect(code).toBe(1);
    expect(stdout).toContain('HostDown');
    expect(stdout).toMatch(/\d+ tests? in 1 file: 1 file with failures\n$/);
  });

  test('expressions that do not parse are all named with their places, beside the other faults, and end with 2', async () => {
    const restore = edit(
      'rules/system/alerts.yaml',
      'up{component="node-exporter"} == 0',
      'up{component="node-exporter" == 0',
    );
    const restoreToo = edit(
      'rules/system/alerts.yaml',
      'avg_over_time(probe_duration_seconds[10m])',
      'avg_over_time(probe_duration[10])',
    );
    const again = edit(
      'rules/system/alerts.yaml',
      '(probe_ssl_earliest_cert_expiry - time())',
      '(probe_ssl_earliest_cert_expiri - time()))',
    );
    const { code, stderr, stdout } = await chainwatch(['rules', 'check'], { cwd: ROOT, program: broken });
    for (const undo of [again, restoreToo, restore]) undo();
    expect({ code, stderr: stderr.replace(/^note: .*\n/gm, '') }).toEqual({ code: 2, stderr: '' });
    // Each is said once, in our words.
    expect(stdout).not.toContain('promtool');
    expect(stdout).toMatch(/rules\/system\/alerts\.yaml:\d+: HostDown: PromQL does not parse at .*: a "}" is missing/);
    expect(stdout).toMatch(
      /rules\/system\/alerts\.yaml:\d+: CertificateExpiresSoon: PromQL does not parse at .*: there is a "\)" too many/,
    );
    expect(stdout).toMatch(
      /rules\/system\/alerts\.yaml:\d+: ProbeSlow reads probe_duration, .*did you mean "probe_duration_seconds"\?/,
    );
  });

  test('a metric that nothing emits is a fault of the check', async () => {
    const restore = edit('rules/op-stack/alerts.yaml', /op_batcher_default_balance/g, 'op_batcher_default_ballance');
    const { code, stdout } = await chainwatch(['rules', 'check', '--json'], { cwd: ROOT, program: broken });
    restore();
    expect(code).toBe(2);
    const { ok, checked } = JSON.parse(stdout);
    expect(ok).toBe(false);
    const faults = checked.find(({ name }: { name: string }) => name === 'op-stack').faults.join('\n');
    expect(faults).toContain('BatcherLowETH');
    expect(faults).toContain('op_batcher_default_ballance');
  });

  test('a chain that there is not', async () => {
    const { code, stderr } = await inProcess(['rules', 'test', 'op-stak'], { cwd: ROOT });
    expect(code).toBe(2);
    expect(stderr).toContain('unknown chain "op-stak"; did you mean "op-stack"?');
  });
});
