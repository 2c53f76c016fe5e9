import { describe, expect, test } from 'vitest';
import { planGrafana } from '../../../model/grafana/plan.ts';
import { execErrState, type RuleContext, ruleGroup } from '../../../model/grafana/rules.ts';
import type { GrafanaAlertRule, GrafanaPlan, GrafanaRule } from '../../../model/grafana/types.ts';
import { makePlan, type Plan } from '../../../model/plan/plan.ts';
import type { PlannedGroup } from '../../../model/rules/instantiate.ts';
import { toYaml } from '../../../model/yaml.ts';
import { config, known, network, stackOf } from '../../fixtures/toy.ts';

const stack = stackOf({
  networks: {
    net: { ...network, engine: 'grafana', labels: { team: 'a' } },
    other: { ...network, nodes: { 'toy-node': ['b:1'] } },
  },
  grafana: {
    url: 'https://grafana.example',
    auth: { secret: 'grafanaToken' },
    dataSourceUid: 'mimir',
    receiverUrl: 'https://receiver.example/',
  },
  secrets: { grafanaToken: { secure: 'v1:x' } },
});
const plan = makePlan(stack, known);

function grafanaOf({ grafana }: Plan): GrafanaPlan {
  if (!grafana) throw new Error('the plan has no Grafana');
  return grafana;
}

function rulesOf(grafana: GrafanaPlan): GrafanaRule[] {
  return grafana.ruleGroups.flatMap((group) => group.rules);
}

function alert(name: string, from = plan): GrafanaAlertRule {
  const found = rulesOf(grafanaOf(from)).find((rule) => rule.title === name);
  if (found?.kind !== 'alert') throw new Error(`no alert ${name}`);
  return found;
}

describe('a Grafana-managed rule', () => {
  test('is what a golden file says', async () => {
    const text = toYaml({ groups: grafanaOf(plan).ruleGroups });
    await expect(text).toMatchFileSnapshot('golden/rules.yaml');
  });

  test('is quiet without data, resolves when its series is gone, and never has the defaults that page', () => {
    for (const rule of rulesOf(grafanaOf(plan)).filter((each) => each.kind === 'alert')) {
      expect(rule).toMatchObject({ noDataState: 'OK', condition: 'C' });
      if (rule.keepFiringFor === undefined) expect(rule.missingSeriesEvalsToResolve).toBe(1);
    }
    expect(alert('BalanceEmpty').execErrState).toBe('KeepLast');
    expect(alert('BalanceLow').execErrState).toBe('OK');
    expect((['critical', 'warning', 'info', 'none'] as const).map(execErrState)).toEqual([
      'KeepLast',
      'OK',
      'OK',
      'OK',
    ]);
  });

  test('waits in the spelling that Grafana writes back', () => {
    expect(alert('NodeDown')).toMatchObject({ for: '1m' });
    expect(alert('NodeDown')).not.toHaveProperty('keepFiringFor');
    expect(alert('ErrorRateHigh')).toMatchObject({ for: '5m', keepFiringFor: '15m' });
  });

  test('keeps firing for its time, though its series is gone', () => {
    // 15 minutes, evaluated each 30 seconds; Grafana counts from the evaluation that had the series.
    expect(alert('ErrorRateHigh').missingSeriesEvalsToResolve).toBe(31);
  });

  test('shows the reading, not the text that Grafana calls $value', () => {
    expect(alert('NodeDown').annotations.description).toBe('up is {{ $values.B.Value }}');
  });

  test('has the labels of its network, so that routes and Alertmanager see the same alert', () => {
    expect(alert('NodeDown').labels).toEqual({
      chain: 'toy',
      component: 'toy-node',
      environment: 'dev',
      inhibits: 'instance',
      network: 'net',
      severity: 'critical',
      subject: 'process',
      team: 'a',
    });
  });

  test('of a group with an interval of its own is evaluated in multiples of ten seconds', () => {
    const intervals = grafanaOf(plan).ruleGroups.map(({ name, intervalSeconds }) => [name, intervalSeconds]);
    expect(Object.fromEntries(intervals)).toMatchObject({ node: 30, money: 60, runway: 300 });
    const fast = makePlan(
      stackOf({
        networks: { net: { ...network, engine: 'grafana' } },
        grafana: { url: 'https://g.example', receiverUrl: 'https://r.example' },
        prometheus: { scrapeInterval: '2s', evaluationInterval: '12s' },
      }),
      known,
    );
    expect(grafanaOf(fast).ruleGroups.find(({ name }) => name === 'node')?.intervalSeconds).toBe(20);
  });

  test('that records keeps its labels and writes where it reads', () => {
    expect(rulesOf(grafanaOf(plan)).find((rule) => rule.kind === 'recording')).toMatchObject({
      title: 'instance:toy_balance:runway_hours',
      record: { metric: 'instance:toy_balance:runway_hours', from: 'A', targetDatasourceUid: 'mimir' },
      labels: { network: 'net', origin: 'toy' },
    });
  });

  test('names the alert when an annotation asks for what Grafana has not', () => {
    const group: PlannedGroup = {
      name: 'net:g',
      owner: 'net',
      chain: 'toy',
      engine: 'grafana',
      rules: [
        {
          kind: 'alert',
          name: 'Asks',
          expr: 'up == 0',
          for: 0,
          keepFiringFor: 0,
          labels: {},
          annotations: { summary: '{{ query "up" }}' },
          severity: 'info',
          unit: 'bool',
        },
      ],
    };
    const context: RuleContext = {
      stack,
      dataSourceUid: 'p',
      folder: { owner: 'net', uid: 'dev_net', title: 'dev net' },
      evaluationInterval: 30,
      routing: { settingsFor: () => undefined },
      panelOf: () => undefined,
    };
    expect(() => ruleGroup(group, context)).toThrow('Asks, annotation summary: query in');
  });
});

describe('planGrafana', () => {
  test('takes the groups of engine grafana only; Prometheus keeps the others', () => {
    const grafana = grafanaOf(plan);
    expect(new Set(grafana.ruleGroups.map(({ folderUid }) => folderUid))).toEqual(new Set(['dev_net']));
    expect(plan.ruleGroups.filter(({ engine }) => engine === 'prometheus').map(({ owner }) => owner)).toContain(
      'other',
    );
  });

  test('is absent where the stack file names no Grafana', () => {
    expect(makePlan(stackOf(), known).grafana).toBeUndefined();
  });

  test('is in the plan without a network of its engine too: dashboards need their folders', () => {
    const only = grafanaOf(makePlan(stackOf({ grafana: { url: 'https://g.example' } }), known));
    expect(only).toMatchObject({ ruleGroups: [], contactPoints: [], muteTimings: [], routing: 'rules' });
  });

  test('gives the plan its secrets by name', () => {
    expect(plan.secrets).toEqual(expect.arrayContaining(['grafanaToken', 'receiverToken']));
  });

  test('refuses two rules that Grafana would take for one', () => {
    const twice = plan.ruleGroups.filter(({ name }) => name === 'net:node').flatMap((group) => [group, group]);
    const inputs = {
      stack,
      ruleGroups: twice,
      alertmanager: plan.alertmanager,
      dashboards: [],
      evaluationInterval: 30,
    };
    expect(() => planGrafana(inputs)).toThrow('UID dev_net_NodeDown is of rule NodeDown');
  });

  test('titles its folders with the prefix of the stack file, or without one', () => {
    const titled = (folderPrefix: string) =>
      grafanaOf(
        makePlan(
          stackOf({
            ...config,
            networks: { net: { ...network, engine: 'grafana' } },
            grafana: { url: 'https://g.example', receiverUrl: 'https://r.example', folderPrefix },
          }),
          known,
        ),
      ).folders;
    expect(titled('Ops')).toEqual([{ owner: 'net', uid: 'dev_net', title: 'Ops dev net' }]);
    expect(titled('')).toEqual([{ owner: 'net', uid: 'dev_net', title: 'dev net' }]);
  });

  test('shares no identity with another environment in the same Grafana, though it calls its network the same', () => {
    const identities = (environment: string) => {
      const grafana = { url: 'https://g.example', receiverUrl: 'https://r.example', routing: 'tree' };
      const networks = { net: { ...network, engine: 'grafana' } };
      const made = makePlan(stackOf({ ...config, networks, grafana }, { environment }), known);
      const { folders, ruleGroups, contactPoints, muteTimings } = grafanaOf(made);
      return [
        ...folders.flatMap(({ uid, title }) => [uid, title]),
        ...ruleGroups.flatMap(({ rules }) => rules.map(({ uid }) => uid)),
        ...made.dashboards.map(({ uid }) => uid),
        ...[...contactPoints, ...muteTimings].map(({ name }) => name),
      ];
    };
    const testnet = identities('testnet');
    expect(testnet.length).toBeGreaterThan(10);
    expect(identities('dev').filter((identity) => testnet.includes(identity))).toEqual([]);
  });
});
