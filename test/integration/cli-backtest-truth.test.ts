/** What a backtest says, held against the rule engine of Prometheus itself. */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { aztecSimulator } from '../../chains/aztec/simulator.ts';
import { eqServiceSimulator } from '../../chains/eq-service/simulator.ts';
import { genlayerSimulator } from '../../chains/genlayer/simulator.ts';
import type { Simulator } from '../../chains/simulator.ts';
import { theBlockSimulator } from '../../chains/the-block/simulator.ts';
import { prometheusAt } from '../../cli/backtest/prometheus.ts';
import { NOTHING } from '../../model/backtest/outcome.ts';
import type { Side } from '../../model/backtest/rules.ts';
import { metricsOf } from '../../model/promql/selectors.ts';
import { PROVE } from '../fixtures/prove.ts';
import { known } from '../fixtures/real.ts';
import { RecordedPrometheus, STEP, simulated } from './backtest/history.ts';
import { history, NETWORK, openLab, ruleFile, STEPS, stack } from './backtest/lab.ts';
import { contradictions } from './backtest/truth.ts';

const { folder, sideOf, run } = openLab();

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
