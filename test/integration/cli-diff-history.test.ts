/** `chainwatch diff` with the history of a Prometheus, in a repository that holds only a stack file. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { always, FakePrometheus, nothing } from './backtest/fake.ts';
import { inProcess } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'chainwatch-diff-history-'));
const prometheus = new FakePrometheus();

const stack = (threshold: string) => `config:
  chainwatch:networks:
    op-one:
      chain: op-stack
      chainId: 10
      nodes: { op-batcher: ["10.0.0.2:7301"] }
      l1: { chainId: 1 }
      alerts: { BatcherLowETH: { threshold: ${threshold} } }
  chainwatch:notifications:
    receivers: { team: { slack: { webhook: { secret: slackWebhook } } } }
    default: team
    watchdog: { receiver: team }
`;

function git(...args: readonly string[]): void {
  const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.org', '-c', 'commit.gpgsign=false'];
  execFileSync('git', [...who, ...args], { cwd: folder });
}

beforeAll(async () => {
  await prometheus.start();
  git('init', '--quiet', '--initial-branch=main');
  writeFileSync(join(folder, 'Pulumi.mainnet.yaml'), stack('2 ETH'));
  git('add', '.');
  git('commit', '--quiet', '-m', 'base');
  writeFileSync(join(folder, 'Pulumi.mainnet.yaml'), stack('0.5 ETH'));
});
afterAll(async () => {
  await prometheus.stop();
  rmSync(folder, { recursive: true, force: true });
});

const diff = (...more: readonly string[]) =>
  inProcess(['diff', '--stack', 'mainnet', '--prometheus', prometheus.url, '--from', '1d', ...more], { cwd: folder });

test('it is told how often the changed rules would have fired', async () => {
  prometheus.answer = (asked) => (asked.expr.includes('< 0.5') ? nothing : always({ instance: 'b' }, asked));
  const text = await diff();
  expect({ code: text.code, stderr: text.stderr }).toEqual({ code: 0, stderr: '' });
  expect(text.stdout).toMatch(
    /~ BatcherLowETH [\s\S]*\n\nBacktest\n[\s\S]*\nBatcherLowETH +op-one +1 → 0 +1d(\d*s)? → 0 /,
  );
  const { backtest } = JSON.parse((await diff('--format', 'json')).stdout);
  expect(backtest.totals).toMatchObject({ before: { fired: 1 }, after: { fired: 0 } });
});

test('where Prometheus does not answer, the difference is told all the same', async () => {
  prometheus.answer = () => ({ status: 502, body: 'no' });
  const { code, stdout, stderr } = await diff('--format', 'markdown');
  expect(code).toBe(6);
  expect(stdout).toMatch(/< 2 ETH[\s\S]*#### Backtest\n\nNot possible: Prometheus at /);
  expect(stderr).toContain('answers 502');
});
