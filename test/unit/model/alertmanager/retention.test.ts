import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatRetention, retentionFor } from '../../../../model/alertmanager/retention.ts';
import { planAlertmanager } from '../../../../model/alertmanager/routes.ts';
import type { AlertRoute } from '../../../../model/alertmanager/types.ts';
import { stackNamed } from '../../../fixtures/real.ts';
import { stackOf } from '../../../fixtures/toy.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
const slack = { slack: { webhook: { secret: 'hook' } } };

function route(repeatInterval: number, routes: readonly AlertRoute[] = []): AlertRoute {
  const waits = { groupBy: [], groupWait: 0, groupInterval: 1, muteTimes: [], continue: false };
  return { receiver: 'a', matchers: [], ...waits, repeatInterval, routes };
}

describe('how long Alertmanager remembers', () => {
  test.each([
    ['what it does by itself, where all repeat soon', route(HOUR), 120 * HOUR],
    ['exactly that at half of it', route(60 * HOUR), 120 * HOUR],
    ['whole hours, rounded up', route(60 * HOUR + 1), 121 * HOUR],
    ['twice the longest', route(HOUR, [route(1), route(2, [route(7 * DAY)]), route(DAY)]), 14 * DAY],
  ])('%s', (_, tree, seconds) => {
    expect(retentionFor(tree)).toBe(seconds);
  });

  test('never less than it repeats, however deep', () => {
    const repeat = fc.double({ min: 0.001, max: 1e9, noNaN: true });
    const below = (inner: fc.Arbitrary<AlertRoute>) =>
      fc.tuple(repeat, fc.array(inner, { maxLength: 3 })).map(([seconds, routes]) => route(seconds, routes));
    const trees = below(below(below(repeat.map((seconds) => route(seconds)))));
    const all = (tree: AlertRoute): number[] => [tree.repeatInterval, ...tree.routes.flatMap(all)];
    fc.assert(
      fc.property(trees, (tree) => {
        const seconds = retentionFor(tree);
        expect(seconds % HOUR).toBe(0);
        for (const each of all(tree)) expect(seconds).toBeGreaterThanOrEqual(2 * each);
      }),
    );
  });

  test('is decided by the routes of the stack file, wherever the longest stands', () => {
    const routes = [{ receiver: 'a', match: { severity: 'info' }, repeatInterval: '30d' }];
    expect(planAlertmanager(stackOf({ notifications: { receivers: { a: slack }, routes } })).retention).toBe(60 * DAY);
    expect(planAlertmanager(stackOf({ notifications: { repeatInterval: '4d' } })).retention).toBe(8 * DAY);
    expect(planAlertmanager(stackOf()).retention).toBe(5 * DAY);
  });

  test.each([
    ['testnet', '336h'],
    ['mainnet', '336h'],
    ['dev', '120h'],
  ] as const)('%s: %s', (name, written) => {
    expect(formatRetention(planAlertmanager(stackNamed(name)).retention)).toBe(written);
  });
});
