/** Backtests where something is amiss: with the call, the way to Prometheus, or what it is asked. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../../tools/freePort.ts';
import { always, FakePrometheus, nothing, refused } from './backtest/fake.ts';
import { inProcess, start } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'chainwatch-backtest-faults-'));
const TOKEN = 'CHAINWATCH_SECRET_PROMETHEUS_TOKEN';
let prometheus: FakePrometheus;

const stack = (held: string, more = '') => `config:
  chainwatch:environment: testnet
  chainwatch:networks:
    op-lab:
      chain: op-stack
      chainId: 1234
      l1: { chainId: 11155111, rpcUrls: ["https://a.example.org"] }
      nodes: { op-node: ["a:1"] }
      alerts: { L2NodeDown: { for: ${held} } }
  chainwatch:notifications:
    receivers: { team: { slack: { webhook: { secret: slackWebhook } } } }
    default: team
    watchdog: { receiver: team }
${more}`;

beforeAll(() => {
  writeFileSync(join(folder, 'Pulumi.lab.yaml'), stack('1m'));
  writeFileSync(join(folder, 'old.yaml'), stack('10m'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  prometheus = new FakePrometheus();
  await prometheus.start();
});
afterEach(() => prometheus.stop());

const args = (...more: readonly string[]) => ['backtest', '-s', 'lab', '-b', 'old.yaml', '-p', prometheus.url, ...more];
const call = (more: readonly string[] = [], env: Record<string, string> = {}) =>
  inProcess(args(...more), { cwd: folder, env: { [TOKEN]: undefined, GIT_CEILING_DIRECTORIES: tmpdir(), ...env } });

describe('a call that makes no sense is told before anything is asked', () => {
  test.each([
    [['--from', 'yesterday'], '--from "yesterday" is no time'],
    [['--from', '2020-13-45'], '--from "2020-13-45" is no time'],
    [['--from', '1d', '--to', '2d'], 'is not before --to 2d'],
    [['--to', '2199-01-01'], '--to 2199-01-01 is in the future'],
    [['--step', '0s'], '--step "0s" is no duration of a second or more'],
    [['--jobs', '0'], 'It must be a number from 1 on'],
    [['-p', 'localhost:9090'], '"localhost:9090" is no http:// or https:// address'],
    [['-p', 'http://me:secret@localhost:9090'], `a bearer token is read from ${TOKEN}`],
    [['-b', 'nowhere.yaml'], 'there is no file '],
    [['-b', 'HEAD'], 'is in no git repository'],
    [['--alert', 'NoSuch'], 'neither side has an alert NoSuch'],
  ])('%j', async (more, message) => {
    const { code, stdout, stderr } = await call(more);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('me:secret');
    expect(prometheus.asked).toEqual([]);
  });

  test('a base that is no stack file and no rule file, and one with faults, which are told by its own name', async () => {
    writeFileSync(join(folder, 'other.yaml'), 'a: b\n');
    expect((await call(['-b', 'other.yaml'])).stderr).toContain('other.yaml is neither a stack file nor a rule file');
    writeFileSync(join(folder, 'faulty.yaml'), stack('1 hour'));
    expect((await call(['-b', 'faulty.yaml'])).stderr).toMatch(/faulty\.yaml has 1 fault:\n {2}faulty\.yaml:9/);
    writeFileSync(join(folder, 'faulty-rules.yaml'), '{ groups: [{ name: a, rules: [{ alert: A, expr: "1 +" }] }] }');
    expect((await call(['-b', 'faulty-rules.yaml'])).stderr).toContain('faulty-rules.yaml:1');
  });

  test('a stack whose time is compressed', async () => {
    const fast = '  chainwatch:prometheus: { timeScale: 10, scrapeInterval: 2s, evaluationInterval: 2s }\n';
    const text = stack('10m', fast).replace('testnet', 'dev');
    writeFileSync(join(folder, 'Pulumi.fast.yaml'), text);
    const { code, stderr } = await call(['-s', 'fast', '-b', 'Pulumi.fast.yaml']);
    expect(code).toBe(2);
    expect(stderr).toContain('runs 10 times as fast as its chains');
  });
});

describe('Prometheus', () => {
  test('that nobody answers for', async () => {
    const { code, stderr } = await call(['-p', `http://127.0.0.1:${await freePort()}`]);
    expect(code).toBe(6);
    expect(stderr).toMatch(
      /^chainwatch: Prometheus at http:\/\/127\.0\.0\.1:\d+ does not answer: .*ECONNREFUSED.*\nRemedy: .*-\/ready/,
    );
  });

  test('that is something else', async () => {
    prometheus.answer = () => ({ status: 404, body: '<html>not here</html>' });
    const { code, stderr } = await call();
    expect(code).toBe(6);
    expect(stderr).toContain('answers 404 Not Found, and not as a Prometheus does');
  });

  test('behind a gate: without a token, with a wrong one, and with the right one', async () => {
    prometheus.answer = (asked) =>
      asked.authorization === 'Bearer right' ? always({}, asked) : { status: 401, body: 'no' };
    const none = await call();
    expect(none.code).toBe(2);
    expect(none.stderr).toContain(`answers 401: it does not let us in\nRemedy: set ${TOKEN} to a bearer token`);
    const wrong = await call([], { [TOKEN]: 'wrong' });
    expect(wrong.stderr).toContain(`see whether ${TOKEN} is right`);
    expect(wrong.stderr).not.toContain('wrong');
    expect((await call([], { [TOKEN]: 'right\n' })).code).toBe(0);
  });

  test('that has too much to do is asked again', async () => {
    let refusals = 0;
    prometheus.answer = (asked) => {
      refusals += 1;
      return refusals === 1 ? refused(503, 'unavailable', 'busy') : always({}, asked);
    };
    expect((await call()).code).toBe(0);
  });

  test('that loads only so many samples is asked for less at a time, with the same result', async () => {
    const points = ({ start: from, end, step }: { start: number; end: number; step: number }) =>
      (end - from) / step + 1;
    const whole = JSON.parse((await call(['--json'])).stdout);
    prometheus.asked.length = 0;
    prometheus.answer = (asked) =>
      points(asked) > 3000
        ? refused(422, 'execution', 'query processing would load too many samples into memory in query execution')
        : always({}, asked);
    const parts = JSON.parse((await call(['--json', '--from', whole.from, '--to', whole.to])).stdout);
    expect(parts.rules).toEqual(whole.rules);
    expect(prometheus.asked.length).toBeGreaterThan(8);
    expect(Math.max(...prometheus.asked.map(points))).toBeLessThanOrEqual(11_000);
  });

  test('whose retention is shorter says since when it has data', async () => {
    const begins = Math.floor(Date.now() / 1000) - 86_400;
    prometheus.answer = (asked) =>
      asked.end < begins ? nothing : always({}, { ...asked, start: Math.max(asked.start, begins) });
    const { code, stderr } = await call(['--from', '9d', '--to', '2d']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/has no data between .*: what it keeps begins at \d{4}-/);
  });
});

test('where only for differs, both sides share their queries', async () => {
  const { code } = await call(['--from', '2d']);
  expect(code).toBe(0);
  const down = prometheus.asked.map(({ expr }) => expr).filter((expr) => !expr.startsWith('count('));
  // 5,760 evaluations: one query.
  expect(down).toHaveLength(1);
});

test('Ctrl-C ends it at once, with nothing said', async () => {
  let asked = () => {};
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  prometheus.answer = () => {
    asked();
    return undefined;
  };
  const { child, ended } = start(args(), { cwd: folder });
  await isAsked;
  child.kill('SIGINT');
  expect(await ended).toEqual({ code: 130, stdout: '', stderr: '' });
});
