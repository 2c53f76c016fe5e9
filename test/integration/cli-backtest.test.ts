/** Backtests against a real Prometheus with recorded history; what they say is held against Prometheus' own rule engine. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { opStackSimulator } from '../../chains/op-stack/simulator.ts';
import { prometheusAt } from '../../cli/backtest/prometheus.ts';
import { type Asked, type Backtest, backtest } from '../../cli/backtest/run.ts';
import { sideOfFile } from '../../cli/backtest/sides.ts';
import { NOTHING } from '../../model/backtest/outcome.ts';
import type { Side } from '../../model/backtest/rules.ts';
import { metricsOf } from '../../model/promql/selectors.ts';
import { PROVE } from '../fixtures/prove.ts';
import { known } from '../fixtures/real.ts';
import { RecordedPrometheus, STEP, simulated } from './backtest/history.ts';
import { contradictions } from './backtest/truth.ts';
import { inProcess } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'chainwatch-backtest-'));
const STEPS = 6 * 60;
const END = (STEPS - 1) * STEP;
const NETWORK = 'op-lab';

const stack = (alerts: string) => `config:
  chainwatch:environment: testnet
  chainwatch:networks:
    ${NETWORK}:
      chain: op-stack
      chainId: 1234
      l1: { chainId: 11155111, rpcUrls: ["https://a.example.org", "https://b.example.org"] }
      nodes: { op-node: ["a:1"], op-geth: ["b:1"], op-batcher: ["c:1"], op-proposer: ["d:1"] }
      alerts:
${alerts}
  chainwatch:prometheus: { evaluationInterval: ${STEP}s, scrapeInterval: ${STEP}s }
  chainwatch:notifications:
    receivers: { team: { slack: { webhook: { secret: slackWebhook } } } }
    default: team
    watchdog: { receiver: team }
`;

const history = simulated(
  opStackSimulator,
  NETWORK,
  { 'op-node': 2, 'op-geth': 1, 'op-batcher': 1, 'op-proposer': 1 },
  [
    { fault: 'batcher-out-of-funds', from: 60 * STEP, to: 100 * STEP },
    { fault: 'sequencer-stall', from: 120 * STEP, to: 125 * STEP },
    { fault: 'sequencer-stall', from: 140 * STEP, to: 180 * STEP },
    { fault: 'op-node-down', from: 200 * STEP, to: 230 * STEP },
    { fault: 'batcher-low-funds', from: 240 * STEP, to: 280 * STEP },
    { fault: 'few-peers', from: 250 * STEP, to: 270 * STEP },
    { fault: 'batcher-out-of-funds', from: 300 * STEP },
  ],
  STEPS,
  new Set(
    ['op-stack', 'system']
      .flatMap((name) => known.packs.get(name)?.groups ?? [])
      .flatMap(({ rules }) => rules)
      .flatMap(({ expr }) => metricsOf(expr)),
  ),
);
let prometheus: RecordedPrometheus;

beforeAll(async () => {
  prometheus = await RecordedPrometheus.start(history, folder);
});
afterAll(async () => {
  await prometheus?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function sideOf(name: string, text: string): Side {
  writeFileSync(join(folder, name), text);
  const none = () => ({ rules: [], recordings: [], interval: STEP });
  const side = sideOfFile(name, folder, 'lab', none);
  if (!side) throw new Error(`no ${name}`);
  return side;
}

function run(before: Side, after: Side, more: Partial<Asked> = {}): Promise<Backtest> {
  return backtest(before, after, {
    ...{
      from: 0,
      to: END,
      step: undefined,
      all: true,
      alert: undefined,
      jobs: 2,
      maxQueries: 5000,
      now: Date.now() / 1000,
    },
    prometheus: prometheusAt(prometheus.url, {}, new AbortController().signal),
    onProgress: () => {},
    ...more,
  });
}

describe('as Prometheus itself evaluates them', () => {
  test('all rules of a real pack over a simulated history, before and after', { timeout: 300_000 }, async () => {
    const before = sideOf('before.yaml', stack('        BatcherLowETH: { threshold: 0.5 ETH }'));
    const after = sideOf(
      'after.yaml',
      stack('        BatcherLowETH: { threshold: 50 ETH, for: 3m }\n        UnsafeHeadStalled: { for: 1m }'),
    );
    const own = ({ rules, ...side }: Side) => ({ ...side, rules: rules.filter(({ owner }) => owner === NETWORK) });
    const { rows } = await run(own(before), own(after));
    expect(rows.flatMap(({ alert, reasons }) => reasons.map((reason) => `${alert}: ${reason}`))).toEqual([]);
    const sides = [
      [own(after), 'after'],
      [own(before), 'before'],
    ] as const;
    for (const [side, key] of PROVE ? sides : sides.slice(0, 1)) {
      const claims = rows.map(({ alert, network, [key]: outcome = NOTHING }) => ({ alert, network, outcome }));
      expect(claims.filter(({ outcome }) => outcome.fired > 0).length).toBeGreaterThan(5);
      expect(await contradictions(side, history, STEPS, claims, folder)).toBe('');
    }
  });
});

test('the command tells it', async () => {
  writeFileSync(join(folder, 'Pulumi.lab.yaml'), stack('        UnsafeHeadStalled: { for: 1m }'));
  writeFileSync(join(folder, 'old.yaml'), stack('        UnsafeHeadStalled: { for: 20m }'));
  const range = ['--from', '1970-01-01T00:00:00Z', '--to', '1970-01-01T05:59:00Z'];
  const args = ['backtest', '-s', 'lab', '-b', 'old.yaml', '-p', prometheus.url, ...range];
  const { code, stdout, stderr } = await inProcess(args, { cwd: folder });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^1 rule over 5h59m, 1970-01-01T00:00:00Z to 1970-01-01T05:59:00Z, by the history of /);
  expect(stdout).toMatch(/\nUnsafeHeadStalled {2}op-lab {3}1 → 3 .*\+2\n/);
});
