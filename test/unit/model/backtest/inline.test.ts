/** Recorded series and ALERTS in an expression, put in place by what they stand for. */
import { describe, expect, test } from 'vitest';
import { type Definitions, inlined, NotAnswerable } from '../../../../model/backtest/inline.ts';
import type { RecordedSeries, TriedRule } from '../../../../model/backtest/rules.ts';
import { oneLine, parsePromql } from '../../../../model/promql/syntax.ts';

const NET = { network: 'n' };
const recordings: RecordedSeries[] = [
  { name: 'i:a:sum', expr: 'sum by (network) (a{network="n"}) # of all', labels: NET },
  { name: 'i:b:rate', expr: 'deriv(i:a:sum{network="n"}[10m])', labels: NET },
  { name: 'i:plain:sum', expr: 'sum(p)', labels: {} },
  { name: 'i:loop:sum', expr: 'i:loop:sum + 1', labels: {} },
];
const rule = (alert: string, more: Partial<TriedRule> = {}): TriedRule => ({
  ...{ alert, severity: 'critical', expr: 'a{network="n"} < 1', for: 0, keepFiringFor: 0 },
  labels: { severity: 'critical', network: 'n' },
  ...more,
});
const rules = [
  rule('AtOnce'),
  rule('Later', { for: 150 }),
  rule('Kept', { keepFiringFor: 60 }),
  rule('Varied', { labels: { severity: '{{ $value }}' } }),
];
const definitions: Definitions = {
  recording: (name) => recordings.find((each) => each.name === name),
  alert: (name) => rules.find(({ alert }) => alert === name),
  step: 60,
};

function inline(expr: string): string {
  const result = inlined(expr, definitions);
  // It is PromQL again.
  parsePromql(result);
  return oneLine(result).replaceAll('( ', '(').replaceAll(' )', ')').replaceAll(' ,', ',');
}
/** With the label of the network, as the rule that records it sets it. */
const SUM = 'label_replace((sum by (network) (a{network="n"}) # of all), "network", "n", "", "")';

describe('a recorded series', () => {
  test('at one moment is its expression, on lines of its own because of comments', () => {
    expect(inline('i:a:sum{network="n"} < 5')).toBe(`${SUM} < 5`);
    expect(inlined('i:plain:sum > 1', definitions)).toBe('(\nsum(p)\n) > 1');
  });

  test('over a range is a subquery with the step of evaluation', () => {
    expect(inline('deriv(i:plain:sum[10m])')).toBe('deriv((sum(p))[10m:1m])');
    expect(inline('deriv(i:plain:sum[10m] offset 1h)')).toBe('deriv((sum(p))[10m:1m] offset 1h)');
    expect(inline('avg_over_time(i:plain:sum[6h:5m])')).toBe('avg_over_time((sum(p))[6h:5m])');
  });

  test('at an earlier moment is the last evaluation until then', () => {
    expect(inline('i:plain:sum - i:plain:sum offset 1h')).toBe('(sum(p)) - last_over_time((sum(p))[1m:1m] offset 1h)');
    expect(inline('i:plain:sum @ 600 offset 5m')).toBe('last_over_time((sum(p))[1m:1m] @ 600 offset 5m)');
  });

  test('may be made of others', () => {
    expect(inline('i:b:rate > 0')).toBe(`label_replace((deriv(${SUM}[10m:1m])), "network", "n", "", "") > 0`);
  });

  test('of another network is nothing; of an unset label cannot be told', () => {
    expect(inline('i:a:sum{network="other"} > 0')).toBe('(vector(0) > 0) > 0');
    expect(inline('i:a:sum{network=~"n|m"} > 0')).toBe(`${SUM} > 0`);
    expect(() => inline('i:a:sum{instance="x"} > 0')).toThrow(NotAnswerable);
  });

  test('that is defined by itself is told', () => {
    expect(() => inline('i:loop:sum')).toThrow(/defined by itself/);
  });

  test('that Prometheus has itself stays', () => {
    const expr = 'deriv(i:a:sum{network="n"}[10m]) > a';
    expect(inlined(expr, { ...definitions, recording: () => undefined })).toBe(expr);
  });
});

describe('ALERTS', () => {
  const read = (alert: string, more = '') =>
    `x unless on (network) ALERTS{alertname="${alert}",alertstate="firing"${more}}`;

  test('is whether its expression has held for that many evaluations', () => {
    expect(inline(read('Later', ',severity="critical"'))).toMatch(
      // 150 s are three steps of a minute: four evaluations.
      /unless on \(network\) label_replace.*count_over_time\(\(a\{network="n"\} < 1\)\[4m:1m\]\) >= 4\) \* 0 \+ 1/,
    );
    expect(inline(read('AtOnce'))).toContain('[1m:1m]) >= 1)');
    expect(inline(read('AtOnce'))).toContain('"alertname", "AtOnce"');
  });

  test('of an alert that is not there, or of another severity, is nothing', () => {
    expect(inline(read('Gone'))).toBe('x unless on (network) (vector(0) > 0)');
    expect(inline(read('AtOnce', ',severity="warning"'))).toBe('x unless on (network) (vector(0) > 0)');
  });

  test.each([
    ['Kept', '', /keep_firing_for/],
    ['AtOnce', ',instance="i"', /by instance/],
    ['Varied', ',severity="critical"', /by severity/],
  ])('of %s%s cannot be told', (alert, more, why) => {
    expect(() => inline(read(alert, more))).toThrow(why);
  });

  test('that does not say of which alert, or is about pending ones, cannot be told', () => {
    expect(() => inline('count(ALERTS) > 3')).toThrow(NotAnswerable);
    expect(() => inline('ALERTS{alertname="AtOnce",alertstate="pending"}')).toThrow(NotAnswerable);
  });
});
