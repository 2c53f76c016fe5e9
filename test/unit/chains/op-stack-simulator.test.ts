/** The simulated OP stack speaks as the real programs do, never lies about time, and what it counts only grows. */
import { describe, expect, test } from 'vitest';
import { opStackSimulator } from '../../../chains/op-stack/simulator.ts';
import type { FaultInterval, Moment, SimulatedTarget } from '../../../chains/simulator.ts';
import type { Metric } from '../../../model/rules/catalogue.ts';
import { runs } from '../../fixtures/prove.ts';
import { packNamed } from '../../fixtures/real.ts';
import type { Sample } from './exposition.ts';
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
  WALL,
} from './simulated.ts';

const { catalogue, alerts } = packNamed('op-stack');

const DOWN: Readonly<Record<string, string>> = {
  'op-geth': 'op-geth-down',
  'op-node': 'op-node-down',
  'op-batcher': 'batcher-down',
  'op-proposer': 'proposer-down',
  'op-challenger': 'challenger-down',
  'op-dispute-mon': 'dispute-mon-down',
  'op-conductor': 'conductor-down',
  'gas-oracle': 'gas-oracle-down',
};
// Only of op-node the first one differs from the others: it is the sequencer.
const targets = Object.keys(DOWN).flatMap((component) =>
  (component === 'op-node' ? [0, 1] : [0]).map((index) => target(component, index)),
);
const scrape = (each: SimulatedTarget, moment: Moment) => simulated.scrape(opStackSimulator, each, moment);

/** geth writes the count of a summary as a counter of its own. */
const writtenAs = (metric: Metric, { name, type }: Sample): Pick<Metric, 'type' | 'labels'> =>
  metric.type === 'summary' && name === `${metric.name}_count` && type === 'counter' ? { type, labels: [] } : metric;

describe.each(targets)('$instance', (each) => {
  test('speaks as upstream does, whatever goes wrong', () => {
    for (const [fault, moment] of momentsOf(opStackSimulator)) {
      const samples = scrape(each, moment);
      expect(
        samples.flatMap((sample) => simulated.objections([catalogue], sample, writtenAs)),
        fault,
      ).toEqual([]);
      for (const family of new Set(samples.filter(({ type }) => type === 'histogram').map((sample) => sample.family)))
        expect(boundsOf(samples, family), family).toEqual(catalogue.metrics.get(family)?.buckets);
    }
  });

  test('is a function of its moment alone', () => {
    const faults = [{ fault: 'sequencer-stall', from: 10, to: 400 }];
    expect(opStackSimulator.expose(each, at(5000, faults))).toBe(opStackSimulator.expose(each, at(5000, faults)));
  });

  test('is gone while it is down, and starts anew', () => {
    const fault = DOWN[each.component] ?? '';
    const faults = isGoneWhile(fault, opStackSimulator, each);
    const after = scrape(each, at(1260, faults));
    if (each.component === 'op-geth') return expect(value(after, 'rpc_requests')).toBeLessThan(60 * 60);
    expect(value(after, 'process_start_time_seconds')).toBe(WALL + 1200 / 60);
    expect(value(after, 'process_cpu_seconds_total')).toBeLessThan(60);
  });
});

describe('over any history of faults', () => {
  test('what counts never falls, except when its process starts anew', () => {
    const restarts = (component: string) => [DOWN[component] ?? ''];
    neverFalls({ simulator: opStackSimulator, targets, restarts }, runs(60));
  });

  test('no timestamp lies in the future or before the chain', () => {
    const stamps = /refs_time|_unix$|start_time|update_time|output_fetch|latest_proposal/;
    timestampsAreTrue(opStackSimulator, targets, stamps, runs(50));
  });
});

describe('compressed time', () => {
  test('makes durations shorter and leaves counts and heights', () => {
    const slow = scrape(target('op-node'), at(7200, [], 1));
    const fast = scrape(target('op-node'), at(7200, [], 60));
    const unsafe = { layer: 'l2', type: 'l2_unsafe' };
    expect(value(fast, 'op_node_default_refs_number', unsafe)).toBe(value(slow, 'op_node_default_refs_number', unsafe));
    const age = (samples: readonly Sample[], scale: number, type: string) =>
      (WALL + 7200 / scale - value(samples, 'op_node_default_refs_time', { type })) * scale;
    for (const type of ['l1_head', 'l1_finalized', 'l2_unsafe', 'l2_safe', 'l2_finalized'])
      expect(age(fast, 60, type)).toBeCloseTo(age(slow, 1, type), 3);
    const request = { request: 'FetchReceipts' };
    const name = 'op_node_default_l1_request_seconds';
    expect(value(fast, `${name}_count`, request)).toBe(value(slow, `${name}_count`, request));
    expect(value(fast, `${name}_sum`, request) * 60).toBeCloseTo(value(slow, `${name}_sum`, request), 3);
    const rpc = (scale: number) =>
      value(scrape(target('op-geth'), at(7200, [], scale)), 'rpc_duration_all', { quantile: '0.95' });
    expect(rpc(60) * 60).toBeCloseTo(rpc(1), -4);
  });
});

describe('the story that it tells', () => {
  const L2 = (type: string) => ({ layer: 'l2', type });
  const age = (time: number, faults: readonly FaultInterval[], type: string, index = 0) =>
    time -
    (value(scrape(target('op-node', index), at(time, faults)), 'op_node_default_refs_time', { type }) - WALL) * 60;

  test('a healthy chain is seconds old, safe within a batch and final within half an hour', () => {
    for (const time of [0, 1, 12_345, 1_000_000]) {
      expect(age(time, [], 'l2_unsafe')).toBeLessThanOrEqual(2.001);
      expect(age(time, [], 'l1_head')).toBeLessThanOrEqual(12.001);
      expect(age(time, [], 'l2_safe')).toBeLessThan(330);
      expect(age(time, [], 'l2_finalized')).toBeLessThan(1800);
    }
  });

  test('a stalled sequencer stands still, and makes up for it', () => {
    const faults = [{ fault: 'sequencer-stall', from: 1000, to: 1600 }];
    expect(age(1500, faults, 'l2_unsafe')).toBeCloseTo(500, -1);
    expect(age(1620, faults, 'l2_unsafe')).toBeGreaterThan(400);
    // After a quarter of the time that it stood still, as `simulate --clear` says.
    expect(age(1740, faults, 'l2_unsafe')).toBeGreaterThan(30);
    expect(age(1752, faults, 'l2_unsafe')).toBeLessThanOrEqual(2.001);
  });

  test('a stuck replica is left behind by the others; unnamed it is never the first', () => {
    for (const faults of [
      [{ fault: 'node-stuck', from: 1000, instance: 'op-node-1' }],
      [{ fault: 'node-stuck', from: 1000 }],
    ]) {
      expect(age(2000, faults, 'l2_unsafe', 0)).toBeLessThan(3);
      expect(age(2000, faults, 'l2_unsafe', 1)).toBeGreaterThan(990);
    }
  });

  test('a replica that is no longer stuck is with the others again after minutes', () => {
    const faults = [{ fault: 'node-stuck', from: 1000, to: 4600, instance: 'op-node-1' }];
    expect(age(4620, faults, 'l2_unsafe', 1)).toBeGreaterThan(3000);
    expect(age(4800, faults, 'l2_unsafe', 1)).toBeLessThanOrEqual(2.001);
    expect(age(4800, faults, 'l1_derived', 1)).toBeLessThanOrEqual(24.001);
  });

  test('blocks of L1 that were not made are never made', () => {
    const number = (faults: readonly FaultInterval[]) =>
      value(scrape(target('op-node'), at(3600, faults)), 'op_node_default_refs_number', {
        layer: 'l1',
        type: 'l1_head',
      });
    expect(number([]) - number([{ fault: 'l1-halt', from: 1000, to: 1600 }])).toBe(50);
  });

  test('nodes agree on every hash at the same height, unless one is on a fork', () => {
    const hash = (index: number, faults: readonly FaultInterval[]) =>
      value(scrape(target('op-node', index), at(5000, faults)), 'op_node_default_refs_hash', L2('l2_safe'));
    expect(hash(0, [])).toBe(hash(1, []));
    const forked = [{ fault: 'heads-disagree', from: 100 }];
    expect(hash(0, forked)).not.toBe(hash(1, forked));
  });

  test('op-geth and op-node tell of the same head', () => {
    const node = value(scrape(target('op-node'), at(5000)), 'op_node_default_refs_number', L2('l2_unsafe'));
    expect(value(scrape(target('op-geth'), at(5000)), 'chain_head_block')).toBe(node);
  });

  test('an account that lost its money has it back when the fault ends', () => {
    const left = (time: number) =>
      value(
        scrape(target('op-batcher'), at(time, [{ fault: 'batcher-out-of-funds', from: 100, to: 200 }])),
        'op_batcher_default_balance',
      );
    expect(left(150)).toBeLessThan(0.1);
    expect(left(250)).toBeGreaterThan(9);
  });

  test.each(['batcher', 'proposer', 'challenger'])('what is left to the %s is spent at the usual pace', (who) => {
    const poor = [{ fault: `${who}-low-funds`, from: 3600 }];
    const left = (time: number, faults: readonly FaultInterval[]) =>
      value(
        scrape(target(`op-${who}`), at(time, faults)),
        who === 'challenger' ? 'op_challenger_balance' : `op_${who}_default_balance`,
      );
    const spent = (faults: readonly FaultInterval[]) => left(4000, faults) - left(7600, faults);
    expect(spent(poor)).toBeGreaterThan(0);
    expect(spent(poor)).toBeCloseTo(spent([]), 5);
  });
});

describe('faults', () => {
  test('are sorted, known by one name, and concern components that exist', () => {
    expect(misprints(opStackSimulator, Object.keys(DOWN))).toEqual([]);
  });

  test('there is one for every alert of the pack, and none promises another', () => {
    const promised = promisedBy(opStackSimulator);
    expect([...alerts.keys()].filter((alert) => !promised.has(alert))).toEqual([]);
    // Of the environment's own alerts, that about any target that is gone.
    expect([...promised].filter((alert) => !alerts.has(alert))).toEqual(['ScrapeTargetDown']);
  });

  test('an unknown component is a page without metrics', () => {
    expect(opStackSimulator.expose(target('op-something'), at(0))).toBe('');
  });
});
