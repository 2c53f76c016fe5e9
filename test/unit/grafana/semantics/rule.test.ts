import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ruleGroup } from '../../../../model/grafana/rules.ts';
import type { Evaluation } from '../../../../model/grafana/semantics/condition.ts';
import { isFiring, type RuleSettings } from '../../../../model/grafana/semantics/instance.ts';
import { evaluateRule, firingOver, type Instances } from '../../../../model/grafana/semantics/rule.ts';
import type { GrafanaAlertRule } from '../../../../model/grafana/types.ts';
import { runs } from '../../../fixtures/prove.ts';
import { prometheusFiring, type Timing } from './prometheus.ts';

const INTERVAL = 60;
const settings: RuleSettings = {
  labels: {},
  interval: INTERVAL,
  for: 0,
  keepFiringFor: 0,
  missingSeriesEvalsToResolve: 1,
  noDataState: 'OK',
  execErrState: 'OK',
};

/** One letter per series: `A` alerts, `n` is normal, `.` is not there. Nobody there is no data; `!` alone is an error. */
function evaluationOf(letters: string): Evaluation {
  if (letters === '!') return { kind: 'error', message: 'refused' };
  const results = [...letters].flatMap((letter, index) => {
    const labels = { series: String(index) };
    return letter === '.' ? [] : [{ labels, state: letter === 'A' ? ('alerting' as const) : ('normal' as const) }];
  });
  return results.length === 0 ? { kind: 'noData' } : { kind: 'results', results };
}

/** The state of each instance after each evaluation, by its first letter. */
function states(evaluations: string, rule: Partial<RuleSettings> = {}): string {
  let instances: Instances = new Map();
  const said = evaluations.split(' ').map((letters, step) => {
    instances = evaluateRule(instances, evaluationOf(letters), { ...settings, ...rule }, step * INTERVAL);
    return [...instances.values()].map(({ state }) => (state === 'NoData' ? 'D' : state.charAt(0))).join('') || '-';
  });
  return said.join(' ');
}

describe('an instance', () => {
  test.each([
    ['fires at once', 'n A A n', {}, 'N A A N'],
    ['waits', 'A A A A n', { for: 120 }, 'P P A A N'],
    ['waits for whole evaluations', 'A A A A', { for: 90 }, 'P P A A'],
    ['waits anew', 'A A n A A A', { for: 120 }, 'P P N P P A'],
    ['recovers before it is normal', 'A n n n n', { keepFiringFor: 120 }, 'A R R N N'],
    [
      'alerts again while it recovers, without waiting',
      'A A n A n n n',
      { for: 60, keepFiringFor: 120 },
      'P A R A R R N',
    ],
    ['does not recover from waiting', 'A n', { for: 60, keepFiringFor: 120 }, 'P N'],
  ])('%s', (_, evaluations, rule, expected) => {
    expect(states(evaluations, rule)).toBe(expected);
  });
});

describe('a series that is gone', () => {
  test.each([
    ['is forgotten at the next evaluation', 'AA A. A.', {}, 'AA A A'],
    ['is forgotten after two by default', 'AA A. A. A.', { missingSeriesEvalsToResolve: 2 }, 'AA AA A A'],
    ['waits no longer', 'AA A. AA AA', { for: 60 }, 'PP A AP AA'],
    ['does not recover', 'nA n. n.', { keepFiringFor: 600 }, 'NA N N'],
    [
      'keeps firing where its rule says so',
      'nA n. n. n.',
      { keepFiringFor: 120, missingSeriesEvalsToResolve: 3 },
      'NA NA NA N',
    ],
    ['goes on waiting in the meantime', 'nA n. nA', { for: 120, missingSeriesEvalsToResolve: 3 }, 'NP NP NA'],
  ])('%s', (_, evaluations, rule, expected) => {
    expect(states(evaluations, rule)).toBe(expected);
  });
});

describe('no data', () => {
  test.each([
    ['OK: all is normal', 'AA .. AA', { noDataState: 'OK' as const }, 'AA NN AA'],
    ['OK: what waits, waits anew', 'A . A A', { noDataState: 'OK' as const, for: 60 }, 'P N P A'],
    ['OK: what fires recovers', 'A . . .', { noDataState: 'OK' as const, keepFiringFor: 120 }, 'A R R N'],
    ['OK: with nothing to be normal', '. A', { noDataState: 'OK' as const }, 'N A'],
    ['Alerting', 'n . .', { noDataState: 'Alerting' as const, for: 60 }, 'N P A'],
    ['KeepLast', 'An .. ..', { noDataState: 'KeepLast' as const }, 'AN AN AN'],
    ['NoData: an instance of its own', 'AA .. ..', { noDataState: 'NoData' as const }, 'AA D D'],
    [
      'NoData: gone when there is data',
      '. A',
      { noDataState: 'NoData' as const, missingSeriesEvalsToResolve: 5 },
      'D A',
    ],
  ])('%s', (_, evaluations, rule, expected) => {
    expect(states(evaluations, rule)).toBe(expected);
  });
});

describe('an error', () => {
  test.each([
    ['OK resolves all', 'AA ! AA', { execErrState: 'OK' as const }, 'AA NN AA'],
    ['KeepLast keeps what fires', 'An ! ! nn', { execErrState: 'KeepLast' as const }, 'AN AN AN NN'],
    ['KeepLast lets fire what waits, unread', 'A ! !', { execErrState: 'KeepLast' as const, for: 120 }, 'P P A'],
    [
      'KeepLast: what recovers, recovers',
      'A n ! !',
      { execErrState: 'KeepLast' as const, keepFiringFor: 120 },
      'A R R N',
    ],
    ['Alerting', 'n ! n', { execErrState: 'Alerting' as const }, 'N A N'],
    ['Error: an instance of its own', 'A ! A', { execErrState: 'Error' as const }, 'A E A'],
  ])('%s', (_, evaluations, rule, expected) => {
    expect(states(evaluations, rule)).toBe(expected);
  });

  test('is no alert of the rule', () => {
    const [instance] = evaluateRule(new Map(), evaluationOf('!'), { ...settings, execErrState: 'Error' }, 0).values();
    expect(instance && [instance.state, isFiring(instance)]).toEqual(['Error', false]);
  });
});

describe('labels', () => {
  const result = (labels: Record<string, string>, state: 'normal' | 'alerting') => ({ labels, state });

  test('of the rule go before those of the series; series that are alike then are one instance, and the last one decides', () => {
    const rule = { ...settings, labels: { component: 'node' } };
    const results = [result({ component: 'a', x: '1' }, 'alerting'), result({ component: 'b', x: '1' }, 'normal')];
    const instances = evaluateRule(new Map(), { kind: 'results', results }, rule, 0);
    expect([...instances.values()]).toEqual([
      { labels: { component: 'node', x: '1' }, state: 'Normal', since: 0, evaluated: 0 },
    ]);
  });
});

/** As model/grafana renders it. */
function rendered(timing: Timing, expr: string): GrafanaAlertRule {
  const { rules, intervalSeconds } = ruleGroup(
    {
      name: 'net:g',
      owner: 'net',
      chain: 'toy',
      engine: 'grafana',
      interval: INTERVAL,
      rules: [{ kind: 'alert', name: 'X', expr, labels: {}, annotations: {}, severity: 'info', unit: 'x', ...timing }],
    },
    {
      stack: { environment: 'dev' },
      dataSourceUid: 'p',
      folder: { owner: 'net', uid: 'net', title: 'net' },
      evaluationInterval: INTERVAL,
      routing: { settingsFor: () => undefined },
      panelOf: () => undefined,
    },
  );
  const [rule] = rules;
  if (rule?.kind !== 'alert' || intervalSeconds !== INTERVAL) throw new Error('not the rule that was meant');
  return rule;
}

type Reading = 'above' | 'below' | 'gone';

/** Which series fire after each evaluation, in each engine. `x > 1` is split into query and limit, `x > y` decides itself. */
function both(readings: readonly (readonly Reading[])[], timing: Timing, expr: 'x > 1' | 'x > y') {
  const returned = readings.map((all) => all.flatMap((reading, index) => (reading === 'above' ? [String(index)] : [])));
  const answers = readings.map((all, step) => ({
    at: step * INTERVAL,
    samples: all.flatMap((reading, index) => {
      const answered = reading === 'above' || (reading === 'below' && expr === 'x > 1');
      return answered ? [{ labels: { series: String(index) }, value: reading === 'above' ? 2 : 1 }] : [];
    }),
  }));
  const grafana = firingOver(rendered(timing, expr), INTERVAL, answers).map(({ alerts }) =>
    alerts.map(({ series = '' }) => series).sort(),
  );
  return { prometheus: prometheusFiring(returned, INTERVAL, timing), grafana };
}

describe('over random readings', () => {
  const seconds = fc.constantFrom(0, 30, 60, 90, 120, 180);
  const exprs = fc.constantFrom('x > 1' as const, 'x > y' as const);
  const over = (...readings: readonly Reading[]) =>
    fc
      .integer({ min: 1, max: 3 })
      .chain((series) =>
        fc.array(fc.array(fc.constantFrom(...readings), { minLength: series, maxLength: series }), { maxLength: 25 }),
      );

  test('a rule fires when it does in Prometheus', () => {
    fc.assert(
      fc.property(over('above', 'below', 'gone'), seconds, exprs, (readings, wait, expr) => {
        const { prometheus, grafana } = both(readings, { for: wait, keepFiringFor: 0 }, expr);
        expect(grafana).toEqual(prometheus);
      }),
      { numRuns: runs(300) },
    );
  });

  test('so does one that keeps firing, while its series is there', () => {
    fc.assert(
      fc.property(over('above', 'below'), seconds, seconds, (readings, wait, keepFiringFor) => {
        const { prometheus, grafana } = both(readings, { for: wait, keepFiringFor }, 'x > 1');
        expect(grafana).toEqual(prometheus);
      }),
      { numRuns: runs(300) },
    );
  });

  test('one that keeps firing never ends before it does in Prometheus, though its series is gone', () => {
    fc.assert(
      fc.property(over('above', 'below', 'gone'), seconds, seconds, exprs, (readings, wait, keepFiringFor, expr) => {
        const { prometheus, grafana } = both(readings, { for: wait, keepFiringFor }, expr);
        expect(prometheus.flatMap((names, step) => names.filter((name) => !grafana[step]?.includes(name)))).toEqual([]);
      }),
      { numRuns: runs(300) },
    );
  });
});
