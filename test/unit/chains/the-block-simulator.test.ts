/** The simulated the-block speaks as the real programs do, and what it counts only grows. */
import { describe, expect, test } from 'vitest';
import type { Moment, SimulatedTarget } from '../../../chains/simulator.ts';
import { theBlockSimulator } from '../../../chains/the-block/simulator.ts';
import { runs } from '../../fixtures/prove.ts';
import { packNamed } from '../../fixtures/real.ts';
import * as simulated from './simulated.ts';
import { at, misprints, momentsOf, neverFalls, promisedBy, target } from './simulated.ts';

const { catalogue, alerts } = packNamed('the-block');
const COMPONENTS = ['tb-node', 'light-client', 'aggregator', 'probe'];
const targets = COMPONENTS.map((component) => target(component));
const scrape = (each: SimulatedTarget, moment: Moment) => simulated.scrape(theBlockSimulator, each, moment);

test.each(targets)('$component speaks as upstream does, whatever goes wrong', (each) => {
  for (const [fault, moment] of momentsOf(theBlockSimulator))
    expect(
      scrape(each, moment).flatMap((sample) => simulated.objections([catalogue], sample)),
      fault,
    ).toEqual([]);
});

test('what counts never falls, except when its process starts anew', () => {
  const restarts = (component: string) => [`${component}-down`];
  neverFalls({ simulator: theBlockSimulator, targets, restarts }, runs(60));
});

describe('what nodes say of their peers', () => {
  const peers = (index: number, fault?: string) =>
    theBlockSimulator.peers?.(target('tb-node', index), at(9000, fault === undefined ? [] : [{ fault, from: 1000 }]));
  const fleet = (fault?: string) =>
    new Set([0, 1].flatMap((index) => (peers(index, fault) ?? []).map(({ peer }) => peer)));

  test('is of one fleet, of which each sees a part', () => {
    expect(fleet().size).toBe(60);
    expect(peers(0)?.length).toBe(48);
    expect(peers(0)?.map(({ peer }) => peer)).not.toEqual(peers(1)?.map(({ peer }) => peer));
    for (const name of fleet()) expect(name).toMatch(/^[0-9a-f]{64}$/);
  });

  test('is of fewer where the fleet shrinks, and nothing where no node pushes or none is there', () => {
    expect(fleet('aggregator-peers-dropped').size).toBe(24);
    for (const fault of ['aggregator-ingest-stalled', 'tb-node-down', 'node-metrics-lost'])
      expect(peers(0, fault), fault).toBeUndefined();
    expect(theBlockSimulator.peers?.(target('probe'), at(9000))).toBeUndefined();
  });
});

describe('faults', () => {
  test('are sorted, known by one name, and concern components that exist', () => {
    expect(misprints(theBlockSimulator, COMPONENTS)).toEqual([]);
  });

  test('there is one for every alert of the pack, and none promises another', () => {
    const promised = promisedBy(theBlockSimulator);
    expect([...alerts.keys()].filter((alert) => !promised.has(alert))).toEqual([]);
    const others = [...promised].filter((alert) => !alerts.has(alert)).sort();
    expect(others).toEqual(['ScrapeTargetDown', 'ServiceDown']);
  });

  test('an unknown component is a page without metrics', () => {
    expect(theBlockSimulator.expose(target('other'), at(0))).toBe('');
  });
});
