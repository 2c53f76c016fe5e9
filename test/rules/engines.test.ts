/**
 * Both engines fire in the same minutes: the rules of every pack over the series of its tests, in Prometheus and as Grafana-managed rules.
 * All of it in `npm run prove`; in `npm test` the rules whose form is special, and some of the others. What differs is in docs/engines.md.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { readSuite, type Suite } from '../../model/mutation/suite.ts';
import { metricsOf } from '../../model/promql/selectors.ts';
import { loadPackFiles } from '../../rules/load.ts';
import { type Compared, compareEngines, rendered } from '../fixtures/engines.ts';
import { PROVE } from '../fixtures/prove.ts';

const EVERY = 5;
const exceptions = z
  .array(z.strictObject({ pack: z.string(), alert: z.string(), reason: z.string().min(10) }))
  .parse(parse(readFileSync(join(import.meta.dirname, 'engines.yaml'), 'utf8')));

/** What is wrong, in words. @param known alerts that are expected to differ */
function faultsOf(compared: readonly Compared[], alerts: ReadonlySet<string>, known: ReadonlySet<string>): string[] {
  const fired = new Set(compared.flatMap(({ rule, fired: times }) => (times > 0 ? [rule] : [])));
  const differing = compared.filter(({ differs }) => differs.length > 0);
  const names = new Set(differing.map(({ rule }) => rule));
  return [
    ...differing
      .filter(({ rule }) => !known.has(rule))
      .map(({ rule, test: where, differs }) => `${rule} (${where}): ${differs.slice(0, 3).join('; ')}`),
    ...[...alerts].filter((name) => !fired.has(name)).map((name) => `${name} never fires: nothing is compared`),
    ...[...known]
      .filter((name) => !names.has(name))
      .map((name) => `${name} does not differ, though engines.yaml says so`),
  ];
}

/** Always the same: each rule of which Grafana has more than a query and a limit, each that is expected to differ, and every fifth. */
function chosen({ rules }: Suite, known: ReadonlySet<string>): Set<string> {
  const special = new Set(
    rendered(rules, 60).flatMap(({ title, data, keepFiringFor }) =>
      keepFiringFor !== undefined || data.at(-1)?.model.type !== 'threshold' ? [title] : [],
    ),
  );
  const alerts = rules.flatMap(({ rule }) => (rule.kind === 'alert' ? [rule] : []));
  const some = alerts.filter(
    ({ name, expr }, index) =>
      PROVE || index % EVERY === 0 || special.has(name) || known.has(name) || metricsOf(expr).includes('ALERTS'),
  );
  return new Set(some.map(({ name }) => name));
}

describe.each(loadPackFiles().map((pack) => [pack.chain, pack] as const))('rules/%s', (chain, pack) => {
  test('fires in the same minutes in both engines', { timeout: 600_000 }, async () => {
    const suite = readSuite(pack);
    const known = new Set(exceptions.filter((each) => each.pack === chain).map(({ alert }) => alert));
    const alerts = chosen(suite, known);
    const compared = await compareEngines(suite, { alerts, everywhere: PROVE });
    expect(faultsOf(compared, alerts, known)).toEqual([]);
  });
});

const RULES = {
  Now: 'm > 2',
  Waits: '{ expr: m > 2, for: 2m }',
  Mirrored: '{ expr: 2 < m, for: 90s }',
  Below: '{ expr: m <= 2, for: 1m }',
  Equal: 'm == 3',
  Other: '{ expr: m != 3, for: 1m }',
  Value: '{ expr: m, for: 1m }',
  Compared: '{ expr: "m > on (instance) p", for: 2m }',
  Sum: '{ expr: sum by (network) (m) >= 5, for: 1m }',
  Absent: 'absent(m)',
  Held: '{ expr: "m < 9 unless on (instance) ALERTS{alertname=\\"Waits\\", alertstate=\\"firing\\"}", for: 1m }',
  Keeps: '{ expr: p > 2, for: 1m, keep_firing_for: 3m }',
} as const;

/** A pack of these rules. @param tests the values of `m` and `p`, a minute apart, for each instance of each test */
function suiteOf(
  rules: Readonly<Record<string, string>>,
  tests: readonly (readonly { readonly m: string; readonly p: string }[])[],
): Suite {
  const written = Object.entries(rules).map(([name, rule]) => {
    const { expr, ...rest } = z
      .looseObject({ expr: z.string() })
      .parse(rule.startsWith('{') ? parse(rule) : { expr: rule });
    return { alert: name, expr, ...rest, labels: { severity: 'warning' } };
  });
  const looks = Object.keys(rules).map((alertname) => ({ eval_time: '40m', alertname }));
  const content = {
    rule_files: ['alerts.yaml'],
    evaluation_interval: '1m',
    tests: tests.map((instances) => ({
      interval: '1m',
      input_series: instances.flatMap((values, index) =>
        (['m', 'p'] as const).map((name) => ({
          series: `${name}{network="n", instance="i${index}"}`,
          values: values[name],
        })),
      ),
      alert_rule_test: looks,
    })),
  };
  const files = [
    ['alerts.yaml', JSON.stringify({ groups: [{ name: 'all', rules: written }] })],
    ['alerts.test.yaml', JSON.stringify(content)],
  ] as const;
  return readSuite({ chain: 'made-up', files: new Map(files) });
}

/** Always the same values: `m` comes and goes, `p` stays. */
function madeUp(tests: number) {
  let seed = 7;
  const pick = (values: readonly string[]) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return values[seed % values.length] ?? '';
  };
  const runsOf = (values: readonly string[]) => {
    const all: string[] = [];
    while (all.length < 40)
      all.push(...Array.from({ length: Number(pick(['1', '2', '3', '5'])) }, () => ''), pick(values));
    return all.map((_, at) => all.slice(at).find((value) => value !== '')).join(' ');
  };
  return Array.from({ length: tests }, (_, number) =>
    Array.from({ length: (number % 3) + 1 }, () => ({
      m: runsOf(['1', '2', '3', '5', 'stale', 'stale', 'NaN', 'Inf']),
      p: runsOf(['1', '2', '3', '5', 'NaN']),
    })),
  );
}

describe('rules of every form, over series that come and go', () => {
  const suite = suiteOf(RULES, madeUp(6));
  const alerts = new Set(Object.keys(RULES));

  test('fire in the same minutes in both engines', { timeout: 300_000 }, async () => {
    const compared = await compareEngines(PROVE ? suiteOf(RULES, madeUp(60)) : suite);
    expect(faultsOf(compared, alerts, new Set())).toEqual([]);
  });

  // What Grafana does where a rule says nothing, and what it would do with the rule as Prometheus has it.
  test.each([
    ['two evaluations until a series is gone', { missingSeriesEvalsToResolve: 2 }, 'Now'],
    ['another time to wait', { for: '3m' }, 'Waits'],
    ['no time to wait', { for: '0s' }, 'Waits'],
    ['no time to keep firing', { keepFiringFor: '0s' }, 'Keeps'],
  ])('do not with %s', async (_, fields, alert) => {
    const render: typeof rendered = (...args) => rendered(...args).map((form) => ({ ...form, ...fields }));
    const compared = await compareEngines(suite, { render, alerts: new Set([alert]) });
    expect(faultsOf(compared, new Set(), new Set([alert]))).toEqual([]);
    expect(faultsOf(compared, new Set(), new Set()).join('\n')).toContain(`${alert} (alerts.test.yaml`);
  });

  test('are no proof where they never fire', async () => {
    const quiet = suiteOf({ Never: 'm > 100' }, [[{ m: '1x40', p: '1x40' }]]);
    const compared = await compareEngines(quiet);
    expect(faultsOf(compared, new Set(['Never']), new Set(['Never']))).toEqual([
      'Never never fires: nothing is compared',
      'Never does not differ, though engines.yaml says so',
    ]);
  });
});

describe('a rule that keeps firing', () => {
  const keeps = (m: string, more = 'm > 2') =>
    compareEngines(
      suiteOf({ Keeps: `{ expr: "${more}", for: 2m, keep_firing_for: 5m }` }, [
        [
          { m: `${m} ${'stale '.repeat(20)}`, p: '1x40' },
          { m: '1x40', p: '1x40' },
        ],
      ]),
    );

  test('does so though its series is gone', async () => {
    expect(faultsOf(await keeps('1 3 3 3 3'), new Set(['Keeps']), new Set())).toEqual([]);
    expect(faultsOf(await keeps('1 3 3 3 3', 'm > on (instance) p'), new Set(['Keeps']), new Set())).toEqual([]);
  });

  // As docs/engines.md says; both end in an alert that is there a little too long rather than not at all.
  test.each([
    [
      'goes on waiting for a series that is gone for a while',
      '1 3 3 stale 3 3 3',
      ['4m only Grafana', '5m only Grafana'],
    ],
    [
      'begins its time anew when a series goes that was below',
      '1 3 3 3 1 1 stale',
      ['9m only Grafana', '10m only Grafana'],
    ],
  ])('%s, in Grafana', async (_, values, expected) => {
    const [compared] = await keeps(values);
    expect(compared?.differs.map((each) => each.replace(/:.*/, ''))).toEqual(expected);
  });
});
