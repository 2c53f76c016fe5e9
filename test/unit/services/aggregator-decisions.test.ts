import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Control } from '../../../services/aggregator/control/apply.ts';
import type { ControlEntry, JsonObject } from '../../../services/aggregator/control/control.ts';
import { DecidedReader } from '../../../services/aggregator/control/decided.ts';
import { WANTED } from '../../../services/aggregator/control/state.ts';
import { dataOf } from '../../../services/aggregator/keys/rotation.ts';
import { LostDecisions } from '../../../services/aggregator/replicate/decisions.ts';
import type { Outgoing } from '../../../services/aggregator/replicate/link.ts';
import { LogRows } from '../../../services/aggregator/store/logRows.ts';
import { STEPS } from '../../../services/aggregator/store/schema.ts';
import { createLogger } from '../../../services/shared/log.ts';
import { SecretScrubber } from '../../../services/shared/secrets.ts';
import { openForWriting } from '../../../services/shared/store/database.ts';
import { runs } from '../../fixtures/prove.ts';

const NOW = 1_795_000_000;
const key = (n: number) => n.toString(16).padStart(64, '0');

let folder: string;
let files = 0;
const closing: (() => void)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aggregator-decisions-'));
});
afterEach(() => {
  for (const close of closing.splice(0)) close();
  rmSync(folder, { recursive: true });
});

/** One replica's decisions, and what it has to say about them. */
function replica(most = 100_000) {
  files += 1;
  const db = openForWriting(join(folder, `${files}.db`), { steps: STEPS });
  closing.push(() => db.close());
  const control = new Control(db);
  const decided = new DecidedReader(db);
  const said: Outgoing[] = [];
  const place = { seq: 0 };
  const mark = () => ({ stream: 'monday', seq: place.seq, name: '', at: 0 });
  const lost = new LostDecisions({
    link: {
      look: { at: 0, created: 'monday', firstSeq: 1, lastSeq: 1, firstAt: 0, mostBytes: most },
      publish: async (message) => {
        said.push(message);
        return { stream: 'log', seq: place.seq + 1, duplicate: false, domain: '' };
      },
    },
    decided: () => decided,
    subject: 'log.control',
    log: createLogger('test', 'silent', new SecretScrubber()),
    readTo: mark,
    onPublished: () => {},
  });
  return {
    control,
    said,
    lost,
    read: (entry: ControlEntry) => control.apply(entry),
    /** The log is another one. */
    begin: () => new LogRows(db).begin(mark()),
    /** What it says in one look, as others read it. */
    say: async (): Promise<ControlEntry[]> => {
      await lost.bring();
      return said.splice(0).map(({ data }): ControlEntry => JSON.parse(Buffer.from(data).toString()));
    },
    advance: () => {
      place.seq += 1;
    },
    all: () => ({ epoch: decided.epoch, before: decided.pruneBefore, chains: decided.chains() }),
  };
}

const rotate = (oldKey: number, newKey: number, epoch: number, peer = key(1)): ControlEntry => ({
  kind: 'rotate',
  epoch,
  at: NOW + epoch,
  data: dataOf({
    network: 'net',
    peer,
    oldKey: key(oldKey),
    newKey: key(newKey),
    until: NOW,
    how: 'signed',
    signature: '',
  }),
});
const prune = (before: number, epoch: number): ControlEntry => ({ kind: 'prune', epoch, at: NOW, data: { before } });
const state = (data: JsonObject, epoch = 0): ControlEntry => ({ kind: 'state', epoch, at: NOW, data });
/** All that a replica holds: the keys of one peer. */
const chainState = (entries: readonly ControlEntry[]): ControlEntry => {
  const events = entries.map(({ at, epoch, data }) => ({ ...data, at, epoch }));
  return state({ before: 0, chains: [{ network: 'net', peer: key(1), events }] });
};

test('what another log does not have is said once, by whoever holds it, and known from then on', async () => {
  const [one, two] = [replica(), replica()];
  for (const entry of [rotate(1, 2, 4), rotate(2, 3, 5), prune(NOW - 50, 6)]) one.read(entry);
  // The log has it.
  expect(await one.say()).toEqual([]);
  one.begin();
  const said = await one.say();
  expect(said).toHaveLength(1);
  // It waits until it has read what it said.
  expect(await one.say()).toEqual([]);
  for (const entry of said) for (const each of [one, two]) each.read(entry);
  expect(two.all()).toEqual(one.all());
  expect(two.all()).toMatchObject({ epoch: 6, before: NOW - 50, chains: [{ events: [{}, {}] }] });
  expect([two.control.epoch, two.control.keys.firstName('net', key(3))]).toEqual([6, key(1)]);
  for (const each of [one, two]) {
    each.advance();
    expect(await each.say()).toEqual([]);
  }
  // Whose time is over decides nothing there either.
  expect(two.read(prune(NOW, 5))).toBe('stale');
});

test('what the log says it took, and does not show, is said again, and not for ever', async () => {
  const one = replica();
  one.read(prune(NOW - 5, 1));
  one.begin();
  let times = 0;
  for (let looks = 0; looks < 10; looks += 1) {
    times += (await one.say()).length;
    one.advance();
  }
  expect(times).toBe(3);
});

test('a replica that asks for all is told all, also what the log had once', async () => {
  const one = replica();
  for (const entry of [rotate(1, 2, 4), prune(NOW - 50, 6)]) one.read(entry);
  one.read(state(WANTED));
  expect(await one.say()).toMatchObject([{ kind: 'state', epoch: 6, data: { before: NOW - 50, chains: [{}] } }]);
});

test('keys of many peers go in as many messages as they need; those of one that is too large are left out', async () => {
  const one = replica(6_000);
  for (let n = 1; n <= 40; n += 1) one.read(rotate(n, 1_000 + n, 3, key(n)));
  for (let n = 0; n < 30; n += 1) one.read(rotate(n === 0 ? 50 : 2_000 + n, 2_001 + n, 3, key(50)));
  one.begin();
  const other = replica();
  const said = await one.say();
  expect(said.length).toBeGreaterThan(3);
  for (const entry of said) {
    expect(Buffer.byteLength(JSON.stringify(entry))).toBeLessThan(6_000);
    other.read(entry);
  }
  expect(other.all().chains.map(({ peer }) => peer)).toEqual(Array.from({ length: 40 }, (_, n) => key(n + 1)));
});

describe('of two histories of a peer', () => {
  const merged = (here: readonly ControlEntry[], comes: readonly ControlEntry[]) => {
    const one = replica();
    for (const entry of here) one.read(entry);
    one.read(chainState(comes));
    return one.all().chains.flatMap(({ events }) => events.map(({ newKey }) => Number(`0x${newKey}`)));
  };

  test('the one that goes on is kept', () => {
    expect(merged([rotate(1, 2, 4)], [rotate(1, 2, 4), rotate(2, 3, 4)])).toEqual([2, 3]);
    expect(merged([rotate(1, 2, 4), rotate(2, 3, 4)], [rotate(1, 2, 4)])).toEqual([2, 3]);
  });

  test('that of the later leader is kept, whichever comes first', () => {
    expect(merged([rotate(1, 2, 4)], [rotate(1, 3, 5)])).toEqual([3]);
    expect(merged([rotate(1, 3, 5)], [rotate(1, 2, 4)])).toEqual([3]);
    expect(merged([rotate(1, 3, 5)], [rotate(1, 2, 4), rotate(2, 4, 4)])).toEqual([3]);
  });

  test('what is no history changes nothing', () => {
    expect(merged([rotate(1, 2, 4)], [rotate(1, 2, 4), rotate(3, 5, 9)])).toEqual([2]);
    expect(merged([rotate(1, 2, 4)], [rotate(1, 2, 4), rotate(2, 1, 9)])).toEqual([2]);
    const one = replica();
    for (const data of [{}, { chains: [5] }, { chains: [{ network: 'net', peer: 'p', events: [{ at: 'x' }] }] }]) {
      expect(one.read(state(data))).toBe('applied');
    }
    expect(one.all()).toEqual({ epoch: 0, before: 0, chains: [] });
  });
});

test('whatever each replica has missed: when all have said what they hold, all hold the same, and nobody says more', async () => {
  const decision = fc.record({
    from: fc.integer({ min: 1, max: 6 }),
    to: fc.integer({ min: 1, max: 6 }),
    peer: fc.integer({ min: 1, max: 3 }),
    epoch: fc.integer({ min: 1, max: 4 }),
    isPrune: fc.boolean(),
    heardBy: fc.subarray([0, 1, 2], { minLength: 1 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(decision, { maxLength: 20 }), async (decisions) => {
      const all = [replica(), replica(), replica()];
      // Whoever begins to lead marks something at once.
      for (const each of all) each.read(prune(NOW - 200, 1));
      for (const [index, { from, to, peer, epoch, isPrune, heardBy }] of decisions.entries()) {
        const entry = isPrune ? prune(NOW - 100 + index, epoch) : rotate(from, to, epoch, key(peer));
        for (const each of heardBy) all[each]?.read({ ...entry, at: NOW + index });
      }
      const newest = Math.max(...all.map(({ control }) => control.epoch));
      for (const each of all) each.begin();
      let rounds = 0;
      for (let quiet = false; !quiet; rounds += 1) {
        expect(rounds).toBeLessThan(8);
        const said = (await Promise.all(all.map((each) => each.say()))).flat();
        for (const entry of said) for (const each of all) each.read(entry);
        for (const each of all) each.advance();
        quiet = said.length === 0;
      }
      expect(all[1]?.all()).toEqual(all[0]?.all());
      expect(all[2]?.all()).toEqual(all[0]?.all());
      expect(all[0]?.control.epoch).toBe(newest);
    }),
    { numRuns: runs(40) },
  );
});
