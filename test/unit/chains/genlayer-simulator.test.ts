/** The simulated GenLayer network speaks as its documentation says, and what it counts only grows. */
import { describe, expect, test } from 'vitest';
import { genlayerSimulator } from '../../../chains/genlayer/simulator.ts';
import type { Moment, SimulatedTarget } from '../../../chains/simulator.ts';
import type { Metric } from '../../../model/rules/catalogue.ts';
import { runs } from '../../fixtures/prove.ts';
import { packNamed } from '../../fixtures/real.ts';
import type { Sample } from './exposition.ts';
import * as simulated from './simulated.ts';
import { at, isGoneWhile, misprints, momentsOf, neverFalls, promisedBy, value, WALL } from './simulated.ts';

const { catalogue, alerts } = packNamed('genlayer');
const target = (index = 0) => simulated.target('validator', index);
const scrape = (each: SimulatedTarget, moment: Moment) => simulated.scrape(genlayerSimulator, each, moment);

/** The name of the validator is the target's. */
const writtenAs = ({ type, labels }: Metric, { name, family }: Sample): Pick<Metric, 'type' | 'labels'> => ({
  type,
  labels: [
    ...labels.filter((label) => label !== 'validator_name'),
    ...(type === 'summary' && name === family ? ['quantile'] : []),
  ],
});

test('speaks as the documentation does, whatever goes wrong', () => {
  for (const [fault, moment] of momentsOf(genlayerSimulator)) {
    const wrong = scrape(target(), moment).flatMap((sample) => simulated.objections([catalogue], sample, writtenAs));
    expect(wrong, fault).toEqual([]);
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
  const faults = isGoneWhile('validator-down', genlayerSimulator, target(), target(1));
  expect(value(scrape(target(), at(1260, faults)), 'process_start_time_seconds')).toBe(WALL + 1200 / 60);
});

test('what counts never falls, except when its process starts anew', () => {
  const restarts = () => ['validator-down'];
  const grows = /transactions_|(latest|synced)_block|_(sum|count)$/;
  neverFalls({ simulator: genlayerSimulator, targets: [target(0), target(1)], restarts, grows }, runs(60));
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
  test('are sorted, known by one name, and concern components that exist', () => {
    expect(misprints(genlayerSimulator, ['validator'])).toEqual([]);
  });

  test('there is one for every alert that a scraped validator can bring, and none promises another', () => {
    const promised = promisedBy(genlayerSimulator);
    expect([...alerts.keys()].filter((alert) => !promised.has(alert))).toEqual([
      // Alloy that is silent takes `up` away, which a scrape never does.
      'GenLayerValidatorMissing',
      'GenLayerNoValidatorReports',
      // What is recorded is no node's business.
      'GenLayerRecordingStopped',
      // Read from a chain.
      'GenLayerOperatorBalanceLow',
      'GenLayerOperatorBalanceVeryLow',
      'GenLayerOperatorRunwayLow',
    ]);
    expect([...promised].filter((alert) => !alerts.has(alert))).toEqual(['ScrapeTargetDown']);
  });

  test('an unknown component is a page without metrics', () => {
    expect(genlayerSimulator.expose({ ...target(), component: 'other' }, at(0))).toBe('');
  });
});
