import { describe, expect, test } from 'vitest';
import { makePlan } from '../../../../model/plan/plan.ts';
import { prometheusGroups } from '../../../../model/prometheus/rules.ts';
import type { PlannedAlert, PlannedGroup } from '../../../../model/rules/instantiate.ts';
import type { RecordingRule } from '../../../../model/rules/ruleFile.ts';
import { toYaml } from '../../../../model/yaml.ts';
import { type Config, known, network, stackOf } from '../../../fixtures/toy.ts';

const BOOKS = 'https://books.example';
const GRAFANA = { grafana: { url: 'https://g.example', receiverUrl: 'https://r.example' } };
const BOTH = { 'toy-node': ['10.0.0.1:9000'], 'toy-signer': ['10.0.0.2:9000'] };

function groupsOf(sections: Config): readonly PlannedGroup[] {
  return makePlan(stackOf(sections), known).ruleGroups;
}

function alertsOf(sections: Config, owner = 'net'): Readonly<Record<string, PlannedAlert>> {
  const rules = groupsOf(sections)
    .filter((group) => group.owner === owner)
    .flatMap((group) => group.rules);
  return Object.fromEntries(rules.flatMap((rule) => (rule.kind === 'alert' ? [[rule.name, rule]] : [])));
}

const withNetwork = (fields: Config): Config => ({ networks: { net: { ...network, ...fields } } });
const tuned = (name: string, tuning: Config) => alertsOf(withNetwork({ alerts: { [name]: tuning } }))[name];
/** Compressed sixtyfold, scraped so often that all windows still hold enough. */
const COMPRESSED = { prometheus: { timeScale: 60, scrapeInterval: '2s', evaluationInterval: '30s' } };

test('all together, as it is written', async () => {
  const groups = groupsOf({
    networks: {
      one: { chain: 'toy', nodes: BOTH, labels: { team: 'a' } },
      two: {
        chain: 'toy',
        engine: 'grafana',
        matchers: { cluster: 'c-2', tenant: 'it"s' },
        alerts: { BalanceLow: { threshold: '2 ETH', severity: 'critical' }, NodeDown: { enabled: false } },
      },
    },
    system: { hosts: { h: '10.0.0.9:9100' } },
    ...GRAFANA,
  });
  await expect(toYaml({ groups: prometheusGroups(groups, BOOKS) })).toMatchFileSnapshot(
    '../../../fixtures/golden/instantiate.yaml',
  );
});

test('the same in compressed time', async () => {
  const groups = groupsOf({ networks: { one: { chain: 'toy', nodes: BOTH } }, ...COMPRESSED });
  await expect(toYaml({ groups: prometheusGroups(groups, BOOKS) })).toMatchFileSnapshot(
    '../../../fixtures/golden/instantiate-compressed.yaml',
  );
});

describe('a network', () => {
  test('is in the selectors of all its series, but of no shared one', () => {
    expect(alertsOf({}).GasHigh?.expr).toBe('toy_gas_price > 100 unless on () toy_lag_seconds{network="net"}');
    expect(alertsOf({}).SlowRequests?.expr).toContain('toy_request_seconds_bucket{network="net"}');
    expect(alertsOf({}).NodeDown?.expr).toBe('up{network="net",component="toy-node"} == 0');
  });

  test('may be told by other labels; what it records is told by its name all the same', () => {
    const alerts = alertsOf({ networks: { net: { chain: 'toy', matchers: { tenant: 't', cluster: 'c' } } } });
    expect(alerts.BalanceLow?.expr).toBe('toy_balance{cluster="c",tenant="t"} < 0.5');
    expect(alerts.RunwayShort?.expr).toBe('instance:toy_balance:runway_hours{network="net"} < 24');
  });

  test('gives its labels to alerts, and its name to what is recorded', () => {
    const sections = withNetwork({ labels: { team: 'a' } });
    expect(alertsOf(sections).LagHigh?.labels).toEqual({
      severity: 'warning',
      component: 'toy-node',
      subject: 'head',
      team: 'a',
      network: 'net',
      chain: 'toy',
      environment: 'dev',
    });
    const recorded = groupsOf(sections)
      .flatMap((group) => group.rules)
      .find((rule): rule is RecordingRule => rule.kind === 'recording');
    expect(recorded?.labels).toEqual({ origin: 'toy', network: 'net' });
    expect(recorded?.expr).toContain('-deriv(toy_balance{network="net"}[1h])');
  });

  test('has no alerts about a component that it has not, and no group of them', () => {
    expect(Object.keys(alertsOf({}))).not.toContain('SignerDown');
    expect(groupsOf({}).map((group) => group.name)).not.toContain('net:signer');
    expect(Object.keys(alertsOf(withNetwork({ nodes: BOTH })))).toContain('SignerDown');
  });

  test('has alerts about what its chain always has, and about anything where others scrape it', () => {
    expect(Object.keys(alertsOf({}))).toContain('GasHigh');
    expect(Object.keys(alertsOf({ networks: { net: { chain: 'toy', matchers: { a: 'b' } } } }))).toContain(
      'SignerDown',
    );
  });

  test('says which engine owns its groups', () => {
    const engines = Object.fromEntries(
      groupsOf({ ...withNetwork({ engine: 'grafana' }), ...GRAFANA }).map(({ name, engine }) => [name, engine]),
    );
    expect(engines).toEqual({
      'net:runway': 'grafana',
      'net:node': 'grafana',
      'net:money': 'grafana',
      'system:watchdog': 'prometheus',
    });
  });
});

describe('tuning', () => {
  test('of the threshold, converted to the unit of the alert', () => {
    expect(tuned('BalanceLow', { threshold: '200000000 gwei' })?.expr).toBe('toy_balance{network="net"} < 0.2');
    expect(tuned('LagHigh', { threshold: '5m' })?.expr).toBe('300 < toy_lag_seconds{network="net"}');
    expect(tuned('RunwayShort', { threshold: '2d' })?.expr).toContain('< 48');
    expect(tuned('HeadStalled', { threshold: 1 })?.expr).toContain('< 1 # threshold');
  });

  test('of the window, of the marked one only', () => {
    const expr = tuned('HeadStalled', { window: '20m' })?.expr;
    expect(expr).toContain('[20m] offset 1m) # window');
    expect(expr).toContain('[30m]');
  });

  test('of the times', () => {
    expect(tuned('LagHigh', {})).toMatchObject({ for: 120, keepFiringFor: 0 });
    expect(tuned('LagHigh', { for: '10m', keepFiringFor: '1h' })).toMatchObject({ for: 600, keepFiringFor: 3600 });
    expect(tuned('LagHigh', { for: '0s' })?.for).toBe(0);
    expect(tuned('ErrorRateHigh', { keepFiringFor: '0s' })?.keepFiringFor).toBe(0);
  });

  test('of the severity, in the label as well', () => {
    expect(tuned('LagHigh', {})?.severity).toBe('warning');
    const critical = tuned('LagHigh', { severity: 'critical' });
    expect([critical?.severity, critical?.labels.severity]).toEqual(['critical', 'critical']);
  });

  test('of labels, which are added', () => {
    expect(tuned('LagHigh', { labels: { team: 'b' } })?.labels).toMatchObject({ team: 'b', subject: 'head' });
  });

  test('of nothing else', () => {
    const plain = alertsOf({});
    const others = alertsOf(withNetwork({ alerts: { LagHigh: { threshold: '5m', for: '1h' } } }));
    expect({ ...others, LagHigh: undefined }).toEqual({ ...plain, LagHigh: undefined });
  });

  test('switched off, there is no alert', () => {
    expect(tuned('LagHigh', { enabled: false })).toBeUndefined();
    expect(tuned('LagHigh', { enabled: true })).toBeDefined();
  });

  test('of the system', () => {
    const sections = { system: { hosts: { h: '10.0.0.9:9100' }, alerts: { HostBusy: { threshold: 16 } } } };
    expect(alertsOf(sections, 'system').HostBusy?.expr).toBe('node_load1 > 16');
  });
});

describe('the system', () => {
  test('has its rules once, with no network, and only about what is there', () => {
    const alerts = alertsOf(
      { networks: { a: network, b: { chain: 'toy', nodes: { 'toy-node': ['x:1'] } } } },
      'system',
    );
    expect(Object.keys(alerts)).toEqual(['Watchdog']);
    expect(alerts.Watchdog).toMatchObject({
      expr: 'vector(1)',
      severity: 'none',
      labels: { severity: 'none', component: 'watchdog', subject: 'watchdog', chain: 'system', environment: 'dev' },
    });
    expect(Object.keys(alertsOf({ system: { hosts: { h: '10.0.0.9:9100' } } }, 'system'))).toEqual([
      'Watchdog',
      'HostBusy',
    ]);
  });
});

describe('compressed time', () => {
  const alerts = alertsOf(COMPRESSED);

  test.each([
    ['of seconds is divided', 'LagHigh', '1 < toy_lag_seconds{network="net"}'],
    ['of hours is divided', 'RunwayShort', 'instance:toy_balance:runway_hours{network="net"} < 0.4'],
    [
      'per second is multiplied',
      'ErrorRateHigh',
      'sum by (network, instance) (rate(toy_errors_total{network="net"}[10s])) > 6',
    ],
    [
      'of counts over a window stays',
      'HeadStalled',
      'increase(toy_head_number{network="net",layer="unsafe"}[10s] offset 1s) # window\n< 5 # threshold\nand on (network, instance) max_over_time(toy_lag_seconds{network="net"}[30s]) > 0',
    ],
    ['of money stays', 'BalanceLow', 'toy_balance{network="net"} < 0.5'],
    ['of a state stays', 'NodeDown', 'up{network="net",component="toy-node"} == 0'],
  ])('a limit %s', (_, name, expr) => {
    expect(alerts[name]?.expr.replace(/\n\s+/g, '\n')).toBe(expr);
  });

  test('a tuned limit is compressed like the default', () => {
    const { LagHigh } = alertsOf({
      ...COMPRESSED,
      ...withNetwork({ alerts: { LagHigh: { threshold: '3m', for: '10m' } } }),
    });
    expect(LagHigh).toMatchObject({ expr: '3 < toy_lag_seconds{network="net"}', for: 10 });
  });

  test('does not reach a limit on what a real machine measures, only the window and the times', () => {
    expect(alerts.SlowRequests?.expr).toMatch(/\[10s\].*> 5$/);
    const simulated = alertsOf({
      ...COMPRESSED,
      ...withNetwork({ simulated: true, alerts: { LagHigh: { for: '1h' } } }),
    });
    expect(simulated.SlowRequests?.expr).toMatch(/\[10s\].*> 0\.0833/);
  });

  test('is said where it changed something, so that nobody takes a second for a second', () => {
    const saying = Object.values(alerts).filter(({ annotations }) =>
      annotations.description?.endsWith(' (Time runs 60 times as fast here.)'),
    );
    expect(saying.map(({ name }) => name).sort()).toEqual([
      'ErrorRateHigh',
      'HeadStalled',
      'LagHigh',
      'LagVeryHigh',
      'NodeDown',
      'RunwayShort',
    ]);
    expect(alerts.LagHigh?.annotations.description).toBe('it is {{ $value }} (Time runs 60 times as fast here.)');
    expect(JSON.stringify(alertsOf({}))).not.toContain('as fast');
  });

  test('is in all times of alerts and groups; none is shorter than what evaluates it', () => {
    expect(alerts.ErrorRateHigh).toMatchObject({ for: 5, keepFiringFor: 15 });
    const intervals = Object.fromEntries(groupsOf(COMPRESSED).map(({ name, interval }) => [name, interval]));
    expect(intervals).toEqual({ 'net:runway': 5, 'net:node': undefined, 'net:money': 2, 'system:watchdog': undefined });
  });

  test('of factor one changes nothing', () => {
    expect(groupsOf({ prometheus: { timeScale: 1 } })).toEqual(groupsOf({}));
  });
});

test('the place of runbooks is none of a rule: they are paths until they are written', () => {
  const { HeadStalled, LagHigh } = alertsOf({ runbooks: 'https://docs.example/x/' });
  expect(HeadStalled?.annotations.runbook_url).toBe('/runbooks/toy/HeadStalled');
  expect(LagHigh?.annotations.runbook_url).toBe('https://elsewhere.example/lag');
});
