/** `chainwatch backtest` with a real Prometheus that has recorded history. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Side } from '../../model/backtest/rules.ts';
import { STEP } from './backtest/history.ts';
import { NETWORK, openLab, ruleFile, STEPS, stack } from './backtest/lab.ts';
import { inProcess } from './command.ts';

const { folder, url, sideOf, run } = openLab();

describe('a recorded series', () => {
  const with_ = (expr: string) =>
    sideOf(
      'kept.yaml',
      ruleFile([
        { record: 'net:odd:kept', expr },
        { alert: 'Kept', expr: 'net:odd:kept > 50' },
      ]),
    );
  const firing = async (before: Side, after: Side) =>
    (await run(before, after)).rows.map((row) => [row.network, row.before?.seconds, row.after?.seconds]);

  test('that both sides define so is taken as it was recorded', async () => {
    const side = with_('sum by (network) (odd{network="net-0"})');
    expect(await firing(side, side)).toEqual([['net-0', STEPS * STEP, STEPS * STEP]]);
  });

  test('whose definition changes is computed for both', async () => {
    const before = with_('sum by (network) (odd{network="net-0"})');
    const after = with_('100 * sum by (network) (odd{network="net-0"})');
    const [[network, was, is] = []] = await firing(before, after);
    expect({ network, was }).toEqual({ network: 'net-0', was: 0 });
    expect(is).toBeGreaterThan(0);
    expect(is).toBeLessThan(STEPS * STEP);
  });
});

describe('the command', () => {
  const range = ['--from', '1970-01-01T00:00:00Z', '--to', '1970-01-01T05:59:00Z'];
  const call = (...more: string[]) =>
    inProcess(['backtest', '-s', 'lab', '-b', 'old.yaml', '-p', url(), ...range, ...more], { cwd: folder });
  beforeAll(() => {
    writeFileSync(join(folder, 'Pulumi.lab.yaml'), stack('        UnsafeHeadStalled: { for: 1m }'));
    writeFileSync(join(folder, 'old.yaml'), stack('        UnsafeHeadStalled: { for: 20m }'));
  });

  test('tells what changes, and of all rules on request', async () => {
    const { code, stdout, stderr } = await call();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^1 rule over 5h59m, 1970-01-01T00:00:00Z to 1970-01-01T05:59:00Z, by the history of /);
    expect(stdout).toMatch(/\nUnsafeHeadStalled {2}op-lab {3}1 → 3 .*\+2\n/);

    const all = await call('--all');
    expect(all.stdout).toMatch(
      /\n\d+ rules would not have fired, neither before nor after; of \d+ of them .* no data \(op-stack \d+, system \d+; --json names them\)\.\n/,
    );
    expect(all.stdout.indexOf('UnsafeHeadStalled')).toBeLessThan(all.stdout.indexOf('L2NodeDown'));
  });

  test('takes the first stack in real time where none is named, and refuses one in compressed time before anything else', async () => {
    const unnamed = await inProcess(['backtest', '-b', 'old.yaml', '-p', url(), ...range], { cwd: folder });
    expect(unnamed.code).toBe(0);
    expect(unnamed.stderr).toBe('stack lab, the first that runs in real time; --stack names another\n');
    const fast = stack('        UnsafeHeadStalled: { for: 1m }')
      .replace('environment: testnet', 'environment: dev')
      .replace('{ evaluationInterval', '{ timeScale: 2, evaluationInterval');
    writeFileSync(join(folder, 'Pulumi.dev.yaml'), fast);
    const dev = await call('-s', 'dev');
    expect(dev.code).toBe(2);
    expect(dev.stderr).toContain('stack dev runs 2 times as fast');
    expect(dev.stderr).toContain('Remedy: choose a stack that runs in real time: --stack lab\n');
  });

  test('says it to machines and in pull requests', async () => {
    const document = JSON.parse((await call('--json')).stdout);
    expect(document).toMatchObject({ format: 1, base: 'old.yaml', tried: 1, from: '1970-01-01T00:00:00Z' });
    expect(document.rules).toEqual([
      expect.objectContaining({
        ...{ alert: 'UnsafeHeadStalled', network: NETWORK, change: 'changed', reasons: [], blind: false },
        before: expect.objectContaining({ fired: 1 }),
        after: expect.objectContaining({ fired: 3 }),
      }),
    ]);
    const { stdout } = await call('--markdown');
    expect(stdout).toMatch(/\n\| `UnsafeHeadStalled` \| op-lab \| 1 → 3 \| /);
  });

  test('compares with a rule file too: only the alerts that it names', async () => {
    const expr = 'max by (network) (op_node_default_refs_number) < 0';
    writeFileSync(
      join(folder, 'old-rules.yaml'),
      ruleFile([
        { alert: 'UnsafeHeadStalled', expr },
        { alert: 'Gone', expr },
      ]),
    );
    const { stdout } = await call('-b', 'old-rules.yaml', '--json');
    const { rules } = JSON.parse(stdout);
    expect(rules.map(({ alert, network, change }: Record<string, string>) => [alert, network, change])).toEqual([
      ['UnsafeHeadStalled', NETWORK, 'changed'],
      ['Gone', '', 'removed'],
    ]);
  });

  test('says since when there is data, and where there is none at all', async () => {
    const early = await call('--from', '1969-12-31T22:00:00Z');
    expect(early.stdout).toContain('There is data only since 1970-01-01T00:00:00Z: for 2h before that');
    const late = await call('--from', '1971-01-01', '--to', '1971-01-02');
    expect({ code: late.code, stdout: late.stdout }).toEqual({ code: 1, stdout: '' });
    expect(late.stderr).toContain('has no data between 1971-01-01T00:00:00Z and 1971-01-02T00:00:00Z');
    const before = await call('--from', '1969-01-01', '--to', '1969-06-01');
    expect(before.code).toBe(1);
  });

  test('refuses what would be too many queries, with the number', async () => {
    const { code, stderr } = await call('--all', '--step', '1s', '--max-queries', '10');
    expect(code).toBe(2);
    expect(stderr).toMatch(/this would take \d{3} queries .* the most is 10 \(--max-queries\)\nRemedy: /);
  });

  test("says in PromQL's own words what cannot be evaluated, and tries the others", async () => {
    const twice = 'odd * on (network) odd';
    writeFileSync(
      join(folder, 'old-rules.yaml'),
      ruleFile([
        { alert: 'UnsafeHeadStalled', expr: twice },
        { alert: 'L2NodeDown', expr: 'up == 0' },
      ]),
    );
    const { code, stdout } = await call('-b', 'old-rules.yaml');
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nL2NodeDown /);
    expect(stdout).toMatch(
      /Not answerable by this history:\n {2}UnsafeHeadStalled: Prometheus cannot evaluate it: .*duplicate/,
    );
  });
});
