/** The simulated EQ service speaks as the real programs do, never lies about time, and what it counts only grows. */
import { describe, expect, test } from 'vitest';
import { eqServiceSimulator } from '../../../chains/eq-service/simulator.ts';
import type { FaultInterval, Moment, SimulatedTarget } from '../../../chains/simulator.ts';
import { runs } from '../../fixtures/prove.ts';
import { packNamed } from '../../fixtures/real.ts';
import * as simulated from './simulated.ts';
import {
  at,
  boundsOf,
  isGoneWhile,
  misprints,
  momentsOf,
  neverFalls,
  promisedBy,
  target,
  timestampsAreTrue,
  value,
} from './simulated.ts';

const { catalogue, alerts } = packNamed('eq-service');
// Its host and its containers are read by exporters that the environment knows.
const catalogues = [catalogue, packNamed('system').catalogue];

/** Faults after which a process starts anew. */
const RESTARTS: Readonly<Record<string, readonly string[]>> = {
  'eq-service': ['eq-service-down', 'eq-service-restarting'],
  'celestia-node': ['celestia-collector-down'],
  'celestia-rpc': [],
  'succinct-rpc': [],
  'eq-host': ['eq-host-down'],
  'eq-containers': ['eq-containers-down'],
};
const targets = Object.keys(RESTARTS).flatMap((component) =>
  (component === 'celestia-node' ? [0, 1] : [0]).map((index) => target(component, index)),
);
const scrape = (each: SimulatedTarget, moment: Moment) => simulated.scrape(eqServiceSimulator, each, moment);

describe.each(targets)('$instance', (each) => {
  test('speaks as upstream does, whatever goes wrong', () => {
    for (const [fault, moment] of momentsOf(eqServiceSimulator))
      expect(
        scrape(each, moment).flatMap((sample) => simulated.objections(catalogues, sample)),
        fault,
      ).toEqual([]);
  });

  test('is a function of its moment alone', () => {
    const faults = [{ fault: 'celestia-halt', from: 10, to: 400 }];
    expect(eqServiceSimulator.expose(each, at(5000, faults))).toBe(eqServiceSimulator.expose(each, at(5000, faults)));
  });

  test('is gone while it is down', () => {
    const [fault] = RESTARTS[each.component] ?? [];
    if (fault !== undefined) isGoneWhile(fault, eqServiceSimulator, each);
  });
});

describe('over any history of faults', () => {
  test('what counts never falls, except when its process starts anew', () => {
    const restarts = (component: string) => RESTARTS[component] ?? [];
    const grows = /^das_.*(head|headers|ts)$|^node_start_ts$/;
    neverFalls({ simulator: eqServiceSimulator, targets, restarts, grows }, runs(80));
  });

  test('no timestamp lies in the future', () => {
    timestampsAreTrue(eqServiceSimulator, targets, /_ts$|start_time/, runs(50));
  });
});

describe('the story that it tells', () => {
  const bounds = (timeScale: number) =>
    boundsOf(scrape(target('eq-service'), at(3600, [], timeScale)), 'eqs_zk_proof_wait_time');

  test('the buckets are those of the timeout, and shorter with it in compressed time', () => {
    const buckets = catalogue.metrics.get('eqs_zk_proof_wait_time')?.buckets ?? [];
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
    expect(misprints(eqServiceSimulator, Object.keys(RESTARTS))).toEqual([]);
  });

  test('there is one for every alert of the pack, and none promises another', () => {
    const promised = promisedBy(eqServiceSimulator);
    expect([...alerts.keys()].filter((alert) => !promised.has(alert))).toEqual([]);
    expect([...promised].filter((alert) => !alerts.has(alert))).toEqual(['ScrapeTargetDown']);
  });

  test('an unknown component is a page without metrics', () => {
    expect(eqServiceSimulator.expose(target('eq-something'), at(0))).toBe('');
  });
});
