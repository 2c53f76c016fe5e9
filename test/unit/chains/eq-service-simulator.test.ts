/** The simulated EQ service speaks as the real programs do, never lies about time, and what it counts only grows. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eqServiceSimulator } from '../../../chains/eq-service/simulator.ts';
import type { FaultInterval, Moment, SimulatedTarget } from '../../../chains/simulator.ts';
import { metricOfSeries, parseCatalogue } from '../../../model/rules/catalogue.ts';
import { parseRuleFile } from '../../../model/rules/ruleFile.ts';
import { runs } from '../../fixtures/prove.ts';
import { onlyGrows, readExposition, type Sample } from './exposition.ts';

const read = (path: string) => readFileSync(new URL(`../../../rules/${path}`, import.meta.url), 'utf8');
const catalogues = ['eq-service', 'system'].map((chain) => parseCatalogue(read(`${chain}/metrics.yaml`), chain));
const alerts = parseRuleFile(read('eq-service/alerts.yaml'), 'alerts.yaml').flatMap((group) =>
  group.rules.map(({ name }) => name),
);

/** Faults after which a process starts anew. */
const RESTARTS: Readonly<Record<string, readonly string[]>> = {
  'eq-service': ['eq-service-down', 'eq-service-restarting'],
  'celestia-node': ['celestia-collector-down'],
  'celestia-rpc': [],
  'succinct-rpc': [],
  'eq-host': ['eq-host-down'],
  'eq-containers': ['eq-containers-down'],
};
const targets: readonly SimulatedTarget[] = Object.keys(RESTARTS).flatMap((component) =>
  (component === 'celestia-node' ? [0, 1] : [0]).map((index) => ({
    component,
    index,
    instance: `${component}-${index}`,
  })),
);
const WALL = 1_790_000_000;
const at = (time: number, faults: readonly FaultInterval[] = [], timeScale = 60): Moment => ({
  time,
  wallStart: WALL,
  timeScale,
  seed: 7,
  faults,
});
const scrape = (target: SimulatedTarget, moment: Moment): Sample[] =>
  readExposition(eqServiceSimulator.expose(target, moment) ?? '');
const target = (component: string, index = 0): SimulatedTarget => ({
  component,
  index,
  instance: `${component}-${index}`,
});
const value = (samples: readonly Sample[], name: string): number => {
  const found = samples.filter((sample) => sample.name === name);
  expect(found.length, name).toBe(1);
  return found[0]?.value ?? Number.NaN;
};

function objections({ family, type, name, labels }: Sample): string[] {
  const metric = metricOfSeries(catalogues, name);
  if (!metric) return [`${name} is not in the catalogue`];
  const own = Object.keys(labels).filter((label) => !(label === 'le' && type === 'histogram'));
  return [
    ...(type === metric.type ? [] : [`${family} is written as ${type}, not as ${metric.type}`]),
    ...(own.sort().join() === [...metric.labels].sort().join() ? [] : [`${name} has labels ${own.join()}`]),
    ...Object.entries(metric.values).flatMap(([label, values]) =>
      values.includes(labels[label] ?? '') ? [] : [`${name}: ${label}="${labels[label]}" does not exist`],
    ),
  ];
}

describe.each(targets)('$instance', (each) => {
  test('speaks as upstream does, whatever goes wrong', () => {
    for (const fault of [undefined, ...eqServiceSimulator.faults.map(({ name }) => name)]) {
      const samples = scrape(each, at(9000, fault === undefined ? [] : [{ fault, from: 1000 }]));
      expect(samples.flatMap(objections), fault).toEqual([]);
    }
  });

  test('is a function of its moment alone', () => {
    const faults = [{ fault: 'celestia-halt', from: 10, to: 400 }];
    expect(eqServiceSimulator.expose(each, at(5000, faults))).toBe(eqServiceSimulator.expose(each, at(5000, faults)));
  });

  test('is gone while it is down', () => {
    const [fault] = RESTARTS[each.component] ?? [];
    if (fault === undefined) return;
    const faults = [{ fault, from: 600, to: 1200, instance: each.instance }];
    expect(eqServiceSimulator.expose(each, at(599, faults))).not.toBe(undefined);
    expect(eqServiceSimulator.expose(each, at(600, faults))).toBe(undefined);
    expect(eqServiceSimulator.expose(each, at(1199, faults))).toBe(undefined);
    expect(eqServiceSimulator.expose(each, at(1200, faults))).not.toBe(undefined);
    expect(eqServiceSimulator.expose({ ...each, instance: 'another' }, at(900, faults))).not.toBe(undefined);
  });
});

describe('over any history of faults', () => {
  const interval = fc
    .tuple(
      fc.constantFrom(...eqServiceSimulator.faults.map(({ name }) => name)),
      fc.integer({ min: 0, max: 20_000 }),
      fc.option(fc.integer({ min: 1, max: 8000 }), { nil: undefined }),
      fc.option(fc.constantFrom(...targets.map(({ instance }) => instance)), { nil: undefined }),
    )
    .map(
      ([fault, from, length, instance]): FaultInterval => ({
        fault,
        from,
        ...(length === undefined ? {} : { to: from + length }),
        ...(instance === undefined ? {} : { instance }),
      }),
    );
  const history = fc.array(interval, { maxLength: 8 });
  const grows = (sample: Sample) => onlyGrows(sample) || /^das_.*(head|headers|ts)$|^node_start_ts$/.test(sample.name);

  test('what counts never falls, except when its process starts anew', () => {
    fc.assert(
      fc.property(
        history,
        fc.constantFrom(...targets),
        fc.integer({ min: 0, max: 30_000 }),
        fc.integer({ min: 1, max: 4000 }),
        (faults, each, time, later) => {
          const restarts = RESTARTS[each.component] ?? [];
          if (faults.some(({ fault, to = Infinity }) => restarts.includes(fault) && to >= time)) return;
          const before = new Map(scrape(each, at(time, faults)).map((sample) => [sample.series, sample.value]));
          const fallen = scrape(each, at(time + later, faults))
            .filter(grows)
            .filter(({ series, value: now }) => now < (before.get(series) ?? 0) - 1e-6)
            .map(({ series, value: now }) => `${series}: ${before.get(series)} → ${now}`);
          expect(fallen).toEqual([]);
        },
      ),
      { numRuns: runs(80) },
    );
  });

  test('no timestamp lies in the future', () => {
    fc.assert(
      fc.property(history, fc.constantFrom(...targets), fc.integer({ min: 0, max: 30_000 }), (faults, each, time) => {
        for (const { name, value: unix } of scrape(each, at(time, faults)))
          if (/_ts$|start_time/.test(name)) expect(unix, name).toBeLessThanOrEqual(WALL + time / 60 + 1e-3);
      }),
      { numRuns: runs(50) },
    );
  });
});

describe('the story that it tells', () => {
  const bounds = (timeScale: number) =>
    scrape(target('eq-service'), at(3600, [], timeScale))
      .filter(({ name }) => name === 'eqs_zk_proof_wait_time_bucket')
      .map(({ labels }) => Number(labels.le === '+Inf' ? Infinity : labels.le))
      .slice(0, -1);

  test('the buckets are those of the timeout, and shorter with it in compressed time', () => {
    const buckets = catalogues[0]?.metrics.get('eqs_zk_proof_wait_time')?.buckets ?? [];
    expect(bounds(1)).toEqual(buckets);
    expect(bounds(60)).toEqual(buckets.map((edge) => edge / 60));
  });

  test('there is no series of errors before the first one', () => {
    const names = (faults: readonly FaultInterval[]) =>
      scrape(target('eq-service'), at(3600, faults)).filter(({ name }) => name === 'eqs_jobs_errors_total').length;
    expect(names([])).toBe(0);
    expect(names([{ fault: 'jobs-failing', from: 3000 }])).toBe(1);
    expect(names([{ fault: 'error-texts', from: 0 }])).toBe(60);
  });

  test('a service that ends again and again counts from nothing each time', () => {
    const faults = [{ fault: 'eq-service-restarting', from: 1000 }];
    const asked = (time: number) => value(scrape(target('eq-service'), at(time, faults)), 'eqs_grpc_req_total');
    expect(asked(1020)).toBeGreaterThan(100_000);
    expect(asked(1620)).toBeLessThan(1300);
    expect(asked(1640)).toBeLessThan(30);
  });

  test('Celestia makes no blocks while it stands, and a node that fell behind catches up', () => {
    const known = (time: number, faults: readonly FaultInterval[], index = 0) =>
      value(scrape(target('celestia-node', index), at(time, faults)), 'das_network_head');
    expect(known(3600, []) - known(3600, [{ fault: 'celestia-halt', from: 1000, to: 1600 }])).toBe(100);
    const behind = [{ fault: 'celestia-node-behind', from: 1000, to: 1600 }];
    expect(known(1600, behind, 0) - known(1600, behind, 1)).toBe(100);
    expect(known(1700, behind, 0) - known(1700, behind, 1)).toBe(0);
  });
});

describe('faults', () => {
  test('are sorted, known by one name, and concern components that exist', () => {
    const names = eqServiceSimulator.faults.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)].sort());
    const components = eqServiceSimulator.faults.flatMap((fault) => fault.components);
    expect(components.filter((component) => !(component in RESTARTS))).toEqual([]);
  });

  test('there is one for every alert of the pack, and none promises another', () => {
    const promised = new Set(eqServiceSimulator.faults.flatMap(({ alerts: soon, later = [] }) => [...soon, ...later]));
    expect(alerts.filter((alert) => !promised.has(alert))).toEqual([]);
    expect([...promised].filter((alert) => !alerts.includes(alert))).toEqual(['ScrapeTargetDown']);
  });

  test('an unknown component is a page without metrics', () => {
    expect(eqServiceSimulator.expose(target('eq-something'), at(0))).toBe('');
  });
});
