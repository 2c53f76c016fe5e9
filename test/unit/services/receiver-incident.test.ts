import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { incidentsOf } from '../../../services/receiver/page/incident.ts';
import type { AlertView, RecentChange } from '../../../services/receiver/store/reader.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 4, 1, 12, minute)).toISOString();

interface Facts {
  readonly network?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly severity?: string;
}

function firing(
  fingerprint: string,
  changeId: number,
  { network = 'bega', labels = {}, severity = 'critical' }: Facts,
) {
  const view: AlertView = {
    fingerprint,
    status: 'firing',
    alertname: fingerprint,
    severity,
    network,
    chain: 'op-stack',
    labels,
    annotations: {},
    startsAt: at(0),
    endsAt: null,
    receivedAt: at(0),
    firstReceivedAt: at(0),
    lastReceivedAt: at(0),
    source: 'alertmanager',
    channel: 'default',
    deliveries: 1,
    generatorURL: '',
    changeId,
  };
  return view;
}

/** @param from minute of its start @param to minute of its end, where it has ended */
function change(
  id: number,
  fingerprint: string,
  what: RecentChange['change'],
  [from, to]: readonly [number, (number | undefined)?],
  { network = 'bega', labels = {}, severity = 'critical' }: Facts = {},
): RecentChange {
  return {
    id,
    change: what,
    fingerprint,
    alertname: fingerprint,
    network,
    chain: 'op-stack',
    channel: 'default',
    labels,
    severity,
    annotations: {},
    startsAt: at(from),
    endsAt: to === undefined ? null : at(to),
    receivedAt: Date.parse(at(to ?? from)),
  };
}

const ids = (changes: readonly { readonly id: number }[]) => changes.map(({ id }) => id);
const balance: Facts = { labels: { subject: 'batcher-balance' } };

describe('one incident is', () => {
  test('the episode of an alert, however often it changed; the next episode is another', () => {
    const { standing, ended } = incidentsOf(
      [],
      [
        change(4, 'a', 'resolved', [30, 40]),
        change(3, 'a', 'fired', [30]),
        change(2, 'a', 'resolved', [0, 10]),
        change(1, 'a', 'fired', [0]),
      ],
    );
    expect(standing).toEqual([]);
    expect(ended.map(({ changes }) => ids(changes))).toEqual([
      [4, 3],
      [2, 1],
    ]);
  });

  test('an episode that was taken up again', () => {
    const { ended } = incidentsOf(
      [],
      [
        change(1, 'a', 'fired', [0]),
        change(2, 'a', 'resolved', [0, 10]),
        change(3, 'a', 'reopened', [0]),
        change(4, 'a', 'resolved', [0, 50]),
      ],
    );
    expect(ended.map(({ changes }) => ids(changes))).toEqual([[4, 3, 2, 1]]);
  });

  test('the alerts of several severities about one subject of a network, as long as one of them fires', () => {
    const changes = [
      change(1, 'low', 'fired', [0], { ...balance, severity: 'warning' }),
      change(2, 'veryLow', 'fired', [5], balance),
      change(3, 'veryLow', 'resolved', [5, 8], balance),
    ];
    const low = firing('low', 1, { ...balance, severity: 'warning' });
    const alone = incidentsOf([low], changes);
    expect(alone.ended).toEqual([]);
    expect(alone.standing.map(({ lead, changes }) => [lead.fingerprint, ids(changes)])).toEqual([['low', [3, 2, 1]]]);
    const both = incidentsOf([low, firing('veryLow', 4, balance)], changes);
    expect(both.standing.map(({ lead, firing }) => [lead.fingerprint, firing.length])).toEqual([['veryLow', 2]]);
    const over = incidentsOf(
      [],
      [...changes, change(5, 'low', 'resolved', [0, 12], { ...balance, severity: 'warning' })],
    );
    expect(over.ended.map(({ changes }) => ids(changes))).toEqual([[5, 3, 2, 1]]);
  });

  test('also alerts that were there at the same time and were told one after the other', () => {
    const { ended } = incidentsOf(
      [],
      [
        change(1, 'low', 'fired', [0], balance),
        change(2, 'low', 'resolved', [0, 10], balance),
        change(3, 'veryLow', 'fired', [9], balance),
        change(4, 'veryLow', 'resolved', [9, 11], balance),
      ],
    );
    expect(ended.map(({ changes }) => ids(changes))).toEqual([[4, 3, 2, 1]]);
  });

  test('not what two networks, two environments or two hosts have in common', () => {
    const of = (network: string, labels: Record<string, string>) => ({ network, labels: { subject: 's', ...labels } });
    const groups = (...facts: Facts[]) =>
      incidentsOf(
        facts.map((each, index) => firing(`f${index}`, index, each)),
        [],
      ).standing.length;
    expect(groups(of('bega', { instance: 'a' }), of('bega', { instance: 'b' }))).toBe(1);
    expect(groups(of('bega', {}), of('alnitak', {}))).toBe(2);
    expect(groups(of('bega', { environment: 'testnet' }), of('bega', { environment: 'mainnet' }))).toBe(2);
    expect(groups(of('', { instance: 'host-1' }), of('', { instance: 'host-2' }))).toBe(2);
    expect(groups({ labels: {} }, { labels: {} })).toBe(2);
  });

  test('one that stands, where its beginning is not known any more', () => {
    const { standing, ended } = incidentsOf([firing('a', 9, {})], []);
    expect(standing.map(({ changes }) => changes)).toEqual([[]]);
    expect(ended).toEqual([]);
  });
});

test('every alert that fires stands in one incident, and no change in two', () => {
  const what = fc.constantFrom<RecentChange['change'][]>('fired', 'resolved', 'restarted', 'reopened');
  const one = fc.record({
    n: fc.nat(4),
    what,
    from: fc.nat(20),
    lasted: fc.nat(20),
    subject: fc.constantFrom('', 's', 't'),
  });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 30 }), fc.uniqueArray(fc.nat(4)), (told, fires) => {
      const changes = told.map(({ n, what, from, lasted, subject }, index) =>
        change(index + 1, `${n}${subject}`, what, [from, what === 'resolved' ? from + lasted : undefined], {
          labels: { subject },
        }),
      );
      const alerts = fires.map((n) => firing(`${n}s`, n, { labels: { subject: n > 2 ? 's' : '' } }));
      const { standing, ended } = incidentsOf(alerts, [...changes, ...changes]);
      expect(standing.flatMap(({ firing }) => firing.map(({ fingerprint }) => fingerprint)).sort()).toEqual(
        alerts.map(({ fingerprint }) => fingerprint).sort(),
      );
      const shown = [...standing, ...ended].flatMap(({ changes }) => ids(changes));
      expect(new Set(shown).size).toBe(shown.length);
      expect(ended.every(({ changes }) => changes.length > 0)).toBe(true);
    }),
  );
});
