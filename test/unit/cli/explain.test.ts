import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explainLabels } from '../../../cli/explain/explain.ts';
import { parseLabels } from '../../../cli/explain/labels.ts';
import { labelValues, type Sources } from '../../../cli/explain/labelValues.ts';
import { traceRoutes } from '../../../cli/explain/routes.ts';
import { formatExplanation } from '../../../cli/explain/show.ts';
import { paint } from '../../../cli/output.ts';
import { decide } from '../../../model/alertmanager/explain.ts';
import type { AlertMatcher, AlertRoute } from '../../../model/alertmanager/types.ts';
import { makePlan } from '../../../model/plan/plan.ts';
import { known, stackOf } from '../../fixtures/toy.ts';

const node = (name: string, address: string) => ({ name, address });

function plan() {
  const networks = {
    alpha: {
      chain: 'toy',
      nodes: {
        'toy-node': [node('a1', '10.0.0.1:9'), node('a2', '10.0.0.2:9')],
        'toy-signer': [node('a3', '10.0.0.3:9')],
      },
    },
    beta: { chain: 'toy', nodes: { 'toy-node': [node('b1', '10.0.1.1:9')] }, labels: { team: 'blue' } },
  };
  const notifications = {
    receivers: {
      oncall: { pagerduty: { routingKey: { secret: 'key' } } },
      team: { slack: { webhook: { secret: 'hook' }, channel: '#x' } },
    },
    default: 'team',
    routes: [
      { match: { severity: 'critical' }, receiver: 'oncall', groupWait: '10s', repeatInterval: '1h' },
      { match: { severity: ['warning', 'info'] }, receiver: 'team', muteTimes: ['nights'] },
    ],
    muteTimes: { nights: [{ times: [{ start: '00:00', end: '08:00' }] }] },
  };
  return makePlan(stackOf({ networks, notifications }), known);
}

function explain(labels: Record<string, string>, at?: Date) {
  return explainLabels(plan(), labels, { at, known, timeScale: 1 });
}

describe('explain', () => {
  test('completes the labels from the rule, and says which', () => {
    const { labels, completed, fires } = explain({ alertname: 'BalanceLow', network: 'beta' });
    expect(labels).toMatchObject({
      severity: 'warning',
      chain: 'toy',
      component: 'toy-node',
      subject: 'balance',
      team: 'blue',
      environment: 'dev',
    });
    expect(completed).toEqual(expect.arrayContaining(['severity', 'subject', 'team']));
    expect(completed).not.toContain('alertname');
    expect(fires).toBe('< 0.5 ETH');
  });

  test('says of each route why it does not match, and who is told', () => {
    const { routes, told } = explain({ alertname: 'BalanceLow', network: 'alpha' });
    const critical = routes.find(({ receiver }) => receiver === 'oncall');
    expect(critical).toMatchObject({ outcome: 'differs', differs: [{ label: 'severity', actual: 'warning' }] });
    expect(told.map(({ receiver }) => receiver)).toEqual(['chainwatch/toy', 'team']);
    expect(told[1]).toMatchObject({
      channels: ['slack #x'],
      group: { alertname: 'BalanceLow', network: 'alpha' },
      groupWait: 30,
      muteTimes: [{ name: 'nights', when: '00:00–08:00 (UTC)' }],
    });
  });

  test('says whether it is muted at a moment, and only then', () => {
    const mute = (at?: Date) => explain({ alertname: 'BalanceLow', network: 'alpha' }, at).told[1]?.muteTimes[0];
    expect(mute()).not.toHaveProperty('holds');
    expect(mute(new Date('2026-03-01T03:00:00Z'))?.holds).toBe(true);
    expect(mute(new Date('2026-03-01T09:00:00Z'))?.holds).toBe(false);
  });

  test('what holds it back: the critical alert of the same subject and the process that is down, of the same network', () => {
    const { inhibitedBy, inhibits } = explain({ alertname: 'BalanceLow', network: 'alpha' });
    expect(inhibitedBy.map(({ alert, owner, atRuntime }) => [alert, owner, atRuntime])).toEqual([
      ['NodeDown', 'alpha', { instance: ['a1', 'a2'] }],
      ['BalanceEmpty', 'alpha', { instance: ['a1', 'a2'] }],
    ]);
    expect(inhibits).toEqual([]);
  });

  test('an alert about another process, or without an instance, is not held back', () => {
    const holders = (alertname: string) =>
      explain({ alertname, network: 'alpha' }).inhibitedBy.map(({ alert }) => alert);
    expect(holders('SignerDown')).toEqual([]);
    expect(holders('SlowRequests')).toEqual([]);
    expect(holders('ErrorRateHigh')).toEqual(['NodeDown']);
  });

  test('a given instance decides', () => {
    const holders = (instance: string) =>
      explain({ alertname: 'BalanceLow', network: 'alpha', instance }).inhibitedBy.length;
    expect([holders('a1'), holders('elsewhere')]).toEqual([2, 0]);
  });

  test('what it holds back', () => {
    const { inhibits } = explain({ alertname: 'BalanceEmpty', network: 'beta' });
    expect(inhibits.map(({ alert, owner }) => `${owner}/${alert}`)).toEqual(['beta/BalanceLow']);
  });

  test.each([
    [{ alertname: 'BalanseLow' }, 'stack dev has no alert "BalanseLow"; did you mean "BalanceLow"?'],
    [{ alertname: 'BalanceLow' }, 'BalanceLow is an alert of several networks; add network=<one of alpha, beta>'],
    [{ alertname: 'BalanceLow', network: 'alfa' }, 'unknown network "alfa"; did you mean "alpha"?'],
    [{ alertname: 'SignerDown', network: 'beta' }, 'beta has no alert SignerDown; of this stack it is one of alpha'],
  ])('%o is refused', (labels, message) => {
    expect(() => explain(labels as Record<string, string>)).toThrow(message);
  });

  test('labels that no rule has are a note, not a mistake', () => {
    expect(explain({ severty: 'critical' }).warnings).toEqual([
      'no rule sets a label "severty"; did you mean "severity"?',
    ]);
    expect(explain({ alertname: 'BalanceLow', network: 'beta', severity: 'info' }).warnings).toEqual([
      'the rule sets severity="warning", so no alert of it has severity="info"',
    ]);
  });

  test('reads well', () => {
    const text = formatExplanation(explain({ alertname: 'BalanceLow', network: 'alpha' }), paint({ color: false }));
    expect(text).toContain('BalanceLow of alpha: fires at < 0.5 ETH\n');
    expect(text).toMatch(/✗ [\d.]+ severity="critical" {2}but severity is "warning"/);
    expect(text).toMatch(/✓ [\d.]+ severity=~"warning\|info" → team/);
    expect(text).toContain('team: slack #x\n    one message for all with alertname="BalanceLow", network="alpha"\n');
    expect(text).toContain(
      'a critical alert mutes warning and info about the same of a network, for the same instance (a1 or a2)\n    BalanceEmpty (critical, alpha)',
    );
  });
});

describe('labels as typed', () => {
  test('may be quoted, hold anything and be empty', () => {
    expect(parseLabels(['a=b', 'c="d e"', 'f=', 'g=h=i'])).toEqual({ a: 'b', c: 'd e', f: '', g: 'h=i' });
  });

  test('all that is wrong is told at once', () => {
    const parse = () => parseLabels(['a', 'b=1', 'b=2', '1=2']);
    expect(parse).toThrow('"a" is not label=value');
    expect(parse).toThrow('b is given twice');
    expect(parse).toThrow('"1=2" is not label=value');
  });
});

describe('the trace of routes', () => {
  const matcher: fc.Arbitrary<AlertMatcher> = fc.record({
    label: fc.constantFrom('a', 'b'),
    op: fc.constantFrom('=', '!=', '=~', '!~'),
    value: fc.constantFrom('', 'x', 'y', 'x|y', '.+'),
  });
  const { route } = fc.letrec<{ route: AlertRoute }>((tie) => ({
    route: fc.record({
      receiver: fc.constantFrom('r1', 'r2', 'r3'),
      matchers: fc.array(matcher, { maxLength: 2 }),
      groupBy: fc.constant([]),
      groupWait: fc.constant(0),
      groupInterval: fc.constant(1),
      repeatInterval: fc.constant(1),
      muteTimes: fc.constant([]),
      continue: fc.boolean(),
      routes: fc.oneof({ maxDepth: 3 }, fc.constant([]), fc.array(tie('route'), { maxLength: 3 })),
    }),
  }));
  const labels = fc.record({ a: fc.constantFrom('x', 'y', 'z'), b: fc.constantFrom('x', 'y') }, { requiredKeys: [] });

  test('ends where the decision of the plan ends', () => {
    fc.assert(
      fc.property(route, labels, (tree, given) => {
        const root = { ...tree, matchers: [] };
        const acting = traceRoutes(root, given).filter(({ outcome }) => outcome === 'acts');
        const { steps } = decide({ route: root, receivers: [], inhibitRules: [], muteTimes: {} }, given);
        expect(acting.map(({ path, route: { receiver } }) => [path, receiver])).toEqual(
          steps.map(({ path, route: { receiver } }) => [path.map((index) => index + 1), receiver]),
        );
      }),
    );
  });

  test('mentions every route that was looked at, and why', () => {
    fc.assert(
      fc.property(route, labels, (tree, given) => {
        for (const { outcome, matchers } of traceRoutes({ ...tree, matchers: [] }, given)) {
          expect(matchers.some((each) => !each.matches)).toBe(outcome === 'differs');
        }
      }),
    );
  });
});

describe('the values that a label can have', () => {
  const sources: Sources = {
    targets: [
      { labels: { component: 'n', network: 'net', instance: 'n1' }, honours: false },
      { labels: { component: 'n', network: 'net', instance: 'n2' }, honours: false },
      { labels: { component: 's', network: 'net', instance: 's1' }, honours: false },
      { labels: { component: 'h', instance: 'h1' }, honours: false },
      { labels: { component: 'e', instance: 'e1' }, honours: true },
    ],
    metricOf: (series) =>
      ({
        n_metric: { component: 'n', synthetic: false },
        s_metric: { component: 's', synthetic: false },
        e_metric: { component: 'e', synthetic: false },
        other: { component: 'elsewhere', synthetic: false },
        up: { component: 'prometheus', synthetic: true },
      })[series],
    recorded: [
      { name: 'level:n:rate', labels: { network: 'net' }, expr: 'rate(n_metric[5m])' },
      { name: 'level:n:rate', labels: { network: 'other' }, expr: 's_metric' },
      { name: 'level:n:sum', labels: { instance: 'all' }, expr: 'sum(n_metric)' },
    ],
  };
  const values = (expr: string, label = 'instance') => {
    const found = labelValues(expr, label, sources);
    return found === 'any' ? found : [...found].sort().join();
  };

  test.each([
    ['n_metric > 5', 'n1,n2'],
    ['up{component="s"} == 0', 's1'],
    ['up{component=~"n|s"} == 0', 'n1,n2,s1'],
    ['up{component="n",instance=~".2"} == 0', 'n2'],
    ['e_metric > 0', 'any'],
    ['up{component="e"} == 0', 'e1'],
    ['e_metric{instance="x"} > 0', 'x'],
    ['other > 5', 'any'],
    ['level:unknown:rate > 5', 'any'],
    ['level:n:rate{network="net"} > 5', 'n1,n2'],
    ['level:n:rate > 5', 'n1,n2,s1'],
    ['level:n:sum > 5', 'all'],
    ['sum(n_metric) > 5', ''],
    ['sum by (network) (n_metric)', ''],
    ['sum by (network, instance) (n_metric)', 'n1,n2'],
    ['sum without (instance) (n_metric)', ''],
    ['sum without (network) (n_metric)', 'n1,n2'],
    ['topk by (network) (1, n_metric)', 'n1,n2'],
    ['histogram_quantile(0.9, sum by (le) (rate(n_metric[5m])))', ''],
    ['max_over_time((n_metric > 1)[1h:5m])', 'n1,n2'],
    ['n_metric offset 5m > bool 0', 'n1,n2'],
    ['n_metric and on (network) s_metric', 'n1,n2'],
    ['n_metric and s_metric', ''],
    ['n_metric unless s_metric', 'n1,n2'],
    ['n_metric or s_metric', 'n1,n2,s1'],
    ['n_metric / on (network) group_left () s_metric', 'n1,n2'],
    ['n_metric / on (network) group_left (instance) s_metric', 's1'],
    ['s_metric / on (network) group_right () n_metric', 'n1,n2'],
    ['n_metric / on (network) s_metric', ''],
    ['n_metric / on (instance) n_metric', 'n1,n2'],
    ['n_metric / ignoring (instance) s_metric', ''],
    ['time() - n_metric > 60', 'n1,n2'],
    ['n_metric / (1024 * 1024) > 5', 'n1,n2'],
    ['absent(up{component="s"})', ''],
    ['absent(up{instance="s1"})', 's1'],
    ['vector(1)', ''],
    ['label_replace(sum(n_metric), "instance", "x", "", "")', 'any'],
  ])('%s: %s', (expr, expected) => {
    expect(values(expr)).toBe(expected);
  });

  test('a host has no network', () => {
    expect(values('up{component="h"} == 0', 'network')).toBe('');
    expect(values('up{component=~"n|h"} == 0', 'network')).toBe('net');
  });
});
