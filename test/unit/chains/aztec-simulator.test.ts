/** The simulated Aztec network speaks as the collectors of real nodes do, and what it counts only grows. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aztec } from '../../../chains/aztec/chain.ts';
import { aztecSimulator } from '../../../chains/aztec/simulator.ts';
import type { FaultInterval, Moment, SimulatedTarget } from '../../../chains/simulator.ts';
import { metricsOf } from '../../../model/promql/selectors.ts';
import { metricOfSeries, parseCatalogue } from '../../../model/rules/catalogue.ts';
import { parseRuleFile } from '../../../model/rules/ruleFile.ts';
import { runs } from '../../fixtures/prove.ts';
import { readExposition, type Sample } from './exposition.ts';

const pack = (file: string) => readFileSync(new URL(`../../../rules/aztec/${file}`, import.meta.url), 'utf8');
const catalogue = parseCatalogue(pack('metrics.yaml'), 'metrics.yaml');
const rules = parseRuleFile(pack('alerts.yaml'), 'alerts.yaml').flatMap((group) => group.rules);
const COMPONENTS = aztec.components.map(({ name }) => name);

const WALL = 1_800_000_000;
const at = (time: number, faults: readonly FaultInterval[] = [], timeScale = 60): Moment => ({
  time,
  wallStart: WALL,
  timeScale,
  faults,
  seed: 7,
});
const target = (component: string, index = 0): SimulatedTarget => ({
  component,
  index,
  instance: `${component}-${index}`,
});
const targets = COMPONENTS.flatMap((component) => [target(component), target(component, 1)]);
const scrape = (each: SimulatedTarget, moment: Moment) => readExposition(aztecSimulator.expose(each, moment) ?? '');
const value = (samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>> = {}) =>
  samples.find(
    (sample) => sample.name === name && Object.entries(labels).every(([key, text]) => sample.labels[key] === text),
  )?.value ?? Number.NaN;

describe('the exposition', () => {
  const moments = [at(0), at(5000), ...aztecSimulator.faults.map(({ name }) => at(4000, [{ fault: name, from: 100 }]))];

  test.each(COMPONENTS)('of %s has the names, types, labels and values of the catalogue', (component) => {
    const wrong = moments.flatMap((moment) =>
      scrape(target(component, 1), moment).flatMap(({ family, name, type, labels }) => {
        const metric = metricOfSeries([catalogue], name);
        if (!metric) return [`${name} is not in the catalogue`];
        const own = Object.entries(labels).filter(([label]) => label !== 'le');
        return [
          ...(metric.type === type ? [] : [`${family} is a ${metric.type}, not a ${type}`]),
          ...(metric.deprecated ? [`${family} is no longer emitted`] : []),
          ...own.flatMap(([label, text]) =>
            metric.labels.includes(label) ? [] : [`${family} has no ${label}=${text}`],
          ),
          ...own.flatMap(([label, text]) =>
            (metric.values[label]?.includes(text) ?? true) ? [] : [`${family}: ${label} is never ${text}`],
          ),
        ];
      }),
    );
    expect([...new Set(wrong)]).toEqual([]);
  });

  test('describes every metric', () => {
    for (const each of targets) expect(aztecSimulator.expose(each, at(5000))).not.toContain('no description');
  });

  test('holds all that the rules read, but for what our exporter reads on chain', () => {
    const shown = new Set(
      moments.flatMap((moment) => targets.flatMap((each) => scrape(each, moment)).map(({ name }) => name)),
    );
    const read = new Set(
      [...rules, ...parseRuleFile(pack('recording.yaml'), 'recording.yaml').flatMap((group) => group.rules)].flatMap(
        (rule) => [...metricsOf(rule.expr)],
      ),
    );
    const missing = [...read].filter((name) => catalogue.metrics.get(name)?.recorded !== true && !shown.has(name));
    expect(missing.filter((name) => !/^(up|ALERTS|chainwatch_.*)$/.test(name))).toEqual([]);
  });

  test('is nothing where the collector is gone, and empty where only the process is', () => {
    for (const each of targets) {
      const active = (what: string) => [{ fault: `${each.component}-${what}`, from: 0 }];
      expect(aztecSimulator.expose(each, at(10, active('down')))).toBeUndefined();
      if (each.component !== 'prover-agent') expect(aztecSimulator.expose(each, at(10, active('silent')))).toBe('');
    }
    expect(aztecSimulator.expose(target('other'), at(0))).toBe('');
  });
});

describe('time', () => {
  // What is a count here, though a gauge by type; errors of the world state go with the restart that ends them.
  const COUNTED = /_count$|_total$|_height$|_success$|_failure$|_bucket$|_sum$/;
  const NOT = /critical_error|peer|active_jobs|pool|mempool/;
  const interval = fc
    .tuple(
      fc.constantFrom(...aztecSimulator.faults.map(({ name }) => name)),
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

  test('what counts never falls, except when its process starts anew', () => {
    fc.assert(
      fc.property(
        fc.array(interval, { maxLength: 6 }),
        fc.constantFrom(...targets),
        fc.integer({ min: 0, max: 30_000 }),
        fc.integer({ min: 1, max: 4000 }),
        (faults, each, time, later) => {
          const restarted = faults.some(
            ({ fault, to }) =>
              fault === `${each.component}-down` && to !== undefined && to > time && to <= time + later,
          );
          if (restarted) return;
          const before = new Map(scrape(each, at(time, faults)).map((sample) => [sample.series, sample.value]));
          const fallen = scrape(each, at(time + later, faults))
            .filter(({ name }) => COUNTED.test(name) && !NOT.test(name))
            .filter(({ series, value: now }) => now < (before.get(series) ?? 0) - 1e-9)
            .map(({ series, value: now }) => `${series}: ${before.get(series)} → ${now}`);
          expect(fallen).toEqual([]);
        },
      ),
      { numRuns: runs(60) },
    );
  });

  test('is compressed in durations, not in counts and heights', () => {
    const [slow, fast] = [1, 60].map((scale) => scrape(target('sequencer'), at(7200, [], scale)));
    expect(value(fast ?? [], 'aztec_archiver_block_height')).toBe(value(slow ?? [], 'aztec_archiver_block_height'));
    const loop = 'nodejs_eventloop_delay_p90_nanoseconds';
    expect(value(fast ?? [], loop) * 60).toBeCloseTo(value(slow ?? [], loop), -3);
  });
});

describe('the story that it tells', () => {
  const sequencer = (time: number, faults: readonly FaultInterval[], index = 0) =>
    scrape(target('sequencer', index), at(time, faults));
  const slots = (outcome: string, samples: readonly Sample[]) =>
    samples
      .filter(({ name }) => name === `aztec_sequencer_slot_${outcome}_count`)
      .reduce((sum, { value: count }) => sum + count, 0);

  test('a healthy sequencer fills every slot that it has', () => {
    for (const time of [0, 12_345, 1_000_000]) {
      const samples = sequencer(time, []);
      expect(slots('filled', samples)).toBe(slots('total', samples));
    }
  });

  test('a slot that is missed is never filled', () => {
    const samples = sequencer(20_000, [{ fault: 'slots-missed', from: 1000, to: 9000 }]);
    expect(slots('total', samples) - slots('filled', samples)).toBeGreaterThan(3);
  });

  test('a stuck replica is left behind; unnamed it is never the first', () => {
    const faults = [{ fault: 'node-stuck', from: 1000 }];
    const height = (index: number) => value(sequencer(3000, faults, index), 'aztec_archiver_checkpoint_height');
    expect(height(0) - height(1)).toBeGreaterThan(25);
  });

  test('proofs come within two epochs, and stop when nobody proves', () => {
    const unproven = (time: number, faults: readonly FaultInterval[]) => {
      const samples = sequencer(time, faults);
      const height = (status?: string) =>
        samples.find(
          ({ name, labels }) => name === 'aztec_archiver_checkpoint_height' && labels.aztec_status === status,
        )?.value ?? Number.NaN;
      return height() - height('proven');
    };
    for (const time of [0, 2304, 50_000]) expect(unproven(time, [])).toBeLessThanOrEqual(64);
    expect(unproven(50_000, [{ fault: 'proofs-stop', from: 1000 }])).toBeGreaterThan(600);
  });

  test('a publisher that lost its ether has it back when the fault ends', () => {
    const left = (time: number) =>
      value(sequencer(time, [{ fault: 'publisher-out-of-funds', from: 100, to: 200 }]), 'aztec_l1_balance_eth');
    expect(left(150)).toBe(0);
    expect(left(250)).toBeGreaterThan(3);
  });
});

describe('faults', () => {
  test('are sorted, known by one name, and concern components that exist', () => {
    const names = aztecSimulator.faults.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)].sort());
    const components = aztecSimulator.faults.flatMap((fault) => fault.components);
    expect(components.filter((component) => !COMPONENTS.includes(component))).toEqual([]);
    for (const { name, alerts, later = [], within } of aztecSimulator.faults) {
      expect([...alerts].sort(), name).toEqual(alerts);
      expect([...later].sort(), name).toEqual(later);
      expect(new Set([...alerts, ...later]).size, name).toBe(alerts.length + later.length);
      expect(within, name).toBeGreaterThan(0);
    }
  });

  test('there is one for every alert of the pack, but for what our exporter reads on chain', () => {
    const promised = new Set(aztecSimulator.faults.flatMap(({ alerts, later = [] }) => [...alerts, ...later]));
    const alerts = rules.flatMap((rule) => (rule.kind === 'alert' ? [rule] : []));
    const unplayed = alerts.filter(({ name }) => !promised.has(name));
    expect(unplayed.filter(({ expr }) => !expr.includes('chainwatch_')).map(({ name }) => name)).toEqual([]);
    const names = alerts.map(({ name }) => name);
    expect([...promised].filter((alert) => !names.includes(alert))).toEqual(['ScrapeTargetDown']);
  });
});
