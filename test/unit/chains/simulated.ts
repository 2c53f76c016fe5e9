/** What the tests of the simulated chains share: moments and scrapes, histories of faults, and what is to be true of each of them. */
import fc from 'fast-check';
import { expect } from 'vitest';
import type { FaultInterval, Moment, SimulatedTarget, Simulator } from '../../../chains/simulator.ts';
import { type Catalogue, type Metric, metricOfSeries } from '../../../model/rules/catalogue.ts';
import { onlyGrows, readExposition, type Sample } from './exposition.ts';

/** Unix seconds of real time when every simulation begins. */
export const WALL = 1_790_000_000;

export const at = (time: number, faults: readonly FaultInterval[] = [], timeScale = 60): Moment => ({
  time,
  wallStart: WALL,
  timeScale,
  seed: 7,
  faults,
});

export const target = (component: string, index = 0): SimulatedTarget => ({
  component,
  index,
  instance: `${component}-${index}`,
});

/** What Prometheus reads there; nothing where the process is down. */
export function scrape(simulator: Simulator, each: SimulatedTarget, moment: Moment): Sample[] {
  return readExposition(simulator.expose(each, moment) ?? '');
}

/** The value of the one series of that name that has these labels, lacks those that are undefined, and may have others. */
export function value(
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string | undefined>> = {},
): number {
  const found = samples.filter(
    (sample) => sample.name === name && Object.entries(labels).every(([label, text]) => sample.labels[label] === text),
  );
  expect(found.length, `${name} ${JSON.stringify(labels)}`).toBe(1);
  return found[0]?.value ?? Number.NaN;
}

/** All is well, and then each fault by itself, long after it began. */
export function momentsOf({ faults }: Simulator): ReadonlyMap<string, Moment> {
  return new Map([
    ['healthy', at(9000)],
    ...faults.map(({ name }) => [name, at(9000, [{ fault: name, from: 1000 }])] as const),
  ]);
}

/**
 * What the catalogues have against a sample.
 * @param writtenAs the type and the labels that it must have, where these are not those of its metric
 */
export function objections(
  catalogues: readonly Catalogue[],
  sample: Sample,
  writtenAs: (metric: Metric, sample: Sample) => Pick<Metric, 'type' | 'labels'> = (metric) => metric,
): string[] {
  const { name, family, type, labels } = sample;
  const metric = metricOfSeries(catalogues, name);
  if (!metric) return [`${name} is not in the catalogue`];
  const expected = writtenAs(metric, sample);
  const wanted = [...expected.labels].sort().join();
  const own = Object.keys(labels).filter((label) => !(label === 'le' && type === 'histogram'));
  const found = own.sort().join();
  return [
    ...(metric.deprecated ? [`${family} is no longer emitted`] : []),
    ...(type === expected.type ? [] : [`${family} is written as ${type}, not as ${expected.type}`]),
    ...(found === wanted ? [] : [`${name} has labels ${found}, not ${wanted}`]),
    ...Object.entries(metric.values).flatMap(([label, values]) => {
      const text = labels[label];
      return text === undefined || values.includes(text) ? [] : [`${name}: ${label}="${text}" does not exist`];
    }),
  ];
}

/** Upper edges of a histogram's buckets, but for the infinite one. */
export function boundsOf(samples: readonly Sample[], family: string): number[] {
  const buckets = samples.filter(({ name, labels }) => name === `${family}_bucket` && labels.le !== '+Inf');
  return [...new Set(buckets.map(({ labels }) => Number(labels.le)))];
}

/** Any history of a chain's faults, each for all that it concerns or for one process. */
export function histories({ faults }: Simulator, targets: readonly SimulatedTarget[]): fc.Arbitrary<FaultInterval[]> {
  const interval = fc
    .record({
      fault: fc.constantFrom(...faults.map(({ name }) => name)),
      from: fc.integer({ min: 0, max: 20_000 }),
      length: fc.option(fc.integer({ min: 1, max: 8000 }), { nil: Infinity }),
      instance: fc.option(fc.constantFrom(...targets.map(({ instance }) => instance)), { nil: undefined }),
    })
    .map(
      ({ fault, from, length, instance }): FaultInterval => ({
        fault,
        from,
        ...(length === Infinity ? {} : { to: from + length }),
        ...(instance === undefined ? {} : { instance }),
      }),
    );
  return fc.array(interval, { maxLength: 8 });
}

/** Simulated seconds since the beginning. */
export const moments = fc.integer({ min: 0, max: 30_000 });

export interface Counting {
  readonly simulator: Simulator;
  readonly targets: readonly SimulatedTarget[];
  /** Faults that end with a new process of the component, which counts from nothing. */
  readonly restarts: (component: string) => readonly string[];
  /** What may never fall, besides what `onlyGrows` knows. */
  readonly grows?: RegExp;
  /** What may fall all the same. */
  readonly falls?: RegExp;
}

/** What counts never falls, except when its process starts anew: over any history of faults. */
export function neverFalls({ simulator, targets, restarts, grows, falls }: Counting, numRuns: number): void {
  const counts = (sample: Sample) =>
    (onlyGrows(sample) || grows?.test(sample.name) === true) && falls?.test(sample.name) !== true;
  fc.assert(
    fc.property(
      histories(simulator, targets),
      fc.constantFrom(...targets),
      moments,
      fc.integer({ min: 1, max: 4000 }),
      (faults, each, time, later) => {
        const restarting = restarts(each.component);
        const restarted = faults.some(
          ({ fault, from, to = Infinity, instance = each.instance }) =>
            restarting.includes(fault) && instance === each.instance && from < time + later && to > time,
        );
        if (restarted) return;
        const before = new Map(
          scrape(simulator, each, at(time, faults)).map((sample) => [sample.series, sample.value]),
        );
        const fallen = scrape(simulator, each, at(time + later, faults))
          .filter(counts)
          .filter(({ series, value: now }) => now < (before.get(series) ?? 0) - 1e-9)
          .map(({ series, value: now }) => `${series}: ${before.get(series)} → ${now}`);
        expect(fallen).toEqual([]);
      },
    ),
    { numRuns },
  );
}

/** No timestamp lies in the future, or before the hundred days that the chain has lived: over any history of faults. */
export function timestampsAreTrue(
  simulator: Simulator,
  targets: readonly SimulatedTarget[],
  stamps: RegExp,
  numRuns: number,
): void {
  fc.assert(
    fc.property(histories(simulator, targets), fc.constantFrom(...targets), moments, (faults, each, time) => {
      for (const { name, series, value: unix } of scrape(simulator, each, at(time, faults))) {
        if (!stamps.test(name) || unix === 0) continue;
        expect(unix, series).toBeLessThanOrEqual(WALL + time / 60 + 1e-3);
        expect(unix, series).toBeGreaterThan(WALL - (101 * 86_400) / 60);
      }
    }),
    { numRuns },
  );
}

/** A process is not there from 600 to 1200 while the fault is narrowed to it, and only then; another one of its kind always is. */
export function isGoneWhile(
  fault: string,
  simulator: Simulator,
  each: SimulatedTarget,
  others: SimulatedTarget = { ...each, instance: 'another' },
): FaultInterval[] {
  const faults = [{ fault, from: 600, to: 1200, instance: each.instance }];
  const isThere = (process: SimulatedTarget, time: number) => simulator.expose(process, at(time, faults)) !== undefined;
  expect([599, 600, 1199, 1200].map((time) => isThere(each, time))).toEqual([true, false, false, true]);
  expect(isThere(others, 900)).toBe(true);
  return faults;
}

/** What is wrong with how a simulator lists its faults. */
export function misprints({ faults }: Simulator, components: readonly string[]): string[] {
  const isSorted = (names: readonly string[]) =>
    names.every((name, index) => index === 0 || (names[index - 1] ?? '') < name);
  return [
    ...(isSorted(faults.map(({ name }) => name)) ? [] : ['faults are not sorted, or one has the name of another']),
    ...faults.flatMap(({ name, components: concerned, alerts, later = [], within = 0 }) => [
      ...concerned
        .filter((each) => !components.includes(each))
        .map((each) => `${name} concerns ${each}, which is nothing`),
      ...(isSorted(alerts) && isSorted(later) ? [] : [`the alerts of ${name} are not sorted, or one is there twice`]),
      ...later.filter((alert) => alerts.includes(alert)).map((alert) => `${alert} follows ${name} at once and later`),
      ...(within > 0 ? [] : [`${name} does not say when its alerts fire`]),
    ]),
  ];
}

/** Every alert that some fault promises. */
export function promisedBy({ faults }: Simulator): ReadonlySet<string> {
  return new Set(faults.flatMap(({ alerts, later = [] }) => [...alerts, ...later]));
}
