import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { PeerSnapshot } from '../../../services/agent/client.ts';
import { CollectFault } from '../../../services/agent/collect/fault.ts';
import type { Collected } from '../../../services/agent/collect/jsonRpc.ts';
import { createMetrics } from '../../../services/agent/metrics.ts';
import { Rounds } from '../../../services/agent/rounds.ts';
import { createLogger } from '../../../services/shared/log.ts';
import { SecretScrubber } from '../../../services/shared/secrets.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

/** Looks until so many were taken; each answers as the script says, by its number from 1. */
async function rounds(count: number, collect: (look: number) => Collected, push: () => void = () => {}) {
  const registry = new Registry();
  const pushed: (readonly PeerSnapshot[])[] = [];
  let done = false;
  const told: (string | undefined)[] = [];
  let look = 0;
  const each: Rounds = new Rounds({
    collector: {
      collect: async () => {
        if (look > 0) told.push(each.trouble()?.reason ?? each.hint());
        look += 1;
        done = look > count;
        return look > count ? { rows: [], odd: 0 } : collect(look);
      },
    },
    client: {
      push: async (snapshots) => {
        if (look > count) return { queued: 0, invalid: [] };
        push();
        pushed.push(snapshots);
        return { queued: snapshots.length, invalid: [] };
      },
    },
    interval: 5,
    metrics: createMetrics(registry),
    log: createLogger('agent', 'silent', new SecretScrubber()),
  });
  each.start();
  while (!done) await vi.advanceTimersByTimeAsync(1);
  await each.stop();
  const value = async (series: string) => {
    const line = (await registry.metrics()).split('\n').find((text) => text.startsWith(`${series} `));
    return Number(line?.split(' ').at(-1));
  };
  return { pushed, told, value };
}

const row = (peer: string) => ({ peer, metrics: {} });

describe('looks at the node', () => {
  test('go on after a fault, which is told until the next that is good', async () => {
    const { pushed, told, value } = await rounds(4, (look) => {
      if (look === 2) throw new CollectFault('timeout', 'no answer');
      if (look === 3) throw new Error('nobody thought of that');
      return { rows: [row('a'), row('b')], odd: 1 };
    });
    expect(told).toEqual([undefined, 'timeout', 'payload', undefined]);
    expect(pushed.map((snapshots) => snapshots.map(({ peer_id }) => peer_id))).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
    expect(await value('agent_collect_failures_total{reason="timeout"}')).toBe(1);
    expect([
      await value('agent_collected_snapshots_total'),
      await value('agent_dropped_snapshots_total{reason="invalid"}'),
    ]).toEqual([6, 2]);
  });

  test('that bring less than the settings name say so as long as it is so', async () => {
    const { told } = await rounds(3, (look) => ({
      rows: [row('a')],
      odd: 0,
      ...(look === 2 ? { hint: 'no label' } : {}),
    }));
    expect(told).toEqual([undefined, 'no label', undefined]);
  });

  test('a queue that cannot be written is a fault of its own', async () => {
    const { told } = await rounds(
      1,
      () => ({ rows: [row('a')], odd: 0 }),
      () => {
        throw new Error('ENOSPC');
      },
    );
    expect(told).toEqual(['queue']);
  });

  test('of the same second have times of their own: of one the aggregator would keep one', async () => {
    const { pushed } = await rounds(5, () => ({ rows: [row('a')], odd: 0 }));
    expect(new Set(pushed.map(([snapshot]) => snapshot?.timestamp)).size).toBe(5);
  });

  test.each([0, 1, 500, 999])(
    'of a process that was killed and is back have times of their own (%i ms into a second)',
    async (into) => {
      vi.setSystemTime(1_800_000_000_000 + into);
      const times: (number | undefined)[] = [];
      for (let process = 0; process < 3; process += 1) {
        const { pushed } = await rounds(1, () => ({ rows: [row('a')], odd: 0 }));
        times.push(pushed[0]?.[0]?.timestamp);
      }
      expect(times).toEqual([1_800_000_001, 1_800_000_002, 1_800_000_003]);
    },
  );
});
