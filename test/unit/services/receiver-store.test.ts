import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ReceivedAlert } from '../../../services/receiver/payload/alert.ts';
import { Reader } from '../../../services/receiver/store/reader.ts';
import type { Delivery } from '../../../services/receiver/store/records.ts';
import { Writer } from '../../../services/receiver/store/writer.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 4, 1, 12);

let folder: string;
let path: string;
let writer: Writer;
let reader: Reader;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainwatch-store-'));
  path = join(folder, 'receiver.db');
  writer = new Writer(path, 600_000, () => {});
  reader = new Reader(path);
});

afterEach(() => {
  reader.close();
  writer.close();
  rmSync(folder, { recursive: true, force: true });
});

function delivery(alert: Partial<ReceivedAlert> = {}, how: Partial<Delivery> = {}): Delivery {
  return {
    source: 'alertmanager',
    channel: 'default',
    chain: null,
    forcedSeverity: null,
    receivedAt: NOW,
    watchdog: false,
    ...how,
    alert: {
      fingerprint: 'aa',
      status: 'firing',
      labels: { alertname: 'UnsafeHeadStalled', severity: 'warning', network: 'bega' },
      annotations: { summary: 'stalled' },
      startsAt: '2026-05-01T10:00:00.000000000Z',
      endsAt: null,
      generatorURL: '',
      ...alert,
    },
  };
}

const END = { status: 'resolved', endsAt: '2026-05-01T11:00:00.000000000Z' } as const;

describe('Writer and Reader', () => {
  test('keep an alert with its history', () => {
    expect(writer.commit([delivery(), delivery(), delivery(END)])).toEqual(['fired', 'duplicate', 'resolved']);
    expect(writer.commit([delivery({}, { receivedAt: NOW + 1_000 })])).toEqual(['duplicate']);
    expect(reader.alert('aa')).toMatchObject({
      status: 'resolved',
      alertname: 'UnsafeHeadStalled',
      startsAt: '2026-05-01T10:00:00Z',
      endsAt: '2026-05-01T11:00:00Z',
      deliveries: 4,
    });
    expect(reader.transitions('aa', 10).map(({ change }) => change)).toEqual(['fired', 'resolved']);
    expect(reader.deliveries('aa', 10)).toMatchObject([
      { status: 'firing', count: 3, applied: true, lastReceivedAt: new Date(NOW + 1_000).toISOString() },
      { status: 'resolved', count: 1, applied: true },
    ]);
  });

  test('call the same statement by another way a duplicate, and an unheard one of the past stale', () => {
    writer.commit([delivery()]);
    expect(writer.commit([delivery({}, { channel: 'op-stack', source: 'grafana' })])).toEqual(['duplicate']);
    expect(writer.commit([delivery({ startsAt: '2026-05-01T09:00:00.000000000Z' })])).toEqual(['stale']);
    expect(writer.commit([delivery({ startsAt: '2026-05-01T09:00:00.000000000Z' })])).toEqual(['duplicate']);
    expect(reader.deliveries('aa', 10)).toHaveLength(3);
  });

  test('show the newest words of an alert that repeats', () => {
    writer.commit([delivery({ annotations: { description: '3 blocks' } })]);
    writer.commit([delivery({ annotations: { description: '9 blocks' } })]);
    expect(reader.alert('aa')?.annotations).toEqual({ description: '9 blocks' });
  });

  test('keep an alert critical that came once by a critical path, until its next episode', () => {
    writer.commit([delivery({}, { forcedSeverity: 'critical' }), delivery()]);
    expect(reader.alert('aa')?.severity).toBe('critical');
    writer.commit([delivery({ startsAt: '2026-05-02T10:00:00.000000000Z' })]);
    expect(reader.alert('aa')?.severity).toBe('warning');
  });

  test("take the label's chain before the path's", () => {
    writer.commit([delivery({}, { chain: 'op-stack' })]);
    writer.commit([delivery({ fingerprint: 'bb', labels: { chain: 'aztec' } }, { chain: 'op-stack' })]);
    expect([reader.alert('aa')?.chain, reader.alert('bb')?.chain]).toEqual(['op-stack', 'aztec']);
  });

  test('return every text as it was', () => {
    const labels = { alertname: 'a\u0000b', network: '网络 <b>"\'', emoji: '🔥', ['__proto__']: 'x' };
    writer.commit([delivery({ labels })]);
    const stored = reader.alert('aa');
    expect(Object.entries(stored?.labels ?? {})).toEqual(Object.entries(labels));
    expect(stored?.alertname).toBe('a\u0000b');
  });

  test('filter and page', () => {
    const each = (n: number) =>
      delivery({
        fingerprint: `f${n}`,
        labels: { alertname: `A${n % 2}`, network: n < 3 ? 'bega' : 'mainnet', severity: 'info' },
      });
    writer.commit([0, 1, 2, 3, 4].map(each));
    writer.commit([
      delivery({ ...END, fingerprint: 'f0', labels: { alertname: 'A0', network: 'bega', severity: 'info' } }),
    ]);
    const names = (query: Parameters<Reader['alerts']>[0]) =>
      reader.alerts(query).map(({ fingerprint }) => fingerprint);
    expect(names({ state: 'all', limit: 10 })).toEqual(['f0', 'f4', 'f3', 'f2', 'f1']);
    expect(names({ state: 'firing', limit: 10, network: 'bega' })).toEqual(['f2', 'f1']);
    expect(names({ state: 'resolved', limit: 10 })).toEqual(['f0']);
    expect(names({ state: 'all', limit: 10, alertname: 'A1', severity: 'info' })).toEqual(['f3', 'f1']);
    expect(names({ state: 'all', limit: 10, before: 4 })).toEqual(['f2', 'f1']);
    expect(reader.firingBySeverity()).toEqual(new Map([['info', 4]]));
  });

  test('note the Watchdog apart from the alerts', () => {
    const dog = (status: 'firing' | 'resolved', receivedAt: number) =>
      delivery({ fingerprint: 'dog', status, labels: { alertname: 'Watchdog' } }, { watchdog: true, receivedAt });
    expect(writer.commit([dog('firing', NOW), dog('resolved', NOW + 5_000)])).toEqual(['watchdog', 'watchdog']);
    expect(reader.alerts({ state: 'all', limit: 10 })).toEqual([]);
    expect(reader.watchdogs()).toMatchObject([{ status: 'resolved', lastFiredAt: NOW, deliveries: 2 }]);
  });

  test('commit all or nothing', () => {
    const failing = new Writer(path, 600_000, (name) => {
      if (name === 'receiver.commit.before') throw new Error('as if the disk failed');
    });
    expect(() => failing.commit([delivery(), delivery({ fingerprint: 'bb' })])).toThrow('as if');
    failing.close();
    expect(reader.alerts({ state: 'all', limit: 10 })).toEqual([]);
    expect(writer.commit([delivery()])).toEqual(['fired']);
  });

  test('forget what is older than the retention, and keep what an alert that is kept needs', () => {
    const old = NOW - 40 * DAY;
    writer.commit([delivery({ fingerprint: 'gone' }, { receivedAt: old })]);
    writer.commit([delivery({}, { receivedAt: old }), delivery(END, { receivedAt: old })]);
    // Old, but repeated today: its state and the transition to it stay.
    writer.commit([delivery({ fingerprint: 'kept' }, { receivedAt: old }), delivery({ fingerprint: 'kept' })]);
    writer.commit(Array.from({ length: 600 }, (_, n) => delivery({ fingerprint: `x${n}` }, { receivedAt: old })));
    let rounds = 0;
    while (writer.prune(NOW - 30 * DAY)) rounds += 1;
    // One round for each table, and another one where there is more than a round's rows.
    expect(rounds).toBeGreaterThan(4);
    expect(reader.alerts({ state: 'all', limit: 10 }).map(({ fingerprint }) => fingerprint)).toEqual(['kept']);
    expect(reader.transitions('kept', 10)).toHaveLength(1);
    expect(reader.transitions('aa', 10)).toEqual([]);
    expect(reader.deliveries('aa', 10)).toEqual([]);
    expect(reader.deliveries('kept', 10)).toHaveLength(1);
  });
});
