/** the-block: the examples of its page are true, a missing probe is told, and its simulator has a fault for every alert. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { FaultInterval, SimulatedTarget } from '../../../chains/simulator.ts';
import { theBlockSimulator } from '../../../chains/the-block/simulator.ts';
import { parseStack } from '../../../config/parse.ts';
import { metricOfSeries } from '../../../model/rules/catalogue.ts';
import { known, ROOT } from '../../fixtures/real.ts';
import { readExposition } from './exposition.ts';

const page = readFileSync(join(ROOT, 'docs/chains/the-block.md'), 'utf8');
const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => parse(text ?? ''));
const pack = known.packs.get('the-block');
if (!pack) throw new Error('no pack the-block');

test.each(examples)('an example of its page is a network of a stack', (networks) => {
  const config = { 'chainwatch:environment': 'dev', 'chainwatch:networks': networks };
  const stack = parseStack(config, { environment: 'dev', knowledge: known.forConfig });
  expect(stack.networks.map(({ chain }) => chain)).toEqual(['the-block']);
});

test('there is one for each environment', () => {
  expect(examples.flatMap((networks) => Object.keys(networks))).toEqual([
    'the-block-dev',
    'the-block-testnet',
    'the-block-mainnet',
  ]);
});

const COMPONENTS = ['tb-node', 'light-client', 'aggregator', 'probe'];
const targets: readonly SimulatedTarget[] = COMPONENTS.map((component) => ({
  component,
  index: 0,
  instance: component,
}));
const scrape = (target: SimulatedTarget, time: number, faults: readonly FaultInterval[] = []) =>
  readExposition(
    theBlockSimulator.expose(target, { time, wallStart: 1_790_000_000, timeScale: 60, seed: 7, faults }) ?? '',
  );

describe.each(targets)('the simulated $component', (target) => {
  const names = [undefined, ...theBlockSimulator.faults.map(({ name }) => name)];

  test('speaks as upstream does, whatever goes wrong', () => {
    const objections = names.flatMap((fault) =>
      scrape(target, 9000, fault === undefined ? [] : [{ fault, from: 1000 }]).flatMap(({ name, type, labels }) => {
        const metric = metricOfSeries([pack.catalogue], name);
        if (!metric) return [`${name} is not in the catalogue`];
        const own = Object.keys(labels).filter((label) => label !== 'le');
        const wrong = Object.entries(metric.values).filter(([label, all]) => !all.includes(labels[label] ?? ''));
        return [
          ...(type === metric.type ? [] : [`${name} is written as ${type}`]),
          ...(own.sort().join() === [...metric.labels].sort().join() ? [] : [`${name} has the labels ${own.join()}`]),
          ...wrong.map(([label]) => `${name} has ${label}="${labels[label]}"`),
        ];
      }),
    );
    expect([...new Set(objections)]).toEqual([]);
  });

  test('counts what never falls', () => {
    for (const fault of names) {
      const faults = fault === undefined || fault.endsWith('-down') ? [] : [{ fault, from: 1000, to: 5000 }];
      const before = new Map(scrape(target, 3000, faults).map((sample) => [sample.series, sample.value]));
      const fallen = scrape(target, 9000, faults).filter(
        ({ type, series, value }) => type !== 'gauge' && value < (before.get(series) ?? 0) - 1e-9,
      );
      expect(
        fallen.map(({ series }) => series),
        fault,
      ).toEqual([]);
    }
  });
});

test('there is a fault for every alert of the pack, and none promises an unknown one', () => {
  const promised = new Set(theBlockSimulator.faults.flatMap(({ alerts, later = [] }) => [...alerts, ...later]));
  expect([...pack.alerts.keys()].filter((alert) => !promised.has(alert))).toEqual([]);
  const others = [...promised].filter((alert) => !pack.alerts.has(alert)).sort();
  expect(others).toEqual(['ScrapeTargetDown', 'ServiceDown']);
});
