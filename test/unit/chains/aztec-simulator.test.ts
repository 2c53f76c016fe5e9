/** The simulated Aztec network speaks as the collectors of real nodes do, and what it counts only grows. */
import { describe, expect, test } from 'vitest';
import { aztec } from '../../../chains/aztec/chain.ts';
import { aztecSimulator } from '../../../chains/aztec/simulator.ts';
import type { FaultInterval, Moment, SimulatedTarget } from '../../../chains/simulator.ts';
import { metricsOf } from '../../../model/promql/selectors.ts';
import type { Metric } from '../../../model/rules/catalogue.ts';
import { runs } from '../../fixtures/prove.ts';
import { packNamed } from '../../fixtures/real.ts';
import type { Sample } from './exposition.ts';
import * as simulated from './simulated.ts';
import { at, misprints, momentsOf, neverFalls, promisedBy, target, value } from './simulated.ts';

const { catalogue, groups, alerts } = packNamed('aztec');
const COMPONENTS = aztec.components.map(({ name }) => name);

const targets = COMPONENTS.flatMap((component) => [target(component), target(component, 1)]);
const scrape = (each: SimulatedTarget, moment: Moment) => simulated.scrape(aztecSimulator, each, moment);

/** OpenTelemetry leaves out an attribute that a reading does not have. */
const writtenAs = ({ type, labels }: Metric, sample: Sample): Pick<Metric, 'type' | 'labels'> => ({
  type,
  labels: labels.filter((label) => label in sample.labels),
});

describe('the exposition', () => {
  const moments = [at(0), ...momentsOf(aztecSimulator).values()];

  test.each(COMPONENTS)('of %s has the names, types, labels and values of the catalogue', (component) => {
    const wrong = moments.flatMap((moment) =>
      scrape(target(component, 1), moment).flatMap((sample) => simulated.objections([catalogue], sample, writtenAs)),
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
    const read = new Set(groups.flatMap(({ rules }) => rules).flatMap((rule) => [...metricsOf(rule.expr)]));
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
  const grows = /_count$|_total$|_height$|_success$|_failure$|_bucket$|_sum$/;
  const falls = /critical_error|peer|active_jobs|pool|mempool/;

  test('what counts never falls, except when its process starts anew', () => {
    const restarts = (component: string) => [`${component}-down`];
    neverFalls({ simulator: aztecSimulator, targets, restarts, grows, falls }, runs(60));
  });

  test('is compressed in durations, not in counts and heights', () => {
    const [slow = [], fast = []] = [1, 60].map((scale) => scrape(target('sequencer'), at(7200, [], scale)));
    const height = (samples: readonly Sample[]) =>
      value(samples, 'aztec_archiver_block_height', { aztec_status: undefined });
    expect(height(fast)).toBe(height(slow));
    const loop = 'nodejs_eventloop_delay_p90_nanoseconds';
    expect(value(fast, loop) * 60).toBeCloseTo(value(slow, loop), -3);
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
    const height = (index: number) =>
      value(sequencer(3000, faults, index), 'aztec_archiver_checkpoint_height', { aztec_status: undefined });
    expect(height(0) - height(1)).toBeGreaterThan(25);
  });

  test('proofs come within two epochs, and stop when nobody proves', () => {
    const unproven = (time: number, faults: readonly FaultInterval[]) => {
      const samples = sequencer(time, faults);
      const height = (status?: string) => value(samples, 'aztec_archiver_checkpoint_height', { aztec_status: status });
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

  test('what is left to a publisher is spent at the usual pace', () => {
    const left = (time: number, faults: readonly FaultInterval[]) =>
      value(sequencer(time, faults), 'aztec_l1_balance_eth');
    const spent = (faults: readonly FaultInterval[]) => left(4000, faults) - left(7600, faults);
    expect(spent([{ fault: 'publisher-low-funds', from: 3600 }])).toBeCloseTo(0.04, 5);
    expect(spent([])).toBeCloseTo(0.04, 5);
  });
});

describe('faults', () => {
  test('are sorted, known by one name, and concern components that exist', () => {
    expect(misprints(aztecSimulator, COMPONENTS)).toEqual([]);
  });

  test('there is one for every alert of the pack, but for what our exporter reads on chain', () => {
    const promised = promisedBy(aztecSimulator);
    const unplayed = groups
      .flatMap(({ rules }) => rules)
      .filter(({ kind, name }) => kind === 'alert' && !promised.has(name));
    expect(unplayed.filter(({ expr }) => !expr.includes('chainwatch_')).map(({ name }) => name)).toEqual([]);
    expect([...promised].filter((alert) => !alerts.has(alert))).toEqual(['ScrapeTargetDown']);
  });
});
