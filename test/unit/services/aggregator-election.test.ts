import { setImmediate as turn } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import type { ControlEntry } from '../../../services/aggregator/control/control.ts';
import { Decisions } from '../../../services/aggregator/lead/decisions.ts';
import { type Attempt, Election, type Seat } from '../../../services/aggregator/lead/election.ts';
import { alone, type Leadership } from '../../../services/aggregator/lead/leadership.ts';
import { HttpFault } from '../../../services/shared/http.ts';
import { StoreError } from '../../../services/shared/store/records.ts';

const TTL = 10_000;
const log = pino({ level: 'silent' });

/** A seat whose answers come when the test says so. */
class Scripted implements Seat {
  readonly asked: { resolve(attempt: Attempt): void; reject(error: Error): void }[] = [];
  released = 0;

  attempt(): Promise<Attempt> {
    const { promise, resolve, reject } = Promise.withResolvers<Attempt>();
    this.asked.push({ resolve, reject });
    return promise;
  }

  async release(): Promise<void> {
    this.released += 1;
  }

  async answer(attempt: Attempt | Error): Promise<void> {
    const asked = this.asked.at(-1);
    if (attempt instanceof Error) asked?.reject(attempt);
    else asked?.resolve(attempt);
    await turn();
  }
}

let clock = 0;
let elections: Election[] = [];
afterEach(async () => {
  await Promise.all(elections.map((each) => each.stop()));
  elections = [];
});

function begin(): { election: Election; seat: Scripted; told: (number | undefined)[] } {
  const seat = new Scripted();
  const election = new Election({ seat, ttl: TTL, log, now: () => clock });
  elections.push(election);
  const told: (number | undefined)[] = [];
  election.onChange((epoch) => told.push(epoch));
  return { election, seat, told };
}

describe('a replica that is elected', () => {
  test('leads until four fifths of the time are over since it asked', async () => {
    clock = 1_000;
    const { election, seat, told } = begin();
    expect(election.epoch()).toBeUndefined();
    // The answer was long on its way.
    clock += 3_000;
    await seat.answer({ ours: true, epoch: 7 });
    expect([election.epoch(), told]).toEqual([7, [7]]);
    clock = 1_000 + 7_999;
    expect(election.epoch()).toBe(7);
    // Nobody has run meanwhile: this is what a process sees that was paused.
    clock = 1_000 + 8_000;
    expect(election.epoch()).toBeUndefined();
    expect(election.known()).toEqual({ leader: undefined, epoch: 7 });
    expect(election.readiness()).toMatchObject({ ok: true, leads: false });
  });

  test('does not lead by an answer that came too late', async () => {
    clock = 0;
    const { election, seat, told } = begin();
    clock = 8_000;
    await seat.answer({ ours: true, epoch: 7 });
    expect([election.epoch(), told]).toEqual([undefined, []]);
  });

  test('that lets go does not lead by an answer from before', async () => {
    const { election, seat, told } = begin();
    await election.yield();
    await seat.answer({ ours: true, epoch: 7 });
    expect([election.epoch(), seat.released, told]).toEqual([undefined, 1, []]);
  });

  test('hands over when it ends, and only what it has', async () => {
    const [first, second] = [begin(), begin()];
    await first.seat.answer({ ours: true, epoch: 7 });
    await second.seat.answer({ ours: false, leader: 'first', epoch: 7 });
    expect(second.election.known()).toEqual({ leader: 'first', epoch: 7 });
    await Promise.all([first.election.stop(), second.election.stop()]);
    expect([first.seat.released, second.seat.released]).toEqual([1, 0]);
    expect(first.election.epoch()).toBeUndefined();
  });

  test('says what is wrong while nobody answers', async () => {
    const { election, seat } = begin();
    await seat.answer(new Error('etcd does not answer: x'));
    expect(election.readiness()).toEqual({
      ok: true,
      leads: false,
      leader: null,
      epoch: null,
      reason: 'etcd does not answer: x',
    });
  });
});

describe('the only replica', () => {
  test('leads by the newest epoch that its store knows, as soon as that answers', async () => {
    let answer: () => Promise<number> = async () => {
      throw new Error('the disk is full');
    };
    const leadership = alone(() => answer());
    await turn();
    expect(leadership.epoch()).toBeUndefined();
    answer = async () => 12;
    await turn();
    leadership.epoch();
    await turn();
    expect(leadership.epoch()).toBe(12);
    expect(leadership.readiness()).toEqual({ ok: true, leads: true });
  });
});

describe('a decision', () => {
  const leading = (epoch: number | undefined, leader?: string) => {
    let yields = 0;
    const leadership: Leadership = {
      epoch: () => epoch,
      known: () => ({ leader, epoch }),
      onChange: () => () => {},
      yield: async () => {
        yields += 1;
      },
      readiness: () => ({ ok: true }),
      stop: async () => {},
    };
    return { leadership, yields: () => yields };
  };
  const decide = async (leadership: Leadership, append: (entry: ControlEntry) => Promise<'applied' | 'stale'>) => {
    const decisions = new Decisions({ leadership, control: { append }, now: () => 1_795_000_000_500 });
    const error = await decisions.decide('prune', { before: 5 }).catch((thrown: unknown) => thrown);
    return error instanceof HttpFault ? [error.status, error.body.error, error.body.reason] : error;
  };

  test('carries the epoch and the time', async () => {
    const entries: ControlEntry[] = [];
    const append = async (entry: ControlEntry) => {
      entries.push(entry);
      return 'applied' as const;
    };
    expect(await decide(leading(3).leadership, append)).toBeUndefined();
    expect(entries).toEqual([{ kind: 'prune', epoch: 3, at: 1_795_000_000, data: { before: 5 } }]);
  });

  test('is not taken by one that follows, nor sent', async () => {
    const append = () => Promise.reject(new Error('nothing is to be sent'));
    const named = leading(undefined, 'aggregator-1:9300_00000000-0000-4000-8000-000000000000').leadership;
    expect(await decide(named, append)).toEqual([
      421,
      'not_leader',
      'this replica does not lead; aggregator-1:9300 does',
    ]);
    expect(await decide(leading(undefined).leadership, append)).toEqual([421, 'not_leader', 'nobody is known to lead']);
  });

  test('that is stale makes the replica let go', async () => {
    const { leadership, yields } = leading(3);
    expect(await decide(leadership, async () => 'stale')).toEqual([421, 'not_leader', 'nobody is known to lead']);
    expect(yields()).toBe(1);
  });

  test.each([
    [new StoreError('full', 'no room'), [507, 'store_full', 'no room']],
    [new StoreError('slow', 'no answer'), [503, 'undecided', 'no answer']],
    [new Error('the log is away'), [503, 'undecided', 'the log is away']],
  ])('that may have been made or not is answered so: %s', async (error, answer) => {
    expect(await decide(leading(3).leadership, () => Promise.reject(error))).toEqual(answer);
  });
});
