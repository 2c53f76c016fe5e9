import { afterEach, expect, test } from 'vitest';
import { PROVE } from '../fixtures/prove.ts';
import { until } from './aggregator/process.ts';
import { check } from './replicas/checker.ts';
import { Load } from './replicas/load.ts';
import { FAULTS, play } from './replicas/nemesis.ts';
import { PATIENCE } from './replicas/replica.ts';
import { Stand } from './replicas/stand.ts';

/** Ten minutes are four rounds of the script. */
const ROUNDS = 4;
const SHORT = 4;

let stand: Stand | undefined;
afterEach(() => stand?.clear());

test('what was acknowledged is on all replicas, once, whatever was killed, paused and cut off; and one decides at a time', async () => {
  stand = await Stand.open();
  const open = stand;
  await until(async () => (await open.leader()) !== undefined, 'a replica leads', PATIENCE);
  const load = new Load(() => open.processes);
  const faults = PROVE ? Array.from({ length: ROUNDS }, () => FAULTS).flat() : FAULTS.slice(0, SHORT);
  const played = await play(open, faults, PROVE ? { fault: 6_000, calm: 5_000 } : { fault: 1_500, calm: 1_500 });
  const sent = load.history.acknowledged.size;
  // The healed ones take batches again.
  await until(() => load.history.acknowledged.size > sent + 30, 'batches are taken after the faults', PATIENCE);
  const verdict = await check(open, await load.end());
  console.log(JSON.stringify({ faults: played, ...verdict }, null, 1));
  expect(verdict).toMatchObject({
    lost: [0, 0, 0],
    twice: [0, 0, 0],
    invented: [0, 0, 0],
    different: 0,
    sharedEpochs: 0,
  });
  expect(verdict.acknowledged).toBeGreaterThan(30);
  expect(verdict.failures).toBeGreaterThan(0);
  expect(verdict.decisions).toBeGreaterThan(0);
  expect(new Set(verdict.decided).size).toBe(1);
}, 3_600_000);
