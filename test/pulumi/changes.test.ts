/** What a change of the stack file changes, and that it replaces nothing that holds data. */
import { describe, expect, test } from 'vitest';
import type { Recorded } from '../../cli/render/record.ts';
import { known, planNamed } from '../fixtures/real.ts';
import { at, called, text } from './policies/read.ts';
import { type Change, recordStack, STACKS, type StackName, stackResources } from './stacks.ts';

interface Difference {
  readonly changed: readonly string[];
  readonly replaced: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

const key = ({ type, name }: Recorded) => `${type}::${name}`;

function difference(before: readonly Recorded[], after: readonly Recorded[]): Difference {
  const old = new Map(before.map((resource) => [key(resource), resource]));
  const kept = new Set(after.map(key));
  const both = after.flatMap((resource) => {
    const was = old.get(key(resource));
    return was && JSON.stringify(was) !== JSON.stringify(resource) ? [{ was, is: resource }] : [];
  });
  return {
    changed: both.map(({ is }) => called(is)).sort(),
    replaced: both.filter(({ was, is }) => isReplaced(was, is)).map(({ is }) => called(is)),
    added: after.filter((resource) => !old.has(key(resource))).map(called),
    removed: before.filter((resource) => !kept.has(key(resource))).map(called),
  };
}

/** Fields that neither the API server nor the provider changes in place: github.com/pulumi/pulumi-kubernetes, forceNew. */
const FIXED: Readonly<Record<string, readonly string[]>> = {
  StatefulSet: ['spec.selector', 'spec.serviceName', 'spec.volumeClaimTemplates', 'spec.podManagementPolicy'],
  Deployment: ['spec.selector'],
  Service: ['spec.clusterIP', 'spec.type'],
  ClusterRoleBinding: ['roleRef'],
  RoleBinding: ['roleRef'],
  Secret: ['type', 'immutable'],
  ConfigMap: ['immutable'],
  Prometheus: ['spec.storage'],
  Alertmanager: ['spec.storage'],
};

function isReplaced(was: Recorded, is: Recorded): boolean {
  const fixed = ['kind', 'apiVersion', 'metadata.name', 'metadata.namespace', ...(FIXED[text(is.inputs.kind)] ?? [])];
  // A release is another one under another name or in another namespace.
  if (is.type.includes('helm')) fixed.push('name', 'namespace');
  return fixed.some((path) => {
    const keys = path.split('.');
    return JSON.stringify(at(was.inputs, ...keys)) !== JSON.stringify(at(is.inputs, ...keys));
  });
}

async function changedBy(change: Change): Promise<Difference> {
  return difference(await stackResources('mainnet'), await recordStack('mainnet', change));
}

/** Each a little different, so that pairs stay in order. */
function everyLimit(stack: StackName): Change {
  const { networks, ruleGroups } = planNamed(stack);
  const alertsOf = (owner: string) => {
    const rules = ruleGroups.filter((group) => group.owner === owner).flatMap((group) => group.rules);
    return Object.fromEntries(
      rules.flatMap((rule) => {
        const facts = known.packs.get(rule.labels.chain ?? '')?.alerts.get(rule.kind === 'alert' ? rule.name : '');
        if (!facts?.threshold) return [];
        const { value } = facts.threshold;
        const other = facts.unit.dimension.startsWith('count:') && !facts.unit.perSecond ? value + 1 : value * 0.99;
        return [[rule.name, { threshold: `${Number(other.toPrecision(6))} ${facts.unit.name}` }]];
      }),
    );
  };
  return {
    'chainwatch:networks': Object.fromEntries(networks.map(({ name }) => [name, { alerts: alertsOf(name) }])),
    'chainwatch:system': { alerts: alertsOf('system') },
  };
}

/** Of networks that Grafana evaluates: nobody records their limits, so they stand in the dashboards as well. */
function inGrafana(stack: StackName, resource: string): boolean {
  return planNamed(stack).networks.some(
    ({ name, engine }) =>
      engine === 'grafana' && new RegExp(`^(RuleGroup|Dashboard) chainwatch-grafana-${name}-`).test(resource),
  );
}

const NOTHING = { replaced: [], added: [], removed: [] };
const OTHER_IMAGE = `registry.example/chainwatch@sha256:${'fedcba9876543210'.repeat(4)}`;

describe('a change of the stack file', () => {
  test('of a threshold changes one object, though dashboards draw the limit', async () => {
    const alerts = { BatcherLowETH: { threshold: '3 ETH' } };
    expect(await changedBy({ 'chainwatch:networks': { 'bega-mainnet': { alerts } } })).toEqual({
      ...NOTHING,
      changed: ['PrometheusRule chainwatch/bega-mainnet'],
    });
  });

  // So a change of any one of them changes no more than the rules that have it.
  test.each(STACKS)(
    'of all thresholds of %s at once changes the rules of each owner, and nothing else',
    async (stack) => {
      const before = await stackResources(stack);
      const { changed, ...rest } = difference(before, await recordStack(stack, everyLimit(stack)));
      const rules = before.map(called).filter((one) => one.startsWith('PrometheusRule '));
      expect(rest).toEqual(NOTHING);
      expect(changed.filter((one) => !inGrafana(stack, one))).toEqual(rules.sort());
    },
    60_000,
  );

  test('of how long an alert waits changes the rules of its network alone, which say it where it is told', async () => {
    const alerts = { BatcherLowETH: { for: '25m' } };
    expect(await changedBy({ 'chainwatch:networks': { 'bega-mainnet': { alerts } } })).toEqual({
      ...NOTHING,
      changed: ['PrometheusRule chainwatch/bega-mainnet'],
    });
  });

  test('of the image changes our own workloads, in place', async () => {
    expect(await changedBy({ 'chainwatch:kubernetes': { image: OTHER_IMAGE } })).toEqual({
      ...NOTHING,
      changed: [
        'Deployment chainwatch/exporter',
        'Deployment chainwatch/status',
        'StatefulSet chainwatch/aggregator',
        'StatefulSet chainwatch/receiver',
      ],
    });
  });

  test('of the chart changes its release, and not what holds data', async () => {
    expect(await changedBy({ 'chainwatch:kubernetes': { chart: { version: '88.6.0' } } })).toEqual({
      ...NOTHING,
      changed: ['Release chainwatch-operator-chart'],
    });
  });

  test('of the retention changes Prometheus alone, and not its claims', async () => {
    expect(await changedBy({ 'chainwatch:prometheus': { retention: '60d' } })).toEqual({
      ...NOTHING,
      changed: ['Prometheus chainwatch/chainwatch'],
    });
  });

  test('of who is told changes the configuration of Alertmanager, and not Alertmanager', async () => {
    const team = { slack: { webhook: { secret: 'slackWebhook' }, channel: '#elsewhere' } };
    expect(await changedBy({ 'chainwatch:notifications': { receivers: { team } } })).toEqual({
      ...NOTHING,
      changed: ['Secret chainwatch/alertmanager-config'],
    });
  });

  test('of the settings of a service rolls its pods', async () => {
    expect(await changedBy({ 'chainwatch:services': { receiver: { retention: '10d' } } })).toEqual({
      ...NOTHING,
      changed: ['ConfigMap chainwatch/receiver-settings', 'StatefulSet chainwatch/receiver'],
    });
  });

  test('that takes a network away leaves the others as they are', async () => {
    const without = await recordStack('mainnet', { 'chainwatch:networks': { 'op-mainnet': undefined } });
    const found = difference(await stackResources('mainnet'), without);
    expect(found.replaced).toEqual([]);
    expect(found.removed).toContain('PrometheusRule chainwatch/op-mainnet');
    expect(found.changed.filter((one) => one.includes('bega'))).toEqual([]);
  });
});

test('a replacement would be seen', async () => {
  const resources = await stackResources('mainnet');
  const other = resources.map((one): Recorded => {
    if (called(one) !== 'StatefulSet chainwatch/receiver') return one;
    const text = JSON.stringify(one).replace('"storage":"5Gi"', '"storage":"6Gi"');
    return { ...one, ...JSON.parse(text) };
  });
  expect(difference(resources, other).replaced).toEqual(['StatefulSet chainwatch/receiver']);
});

test('no stack says anything of a field that the cluster fills in, so a second preview is empty', async () => {
  for (const stack of STACKS)
    for (const { inputs } of await stackResources(stack)) {
      expect(at(inputs, 'status')).toBeUndefined();
      expect(at(inputs, 'metadata', 'generateName')).toBeUndefined();
    }
});
