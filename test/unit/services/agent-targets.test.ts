import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { orderSrv, type SrvRecord } from '../../../services/agent/push/srv.ts';
import { Targets } from '../../../services/agent/push/targets.ts';

const record = (name: string, more: Partial<SrvRecord> = {}): SrvRecord => ({
  name,
  port: 9300,
  priority: 0,
  weight: 0,
  ...more,
});

async function urlOf(targets: Targets): Promise<string> {
  const pick = await targets.pick();
  return 'url' in pick ? pick.url.host : JSON.stringify(pick);
}

describe('a list of aggregators', () => {
  test('one that takes batches is kept; one that fails is left for the next, until all have failed', async () => {
    const targets = new Targets({ urls: ['http://a:1', 'http://b:2', 'http://c:3'] });
    expect(await urlOf(targets)).toBe('a:1');
    expect(targets.failed(0)).toBeUndefined();
    expect(await urlOf(targets)).toBe('b:2');
    targets.succeeded();
    expect(await urlOf(targets)).toBe('b:2');
    expect([targets.failed(0), targets.failed(0), targets.failed(0)]).toEqual([undefined, undefined, 0]);
    expect(await urlOf(targets)).toBe('b:2');
  });

  test('one that wants to rest is not asked before, and the others are', async () => {
    let now = 0;
    const targets = new Targets({ urls: ['http://a:1', 'http://b:2'] }, () => now);
    expect(targets.failed(5_000)).toBeUndefined();
    expect(await urlOf(targets)).toBe('b:2');
    expect(targets.failed(9_000)).toBe(5_000);
    expect(await urlOf(targets)).toBe('{"rest":5000}');
    now = 5_000;
    expect(await urlOf(targets)).toBe('a:1');
  });
});

describe('a name of DNS', () => {
  function resolved(answers: (readonly SrvRecord[] | Error)[]) {
    let now = 0;
    const asked: number[] = [];
    const resolve = async () => {
      asked.push(now);
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (answer === undefined || answer instanceof Error) throw answer ?? new Error('none');
      return answer;
    };
    const discovery = { srv: '_aggregator._tcp.x', scheme: 'https', interval: 60_000, resolve } as const;
    return {
      targets: new Targets(
        discovery,
        () => now,
        () => 0,
      ),
      asked,
      at: (time: number) => {
        now = time;
      },
    };
  }

  test('is asked again after its interval, and the one in use stays in use where it is still there', async () => {
    const stand = resolved([[record('a'), record('b')], [record('0'), record('b')], [record('c')]]);
    expect(await urlOf(stand.targets)).toBe('a:9300');
    stand.targets.failed(0);
    stand.at(59_999);
    expect(await urlOf(stand.targets)).toBe('b:9300');
    stand.at(60_000);
    expect(await urlOf(stand.targets)).toBe('b:9300');
    stand.at(120_000);
    expect(await urlOf(stand.targets)).toBe('c:9300');
    expect(stand.asked).toEqual([0, 60_000, 120_000]);
  });

  test('is asked again after a round in which all have failed', async () => {
    const stand = resolved([[record('a')], [record('b')]]);
    expect(await urlOf(stand.targets)).toBe('a:9300');
    expect(stand.targets.failed(0)).toBe(0);
    expect(await urlOf(stand.targets)).toBe('b:9300');
  });

  test('that cannot be resolved: the last answer stays, and not each batch waits for the name server', async () => {
    const stand = resolved([[record('a')], new Error('SERVFAIL')]);
    await urlOf(stand.targets);
    for (const time of [60_000, 61_000, 65_000]) {
      stand.at(time);
      expect(await urlOf(stand.targets)).toBe('a:9300');
    }
    expect(stand.asked).toEqual([0, 60_000, 65_000]);
    expect(stand.targets.problem()).toContain('SERVFAIL');
  });

  test('without any answer nobody is known, and each try asks', async () => {
    const stand = resolved([new Error('ENOTFOUND'), [record('.')], [record('a')]]);
    expect(await urlOf(stand.targets)).toContain('ENOTFOUND');
    expect(await urlOf(stand.targets)).toContain('no record of an aggregator');
    expect(await urlOf(stand.targets)).toBe('a:9300');
  });
});

describe('the order of records', () => {
  test('is by priority, and by lot in proportion to weights among equals', () => {
    const records = [record('late', { priority: 9 }), record('light', { weight: 9 }), record('heavy', { weight: 89 })];
    const firsts = Array.from({ length: 100 }, (_, n) => orderSrv(records, () => n / 100)[0]?.name);
    expect(firsts.filter((name) => name === 'light')).toHaveLength(10);
    expect(firsts.filter((name) => name === 'heavy')).toHaveLength(90);
    expect(orderSrv(records, () => 0.5).map(({ name }) => name)).toEqual(['heavy', 'light', 'late']);
  });

  test('loses none and makes up none', () => {
    const records = fc.array(
      fc.record({ name: fc.constantFrom('a', 'b', 'c'), port: fc.nat(9), priority: fc.nat(3), weight: fc.nat(9) }),
    );
    fc.assert(
      fc.property(records, fc.double({ min: 0, max: 1, noNaN: true }), (all, chance) => {
        const ordered = orderSrv(all, () => chance);
        const sorted = (list: readonly SrvRecord[]) => list.map((each) => JSON.stringify(each)).sort();
        expect(sorted(ordered)).toEqual(sorted(all));
        expect(ordered.map(({ priority }) => priority)).toEqual(all.map(({ priority }) => priority).sort());
      }),
    );
  });
});
