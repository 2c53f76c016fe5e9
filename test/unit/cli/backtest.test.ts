/** The parts of a backtest that ask nobody: times, pieces, tables. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chunksOf, firingOf, gridOf, MOST_POINTS, valuesOf } from '../../../cli/backtest/evaluate.ts';
import { type Question, RefusedQuery } from '../../../cli/backtest/prometheus.ts';
import type { Backtest, Row } from '../../../cli/backtest/run.ts';
import { formatMarkdown, formatText } from '../../../cli/backtest/show.ts';
import { sideOf } from '../../../cli/backtest/sides.ts';
import { stepOf, stretchOf } from '../../../cli/backtest/times.ts';
import { attemptOf } from '../../../cli/backtest/trial.ts';
import { iso } from '../../../cli/moment.ts';
import { paint } from '../../../cli/output.ts';
import { makeDocument } from '../../../cli/plan/document.ts';
import { trialsOf } from '../../../model/backtest/rules.ts';
import { metricsOf } from '../../../model/promql/selectors.ts';
import { runs } from '../../fixtures/prove.ts';
import { planNamed } from '../../fixtures/real.ts';

describe('times', () => {
  const now = Date.parse('2026-03-10T12:00:00Z') / 1000;
  const read = (from: string, to: string) => {
    const stretch = stretchOf(from, to, now);
    return `${iso(stretch.from)} ${iso(stretch.to)}`;
  };

  test.each([
    ['7d', 'now', '2026-03-03T12:00:00Z 2026-03-10T12:00:00Z'],
    ['-36h', '12h', '2026-03-09T00:00:00Z 2026-03-10T00:00:00Z'],
    ['2026-03-01', '2026-03-02', '2026-03-01T00:00:00Z 2026-03-02T00:00:00Z'],
    ['2026-03-01T06:00', '2026-03-01T08:00:00+01:00', '2026-03-01T06:00:00Z 2026-03-01T07:00:00Z'],
  ])('%s to %s', (from, to, expected) => {
    expect(read(from, to)).toBe(expected);
  });

  test.each([
    ['1d', '2d', /is not before/],
    ['1d', '2027-01-01', /in the future/],
    ['soon', 'now', /--from "soon" is no time/],
    ['1d', '2026-99-99', /--to "2026-99-99" is no time/],
  ])('%s to %s is none', (from, to, why) => {
    expect(() => read(from, to)).toThrow(why);
  });

  test('a step is a second or more', () => {
    expect(stepOf('1m30s')).toBe(90);
    for (const wrong of ['0', '500ms', 'often']) expect(() => stepOf(wrong)).toThrow(/no duration of a second or more/);
  });
});

describe('the rules of a plan', () => {
  const document = makeDocument(planNamed('mainnet'), 1);

  test('are those of an older revision, which told them in one line', () => {
    const alerts = Object.fromEntries(
      Object.entries(document.alerts).map(([key, { promql: _, interval: __, ...entry }]) => [key, entry]),
    );
    const trials = trialsOf(sideOf({ ...document, alerts }), sideOf(document));
    expect(trials.length).toBeGreaterThan(100);
    expect(trials.filter(({ change }) => change !== 'same')).toEqual([]);
  });

  test('can all be asked, with what they read put in place', () => {
    const side = sideOf(document);
    const around = { from: 0, to: 86_400, step: undefined, present: new Set<string>() };
    const attempts = side.rules.map((rule) => attemptOf(rule, side, 0, around));
    expect(attempts.flatMap(({ rule, reason }) => (reason === undefined ? [] : [`${rule.alert}: ${reason}`]))).toEqual(
      [],
    );
    const recorded = new Set(side.recordings.map(({ name }) => name));
    for (const { expr = '' } of attempts)
      expect(metricsOf(expr).filter((name) => name === 'ALERTS' || recorded.has(name))).toEqual([]);
  });
});

describe('evaluations', () => {
  test('lie at multiples of the step, with as many before as an alert takes to fire', () => {
    expect(gridOf({ from: 1000, to: 2000 }, 60, 150)).toEqual({ start: 840, step: 60, evaluations: 20, first: 3 });
  });

  test('are asked in pieces that Prometheus takes, each once', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.integer({ min: 1000, max: 20_000 }), (evaluations, most) => {
        const chunks = chunksOf({ start: 0, step: 1, evaluations, first: 0 }, most);
        let next = 0;
        for (const { first, last } of chunks) {
          expect(first).toBe(next);
          expect(last - first + 1).toBeLessThanOrEqual(most);
          next = last + 1;
        }
        expect(next).toBe(evaluations);
      }),
      { numRuns: runs(100) },
    );
    expect(MOST_POINTS).toBe(11_000);
  });

  const grid = { start: 600, step: 60, evaluations: 100, first: 0 };
  const answering = (values: (expr: string, time: number) => boolean, most = Number.POSITIVE_INFINITY) => ({
    url: '',
    ask: async ({ expr, start, end, step }: Question) => {
      if ((end - start) / step + 1 > most) throw new RefusedQuery('too many samples', true);
      const times = Array.from({ length: (end - start) / step + 1 }, (_, index) => start + index * step);
      return [{ labels: { __name__: 'up', a: '1' }, times: times.filter((time) => values(expr, time)) }];
    },
  });

  test('of one series are joined over pieces, however small', async () => {
    const values = (_: string, time: number) => time % 1800 !== 0;
    const whole = await valuesOf(answering(values), 'up', grid);
    expect(whole).toEqual([{ labels: { a: '1' }, runs: expect.arrayContaining([{ first: 0, last: 19 }]) }]);
    expect(await valuesOf(answering(values, 7), 'up', grid)).toEqual(whole);
    await expect(valuesOf(answering(values, 0), 'up', grid)).rejects.toThrow(/too many/);
  });

  test('of series that the labels of the rule make one are one alert', () => {
    const series = [
      { labels: { a: '1', b: 'x' }, runs: [{ first: 0, last: 4 }] },
      { labels: { a: '1', b: 'y' }, runs: [{ first: 5, last: 9 }] },
    ];
    const rule = { for: 420, keepFiringFor: 0, labels: { b: 'z' } };
    expect(firingOf(series, rule, grid)).toEqual([{ labels: { a: '1', b: 'z' }, runs: [{ first: 7, last: 9 }] }]);
    expect(firingOf(series, { ...rule, labels: {} }, grid)).toEqual([]);
  });
});

describe('a table', () => {
  const outcome = (fired: number, seconds: number) => ({
    fired,
    seconds,
    alertSeconds: seconds,
    longest: seconds,
    alerts: 1,
  });
  const row = (alert: string, more: Partial<Row>): Row => ({
    ...{
      alert,
      network: 'net',
      chain: 'x',
      severity: 'warning',
      change: 'changed',
      reasons: [],
      unseen: [],
      blind: false,
    },
    ...more,
  });
  const result = (rows: readonly Row[], more: Partial<Backtest> = {}): Backtest => ({
    ...{ url: 'http://p', from: 0, to: 86_400, since: 0, tried: rows.length, untouched: 3, queries: 2, rows },
    ...more,
  });
  const noisy = row('Noisy', { before: outcome(1, 60), after: outcome(4, 3600) });
  const added = row('New', { change: 'added', after: outcome(2, 120) });
  const untold = row('Odd', { reasons: ['it reads a | b > c'] });
  const plain = paint({ color: false });

  test('has both sides, totals, and what cannot be told', () => {
    const text = formatText(result([noisy, added, untold], { since: 3600 }), plain);
    expect(text).toBe(
      [
        '3 rules over 1d, 1970-01-01T00:00:00Z to 1970-01-02T00:00:00Z, by the history of http://p (2 queries)',
        'There is data only since 1970-01-01T01:00:00Z: for 1h before that nothing is known.',
        '',
        'alert  network  fired  firing for  longest',
        'Noisy  net      1 → 4  1m → 1h     1m → 1h  +3',
        'New    net      – → 2  – → 2m      – → 2m   +2 added',
        '',
        'all             1 → 6  1m → 1h2m',
        '',
        'Not answerable by this history:',
        '  Odd (net): it reads a | b > c',
        '',
      ].join('\n'),
    );
  });

  test('in Markdown survives what a cell must not hold, and folds where it is long', () => {
    const short = formatMarkdown(result([noisy, untold]));
    expect(short).toContain('\n\n| alert | network | fired | firing for | longest |  |\n| --- |');
    expect(short).toContain('\n| `Noisy` | net | 1 → 4 | 1m → 1h | 1m → 1h | +3 |\n');
    expect(short).toContain('\n\n- not answerable: Odd (net): it reads a \\| b &gt; c');
    const long = formatMarkdown(result(Array.from({ length: 13 }, () => noisy)));
    expect(long).toContain('<details><summary>13 rules: fired 13 → 52, firing for 13m → 13h</summary>\n\n| alert');
  });

  test('of many rules leaves out those that never fired, and says of how many there is no data', () => {
    const quiet = Array.from({ length: 13 }, (_, index) =>
      row(`Quiet${index}`, { before: outcome(0, 0), after: outcome(0, 0), blind: index === 4, unseen: ['x'] }),
    );
    const text = formatText(result([noisy, ...quiet]), plain);
    expect(text).not.toMatch(/^Quiet/m);
    expect(text).toContain(
      '13 rules would not have fired, neither before nor after; of 1 of them this Prometheus has no data (x 1; --json names them).',
    );
    const few = formatText(result([noisy, ...quiet.slice(4, 5)]), plain);
    expect(few).toMatch(/^Quiet4 .* no data: this Prometheus has no x$/m);
  });

  test('of nothing says why, and how to see more', () => {
    expect(formatText(result([]), plain)).toContain(
      '(3 rules), so none would have fired otherwise. --all tries them all.',
    );
  });
});
