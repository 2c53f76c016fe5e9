/** Backtests against a real Prometheus with recorded history; what they say is held against Prometheus' own rule engine. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aztecSimulator } from '../../chains/aztec/simulator.ts';
import { eqServiceSimulator } from '../../chains/eq-service/simulator.ts';
import { genlayerSimulator } from '../../chains/genlayer/simulator.ts';
import { opStackSimulator } from '../../chains/op-stack/simulator.ts';
import type { Simulator } from '../../chains/simulator.ts';
import { theBlockSimulator } from '../../chains/the-block/simulator.ts';
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

/** What the rules of a network read. */
const read = new Set(
  ['op-stack', 'system']
    .flatMap((name) => known.packs.get(name)?.groups ?? [])
    .flatMap(({ rules }) => rules)
    .flatMap(({ expr }) => metricsOf(expr)),
);
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
  read,
);

/** Zeros, ones and gaps in stretches of every length up to a quarter of an hour: Prometheus looks back five minutes. */
let state = 7;
const random = (below: number) => {
  state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
  return Math.floor((state / 2 ** 31) * below);
};
for (let series = 0; series < 20; series += 1) {
  const values: (string | undefined)[] = [];
  while (values.length < STEPS) {
    const value = ['0', '1', '1', undefined][random(4)];
    values.push(...new Array<string | undefined>(1 + random(15)).fill(value));
  }
  history.set(`odd{network="net-${series % 2}",series="${series}"}`, values.slice(0, STEPS));
}
/** Recorded long ago, by a definition that gives something else than that of the rules below. */
history.set('net:odd:kept{network="net-0"}', new Array<string>(STEPS).fill('100'));

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

/** The files of a pack, as they are. */
function packOf(chain: string): Side {
  const all = known.packs.get(chain)?.groups.flatMap(({ rules }) => rules) ?? [];
  return {
    rules: all.flatMap((rule) =>
      rule.kind === 'alert' ? [{ ...rule, alert: rule.name, severity: rule.labels.severity ?? '' }] : [],
    ),
    recordings: all.filter((rule) => rule.kind === 'recording'),
    interval: STEP,
  };
}

/** A plain rule file. */
const ruleFile = (rules: readonly object[]) => JSON.stringify({ groups: [{ name: 'all', rules }] });

function run(before: Side, after: Side, more: Partial<Asked> = {}): Promise<Backtest> {
  return backtest(before, after, {
    ...{ from: 0, to: END, step: undefined, all: true, alert: undefined, jobs: 2, maxQueries: 5000 },
    prometheus: prometheusAt(prometheus.url, {}, new AbortController().signal),
    onProgress: () => {},
    now: Date.now() / 1000,
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
      const fired = claims.filter(({ outcome }) => outcome.fired > 0).map(({ alert }) => alert);
      // By a recorded series, by ALERTS of another, and with keep_firing_for.
      expect(fired).toEqual(
        expect.arrayContaining(['BatcherRunwayLow', 'BatcherLowETH', 'L2NodeDown', 'LowPeerCount']),
      );
      expect(await contradictions(side, history, STEPS, claims, folder)).toBe('');
    }
  });

  const others: [string, Simulator, Readonly<Record<string, number>>][] = [
    [
      'aztec',
      aztecSimulator,
      { sequencer: 2, 'full-node': 1, 'prover-node': 1, 'prover-broker': 1, 'prover-agent': 1 },
    ],
    ['eq-service', eqServiceSimulator, { 'eq-service': 1, 'celestia-node': 1 }],
    ['genlayer', genlayerSimulator, { validator: 4 }],
    ['the-block', theBlockSimulator, { 'tb-node': 2, 'light-client': 1, aggregator: 1, probe: 1 }],
  ];
  test.for(others)(
    'the rules of %s as its files have them',
    { timeout: 600_000 },
    async ([chain, simulator, shape], { skip }) => {
      if (!PROVE) skip('takes a minute: npm run prove plays it');
      const side = packOf(chain);
      const faults = simulator.faults.slice(0, 8).map(({ name }, index) => {
        const from = (60 + 36 * index) * STEP;
        return { fault: name, from, to: from + 25 * STEP };
      });
      const names = new Set([...side.rules, ...side.recordings].flatMap(({ expr }) => metricsOf(expr)));
      const own = simulated(simulator, 'lab', shape, faults, STEPS, names);
      const place = mkdtempSync(join(folder, 'pack-'));
      const other = await RecordedPrometheus.start(own, place);
      try {
        const { signal } = new AbortController();
        const { rows } = await run(side, side, { prometheus: prometheusAt(other.url, {}, signal) });
        expect(rows.flatMap(({ alert, reasons }) => reasons.map((reason) => `${alert}: ${reason}`))).toEqual([]);
        const claims = rows.map(({ alert, network, after = NOTHING }) => ({ alert, network, outcome: after }));
        expect(claims.filter(({ outcome }) => outcome.fired > 0).length).toBeGreaterThan(3);
        expect(await contradictions(side, own, STEPS, claims, place)).toBe('');
      } finally {
        await other.stop();
      }
    },
  );

  test('for, keep_firing_for, gaps and recorded series of every kind', { timeout: 120_000 }, async () => {
    const durations = ['0s', '1m', '2m', '5m', '90s'].flatMap((held) =>
      ['0s', '1m', '3m', '10m'].map((kept) => ({ held, kept })),
    );
    const alerts = durations.map(({ held, kept }) => ({
      ...{ alert: `Odd_${held}_${kept}`, expr: 'odd == 1', for: held, keep_firing_for: kept },
      labels: { severity: 'warning' },
    }));
    const side = sideOf(
      'odd.yaml',
      ruleFile([
        { record: 'net:odd:sum', expr: 'sum by (network) (odd)' },
        { record: 'net:odd:mean', expr: 'avg_over_time(net:odd:sum[10m])', labels: { of: 'ten minutes' } },
        ...alerts,
        { alert: 'ManyOdd', expr: 'net:odd:sum > 5', for: '2m' },
        { alert: 'ManyOddOnAverage', expr: 'net:odd:mean{of="ten minutes"} > 4.5' },
        { alert: 'MoreOddThanBefore', expr: 'net:odd:sum > 1.5 * net:odd:sum offset 10m' },
        { alert: 'MutedByMany', expr: 'odd == 1 unless on (network) ALERTS{alertname="ManyOdd",alertstate="firing"}' },
        { alert: 'NoOdd', expr: 'absent(odd{series="3"})', for: '1m' },
      ]),
    );
    const { rows } = await run(side, side);
    const claims = rows.map(({ alert, network, after = NOTHING }) => ({ alert, network, outcome: after }));
    expect(claims.filter(({ outcome }) => outcome.fired > 0).length).toBeGreaterThan(2 * durations.length);
    // What has no network is told by the name alone, which would count all.
    expect(claims.filter(({ network }) => network === '').map(({ alert }) => alert)).toEqual(['NoOdd']);
    expect(new Set(claims.filter(({ outcome }) => outcome.fired > 0).map(({ alert }) => alert))).toEqual(
      new Set(side.rules.map(({ alert }) => alert)),
    );

    // From the middle on: what was pending then has been so for as long as it was.
    const from = 171 * STEP;
    const late = (await run(side, side, { from })).rows.filter(({ alert }) => !/_(1|3|10)m$/.test(alert));
    const lateClaims = late.map(({ alert, network, after = NOTHING }) => ({ alert, network, outcome: after, from }));
    expect(lateClaims.filter(({ outcome }) => outcome.fired > 0).length).toBeGreaterThan(10);
    expect(await contradictions(side, history, STEPS, [...claims, ...lateClaims], folder)).toBe('');
  });
});

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
    inProcess(['backtest', '-s', 'lab', '-b', 'old.yaml', '-p', prometheus.url, ...range, ...more], { cwd: folder });
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
    expect(all.stdout).toMatch(/\n\d+ rules would not have fired, neither before nor after; of \d+ of them .*Receiver/);
    expect(all.stdout.indexOf('UnsafeHeadStalled')).toBeLessThan(all.stdout.indexOf('L2NodeDown'));
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
