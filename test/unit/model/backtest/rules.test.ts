/** Which rules are worth trying: those that could fire differently. */
import { describe, expect, test } from 'vitest';
import { meaning, type Side, type TriedRule, trialsOf } from '../../../../model/backtest/rules.ts';

const rule = (owner: string | undefined, alert: string, expr: string, more: Partial<TriedRule> = {}): TriedRule => ({
  ...(owner === undefined ? {} : { owner }),
  ...{ alert, severity: 'warning', expr, for: 60, keepFiringFor: 0, labels: {} },
  ...more,
});
const side = (rules: readonly TriedRule[], recordings: Side['recordings'] = []): Side => ({
  rules,
  recordings,
  interval: 30,
});
const changes = (before: Side, after: Side) =>
  trialsOf(before, after).map(({ alert, change, before: was, after: is }) => [
    `${(is[0] ?? was[0])?.owner ?? ''}/${alert}`,
    change,
  ]);

describe('a rule', () => {
  const base = rule('n', 'A', 'a > 1');

  test.each([
    ['what it was', base, 'same'],
    ['with other comments and line breaks', rule('n', 'A', 'a\n  > 1 # threshold'), 'same'],
    ['with other labels or severity', rule('n', 'A', 'a > 1', { severity: 'critical', labels: { x: 'y' } }), 'same'],
    ['with another expression', rule('n', 'A', 'a > 2'), 'changed'],
    ['with another for', rule('n', 'A', 'a > 1', { for: 30 }), 'changed'],
    ['with another keep_firing_for', rule('n', 'A', 'a > 1', { keepFiringFor: 30 }), 'changed'],
  ])('%s', (_, after, change) => {
    expect(changes(side([base]), side([after]))).toEqual([['n/A', change]]);
  });

  test('that comes, goes, or is of another network', () => {
    const other = rule('m', 'A', 'a > 1');
    expect(changes(side([base]), side([other]))).toEqual([
      ['m/A', 'added'],
      ['n/A', 'removed'],
    ]);
  });
});

describe('what a rule reads', () => {
  const recording = (owner: string, name: string, expr: string) => ({ owner, name, expr, labels: {} });
  const reader = rule('n', 'A', 'i:b:sum > 1');

  test('is recorded otherwise, also by way of another: then it may fire otherwise', () => {
    const recorded = (expr: string) => [recording('n', 'i:a:sum', expr), recording('n', 'i:b:sum', 'i:a:sum * 2')];
    const same = recorded('sum(a)');
    expect(changes(side([reader], same), side([reader], recorded('sum(a) # all')))).toEqual([['n/A', 'same']]);
    expect(changes(side([reader], same), side([reader], recorded('max(a)')))).toEqual([['n/A', 'changed']]);
  });

  test('changes for another network only', () => {
    const recorded = (expr: string) => [recording('m', 'i:b:sum', expr), recording('n', 'i:b:sum', 'sum(b)')];
    expect(changes(side([reader], recorded('sum(b)')), side([reader], recorded('max(b)')))).toEqual([['n/A', 'same']]);
  });

  test('is ALERTS of an alert that changed, or whose labels did', () => {
    const muted = rule('n', 'A', 'a unless ALERTS{alertname="B",severity="critical"}');
    const b = rule('n', 'B', 'b > 1', { labels: { severity: 'critical' } });
    const relabelled = { ...b, labels: { severity: 'warning' } };
    expect(changes(side([muted, b]), side([muted, b]))).toEqual([
      ['n/A', 'same'],
      ['n/B', 'same'],
    ]);
    expect(changes(side([muted, b]), side([muted, { ...b, for: 0 }]))).toEqual([
      ['n/A', 'changed'],
      ['n/B', 'changed'],
    ]);
    expect(changes(side([muted, b]), side([muted, relabelled]))).toEqual([
      ['n/A', 'changed'],
      ['n/B', 'same'],
    ]);
  });
});

test('a plain rule file is compared with all networks, for the alerts that it names', () => {
  const plain = side([rule(undefined, 'A', 'a > 1'), rule(undefined, 'Gone', 'a > 1')]);
  const head = side([rule('m', 'A', 'a > 1'), rule('n', 'A', 'a > 1'), rule('n', 'B', 'b > 1')]);
  expect(
    trialsOf(plain, head).map(({ alert, change, before, after }) => [alert, change, before.length, after.length]),
  ).toEqual([
    ['A', 'changed', 1, 2],
    ['Gone', 'removed', 1, 0],
  ]);
});

test('the meaning of an expression is without its comments', () => {
  expect(meaning('a # one\n  > # two\n 1 # three')).toBe('a > 1');
  expect(meaning('a{x="# no comment"} > 1')).toBe('a{x="# no comment"} > 1');
});
