/** What the benchmark of the aggregator says of a figure, and what it sends to others. */
import { describe, expect, test } from 'vitest';
import { exposition, seriesOf } from '../../../bench/aggregator/exposition.ts';
import { Snapshots } from '../../../bench/aggregator/snapshots.ts';
import { figure, median, short } from '../../../bench/aggregator/verdict.ts';

describe('a figure', () => {
  test('stands beside what was wanted, and says where it was missed', () => {
    expect(figure('start', 4.2149, { atMost: 10, unit: 's' })).toBe('start: 4.21 s (wanted: at most 10 s)');
    expect(figure('start', 10.1, { atMost: 10, unit: 's' })).toBe('start: 10.1 s (wanted: at most 10 s: MISSED)');
    expect(figure('age', 200, { atLeast: 200, unit: 'MB/s' })).toBe('age: 200 MB/s (wanted: at least 200 MB/s)');
    expect(figure('age', 97, { atLeast: 200, unit: 'MB/s' })).toBe('age: 97 MB/s (wanted: at least 200 MB/s: MISSED)');
    expect(figure('stop', 1, { unit: 's' })).toBe('stop: 1 s');
  });

  test('that is none holds nothing', () => {
    expect(figure('start', Number.NaN, { atMost: 10, unit: 's' })).toBe(
      'start: unknown s (wanted: at most 10 s: MISSED)',
    );
  });

  test('has three digits that count', () => {
    expect([0.012345, 1.5, 12.345, 123.45, 123_456].map(short)).toEqual(['0.0123', '1.5', '12.3', '123', '123456']);
    expect(median([3, 1, 2])).toBe(2);
  });
});

describe('snapshots to send', () => {
  test('are of all peers in turn, and a second younger each round', () => {
    const snapshots = new Snapshots(2);
    const [a, b, again] = snapshots.batch(3);
    expect(a?.peer_id).not.toBe(b?.peer_id);
    expect(again?.peer_id).toBe(a?.peer_id);
    expect((again?.timestamp ?? 0) - (a?.timestamp ?? 0)).toBeGreaterThanOrEqual(1);
  });

  test('are the same numbers in the format of Prometheus, series of one name together', () => {
    const snapshot = (peer_id: string, n: number) => ({
      peer_id,
      timestamp: 1,
      metrics: { n, reason: null, drops: { malformed: n + 1 } },
    });
    expect(exposition([snapshot('a', 1), snapshot('b', 5)])).toBe(
      '# TYPE peer_n untyped\npeer_n{peer_id="a"} 1\npeer_n{peer_id="b"} 5\n' +
        '# TYPE peer_drops_malformed untyped\npeer_drops_malformed{peer_id="a"} 2\npeer_drops_malformed{peer_id="b"} 6\n',
    );
    expect(seriesOf(snapshot('a', 1))).toBe(2);
    expect(seriesOf(new Snapshots(1).next())).toBe(14);
  });
});
