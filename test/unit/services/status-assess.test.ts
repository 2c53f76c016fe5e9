import { describe, expect, it } from 'vitest';
import type { assess, Inputs } from '../../../services/status/assess.ts';
import { headline } from '../../../services/status/page/hero.ts';
import { type NetworkStatus, SYSTEM } from '../../../services/status/status.ts';
import type { Alert } from '../../../services/status/upstream/prometheus.ts';
import { alert, alertmanager, answer, dev, down, group, judge, type Known, NOW, system, target } from './status.ts';

function network(status: ReturnType<typeof assess>, name = 'dev'): NetworkStatus {
  const found = status.networks.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no network ${name}`);
  return found;
}

describe('the state of a network', () => {
  it('is healthy where rules watch it, its targets answer and nothing fires', () => {
    const status = judge({});
    expect(network(status)).toMatchObject({
      state: 'healthy',
      reasons: [],
      rules: 1,
      targets: { up: 1, down: 0, unknown: 0 },
    });
    expect(status.state).toBe('healthy');
    expect(headline(status)).toBe('All is well');
    expect(status.evaluatedAt).toBe(NOW - 5000);
  });

  const cases: [string, Partial<Inputs>, NetworkStatus['state'], string[]][] = [
    ['Prometheus cannot be asked', { rules: down, targets: down }, 'unknown', [down.reason]],
    ['only the targets cannot be asked', { targets: down }, 'unknown', [down.reason]],
    ['no rule watches it', { rules: answer([group(system)]) }, 'unknown', ['no alert rule watches it']],
    [
      'its rules were never evaluated',
      { rules: answer([group(dev, {}, null)]) },
      'unknown',
      ['its rules were not evaluated yet'],
    ],
    [
      'its rules are not evaluated any more',
      { rules: answer([group(dev, {}, 46)]) },
      'unknown',
      ['its rules are not evaluated any more'],
    ],
    ['its rules were evaluated just now', { rules: answer([group(dev, {}, 44)]) }, 'healthy', []],
    [
      'a rule fails',
      { rules: answer([group(dev, { health: 'err', lastError: 'many-to-many' })]) },
      'unknown',
      ['1 rule cannot be evaluated: Broken: many-to-many'],
    ],
    ['nothing of it is scraped', { targets: answer([]) }, 'unknown', ['nothing of it is scraped']],
    [
      'none of its targets answers',
      { targets: answer([target('down'), target('down')]) },
      'unknown',
      ['none of its 2 targets answers'],
    ],
    [
      'one of its targets is down',
      { targets: answer([target('up'), target('down')]) },
      'warning',
      ['1 of 2 targets down'],
    ],
    [
      'a target was not scraped yet',
      { targets: answer([target('up'), target('unknown')]) },
      'unknown',
      ['1 target not scraped yet'],
    ],
    [
      'a warning fires',
      { rules: answer([group(dev, { alerts: [alert({ ...dev, severity: 'warning' })] })]) },
      'warning',
      ['1 warning alert fires'],
    ],
    [
      'a critical alert fires, whatever else is unknown',
      { rules: answer([group(dev, { alerts: [alert({ ...dev, severity: 'critical' })] })]), targets: down },
      'critical',
      ['1 critical alert fires', down.reason],
    ],
    [
      'a warning fires, and whether worse does is unknown',
      {
        rules: answer([
          group(dev, { alerts: [alert({ ...dev, severity: 'warning' })] }),
          group(dev, { health: 'err', lastError: 'x' }),
        ]),
      },
      'unknown',
      ['1 warning alert fires', '1 rule cannot be evaluated: Broken: x'],
    ],
    [
      'an alert is only pending, or only for information',
      {
        rules: answer([
          group(dev, {
            alerts: [alert({ ...dev, severity: 'critical' }, 'pending'), alert({ ...dev, severity: 'info' })],
          }),
        ]),
      },
      'healthy',
      [],
    ],
  ];
  it.each(cases)('where %s', (_name, change, state, reasons) => {
    expect(network(judge(change))).toMatchObject({ state, reasons });
  });

  it('is unknown where Grafana evaluates its alerts', () => {
    const networks = [{ name: 'dev', chain: 'op-stack', engine: 'grafana', simulated: false }] as const;
    expect(network(judge({ networks })).reasons).toEqual([
      'its alerts are evaluated by Grafana, which is not asked here',
    ]);
  });

  it('is told for networks that Prometheus does not know, and for those that only it knows', () => {
    const planned = { name: 'planned', chain: 'op-stack', engine: 'prometheus', simulated: false } as const;
    const names = judge({ networks: [planned] }).networks.map(({ name, state }) => [name, state]);
    expect(names).toEqual([
      ['dev', 'healthy'],
      ['planned', 'unknown'],
      [SYSTEM, 'healthy'],
    ]);
  });

  it('of one does not touch another', () => {
    const other = { network: 'other', chain: 'op-stack' };
    const status = judge({
      rules: answer([group(dev), group(system), group(other, { alerts: [alert({ ...other, severity: 'critical' })] })]),
      targets: answer([target('up'), target('down', other), target('up', system)]),
    });
    expect(status.networks.map(({ name, state }) => [name, state])).toEqual([
      ['dev', 'healthy'],
      ['other', 'critical'],
      [SYSTEM, 'healthy'],
    ]);
    expect(headline(status)).toBe('1 critical firing');
    expect(headline(judge({ rules: down }))).toBe('State unknown');
    expect(headline(judge({ targets: answer([target('up', system)]) }))).toBe('dev unknown');
    expect(headline(judge({ targets: answer([target('up'), target('down'), target('up', system)]) }))).toBe(
      '1 target down',
    );
  });

  it('holds what the exporter reads by quorum', () => {
    const layer = { network: 'dev', layer: 'l1' };
    const sample = (name: string, value: number, more = {}) => ({
      labels: { __name__: name, ...layer, ...more },
      value,
    });
    const account = { role: 'batcher', address: '0xab' };
    const readings = answer([
      sample('chainwatch_rpc_sources', 3),
      sample('chainwatch_rpc_sources_agreeing', 2),
      sample('chainwatch_rpc_agreed_head_block', 1234),
      sample('chainwatch_rpc_agreed_head_age_seconds', 7),
      sample('chainwatch_account_balance_quorum', 0, account),
      { labels: { __name__: 'chainwatch_rpc_sources', network: 'other', layer: 'l1' }, value: 9 },
    ]);
    expect(network(judge({ readings }))).toMatchObject({
      heads: [{ layer: 'l1', height: 1234, ageSeconds: 7, agreeing: 2, sources: 3 }],
      balances: [{ layer: 'l1', role: 'batcher', address: '0xab', ether: undefined }],
    });
  });
});

describe('firing alerts', () => {
  const labels = { ...dev, alertname: 'OpGethDown', severity: 'critical', instance: 'a:1' };
  const firing = (alerts: readonly Alert[], change: Partial<Inputs> = {}) =>
    judge({ rules: answer([group(dev, { alerts })]), ...change }).alerts;

  it('come the worst first, then the newest, without the Watchdog', () => {
    const found = firing([
      alert({ alertname: 'C', severity: 'info' }),
      alert({ alertname: 'Watchdog', severity: 'none' }),
      alert({ alertname: 'B', severity: 'critical' }, 'firing', 500),
      alert({ alertname: 'A', severity: 'critical' }, 'firing', 10),
      alert({ alertname: 'D', severity: 'odd' }),
    ]);
    expect(found.map(({ alertname }) => alertname)).toEqual(['A', 'B', 'C', 'D']);
    expect(found[0]?.since).toBe(NOW - 10_000);
  });

  it('show no credentials that an annotation holds', () => {
    const leaky = { ...alert(labels), annotations: { summary: 'at http://x/hunter2', description: 'hunter2' } };
    expect(JSON.stringify(firing([leaky]))).not.toContain('hunter2');
  });

  it.each([
    ['http://10.0.0.1:8080/runbooks/op-stack/OpGethDown', '/runbooks/op-stack/OpGethDown'],
    ['/runbooks/op-stack/OpGethDown', '/runbooks/op-stack/OpGethDown'],
    ['https://wiki.example.org/OpGethDown', 'https://wiki.example.org/OpGethDown'],
    ['/runbooks/op-stack/Unknown', undefined],
    ['javascript:alert(1)', undefined],
    ['', undefined],
  ])('the runbook of %j is at %j', (runbook_url, expected) => {
    expect(firing([{ ...alert(labels), annotations: { runbook_url } }])[0]?.runbook).toBe(expected);
  });

  it('say whether somebody is told', () => {
    const known = (status: Omit<Known, 'labels'>) =>
      alertmanager([
        { labels: { ...labels, instance: 'b:1' }, silencedBy: ['other'] },
        { labels: { ...labels, environment: 'dev' }, ...status },
      ]);
    const delivery = (view: Inputs['alertmanager'], age = 120) =>
      firing([alert(labels, 'firing', age)], { alertmanager: view })[0]?.delivery;
    expect(delivery(known({}))).toBe('notified');
    expect(delivery(known({ silencedBy: ['x'], inhibitedBy: ['y'] }))).toBe('silenced');
    expect(delivery(known({ inhibitedBy: ['y'] }))).toBe('inhibited');
    expect(delivery(known({ mutedBy: ['night'] }))).toBe('muted');
    expect(delivery(alertmanager([]))).toBe('not arrived');
    expect(delivery(alertmanager([]), 59)).toBe('unknown');
    expect(delivery(down)).toBe('unknown');
    expect(delivery(undefined)).toBe('unknown');
  });
});
