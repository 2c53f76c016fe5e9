/** The simulated GenLayer network speaks as its documentation says, and what it counts only grows. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { genlayerSimulator } from '../../../chains/genlayer/simulator.ts';
import type { FaultInterval, Moment, SimulatedTarget } from '../../../chains/simulator.ts';
import { metricOfSeries, parseCatalogue } from '../../../model/rules/catalogue.ts';
import { parseRuleFile } from '../../../model/rules/ruleFile.ts';
import { runs } from '../../fixtures/prove.ts';
import { onlyGrows, readExposition, type Sample } from './exposition.ts';

const pack = (file: string) => readFileSync(new URL(`../../../rules/genlayer/${file}`, import.meta.url), 'utf8');
const catalogue = parseCatalogue(pack('metrics.yaml'), 'metrics.yaml');
const alerts = parseRuleFile(pack('alerts.yaml'), 'alerts.yaml').flatMap((group) =>
  group.rules.map(({ name }) => name),
);
const names = genlayerSimulator.faults.map(({ name }) => name);

const WALL = 1_790_000_000;
const at = (time: number, faults: readonly FaultInterval[] = [], timeScale = 60): Moment => ({
  time,
  wallStart: WALL,
  timeScale,
  seed: 7,
  faults,
});
const target = (index = 0): SimulatedTarget => ({ component: 'validator', index, instance: `v-${index}` });
const scrape = (each: SimulatedTarget, moment: Moment): Sample[] =>
  readExposition(genlayerSimulator.expose(each, moment) ?? '');
const value = (samples: readonly Sample[], name: string): number =>
  samples.find((sample) => sample.name === name)?.value ?? Number.NaN;

/** What the catalogue has against a sample. */
function objections({ family, type, name, labels }: Sample): string[] {
  const metric = metricOfSeries([catalogue], name);
  if (!metric) return [`${name} is not in the catalogue`];
  // The name of the validator is the target's.
  const expected = [
    ...metric.labels.filter((label) => label !== 'validator_name'),
    ...(type === 'summary' && name === family ? ['quantile'] : []),
  ];
  return [
    ...(type === metric.type ? [] : [`${family} is written as ${type}, not as ${metric.type}`]),
    ...(Object.keys(labels).sort().join() === expected.sort().join()
      ? []
      : [`${name} has labels ${Object.keys(labels).join()}, not ${expected.join()}`]),
    ...Object.entries(metric.values).flatMap(([label, values]) => {
      const text = labels[label];
      return text === undefined || values.includes(text) ? [] : [`${name}: ${label}="${text}" does not exist`];
    }),
  ];
}

test('speaks as the documentation does, whatever goes wrong', () => {
  for (const fault of [undefined, ...names]) {
    const samples = scrape(target(), at(9000, fault === undefined ? [] : [{ fault, from: 1000 }]));
    expect(samples.flatMap(objections), fault).toEqual([]);
  }
});

test('exposes all that the catalogue knows well enough', () => {
  const exposed = new Set(scrape(target(), at(100)).map(({ family }) => family));
  const missing = [...catalogue.metrics.values()].filter(
    ({ name, synthetic, recorded, deprecated }) => !synthetic && !recorded && !deprecated && !exposed.has(name),
  );
  // Of these neither type nor buckets are known.
  expect(missing.map(({ name }) => name)).toEqual([
    'genlayer_node_genvm_executions',
    'genlayer_rollup_rpc_request_duration_seconds',
  ]);
});

test('is gone while it is down, and starts anew', () => {
  const faults = [{ fault: 'validator-down', from: 600, to: 1200, instance: 'v-0' }];
  expect(genlayerSimulator.expose(target(), at(599, faults))).not.toBe(undefined);
  expect(genlayerSimulator.expose(target(), at(600, faults))).toBe(undefined);
  expect(genlayerSimulator.expose(target(1), at(900, faults))).not.toBe(undefined);
  expect(value(scrape(target(), at(1260, faults)), 'process_start_time_seconds')).toBe(WALL + 1200 / 60);
});

test('what counts never falls, except when its process starts anew', () => {
  const history = fc.array(
    fc
      .tuple(
        fc.constantFrom(...names.filter((name) => name !== 'validator-down')),
        fc.integer({ min: 0, max: 20_000 }),
        fc.option(fc.integer({ min: 1, max: 8000 }), { nil: undefined }),
      )
      .map(
        ([fault, from, length]): FaultInterval => ({
          fault,
          from,
          ...(length === undefined ? {} : { to: from + length }),
        }),
      ),
    { maxLength: 8 },
  );
  const counted = (sample: Sample) =>
    onlyGrows(sample) || /transactions_|(latest|synced)_block|_(sum|count)$/.test(sample.name);
  fc.assert(
    fc.property(
      history,
      fc.constantFrom(0, 1),
      fc.integer({ min: 0, max: 30_000 }),
      fc.integer({ min: 1, max: 4000 }),
      (faults, index, time, later) => {
        const before = new Map(scrape(target(index), at(time, faults)).map(({ series, value: was }) => [series, was]));
        const fallen = scrape(target(index), at(time + later, faults))
          .filter(counted)
          .filter(({ series, value: now }) => now < (before.get(series) ?? 0) - 1e-9);
        expect(fallen.map(({ series }) => series)).toEqual([]);
      },
    ),
    { numRuns: runs(60) },
  );
});

describe('the story that it tells', () => {
  test('a healthy network is synced, and all know the same block', () => {
    for (const time of [0, 1, 12_345, 1_000_000]) {
      expect(value(scrape(target(), at(time)), 'genlayer_node_blocks_behind')).toBeLessThanOrEqual(2);
      expect(value(scrape(target(), at(time)), 'genlayer_node_synced')).toBe(1);
      const head = (index: number) => value(scrape(target(index), at(time)), 'genlayer_node_latest_block');
      expect(head(0)).toBe(head(3));
    }
  });

  test('old answers fool the node that gets them, and not the first one', () => {
    const faults = [{ fault: 'stale-rpc', from: 0 }];
    expect(value(scrape(target(1), at(3600, faults)), 'genlayer_node_synced')).toBe(1);
    const head = (index: number) => value(scrape(target(index), at(3600, faults)), 'genlayer_node_latest_block');
    expect(head(0) - head(1)).toBe(900);
  });
});

describe('faults', () => {
  test('are sorted, and say when all of their alerts fire', () => {
    expect(names).toEqual([...new Set(names)].sort());
    for (const { alerts: own, later = [], within, name } of genlayerSimulator.faults) {
      expect([...own].sort(), name).toEqual(own);
      expect(new Set([...own, ...later]).size, name).toBe(own.length + later.length);
      expect(within, name).toBeGreaterThan(0);
    }
  });

  test('there is one for every alert that a scraped validator can bring, and none promises another', () => {
    const promised = new Set(genlayerSimulator.faults.flatMap(({ alerts: soon, later = [] }) => [...soon, ...later]));
    expect(alerts.filter((alert) => !promised.has(alert))).toEqual([
      // Alloy that is silent takes `up` away, which a scrape never does.
      'GenLayerValidatorMissing',
      'GenLayerNoValidatorReports',
      // Read from a chain.
      'GenLayerOperatorBalanceLow',
      'GenLayerOperatorBalanceVeryLow',
      'GenLayerOperatorRunwayLow',
    ]);
    expect([...promised].filter((alert) => !alerts.includes(alert))).toEqual(['ScrapeTargetDown']);
  });

  test('an unknown component is a page without metrics', () => {
    expect(genlayerSimulator.expose({ ...target(), component: 'other' }, at(0))).toBe('');
  });
});
