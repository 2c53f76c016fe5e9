/** The bounds of a namespace: what a stack of usual size has, and that they grow with what is asked. */
import { describe, expect, test } from 'vitest';
import { planCluster } from '../../../../model/kubernetes/cluster.ts';
import { NATS_SERVERS } from '../../../../model/kubernetes/nats.ts';
import { type QuotaFacts, quotaOf } from '../../../../model/kubernetes/quota.ts';
import { planNamed, stackNamed } from '../../../fixtures/real.ts';

const FACTS: QuotaFacts = {
  prometheus: { replicas: 1, shards: 1 },
  ...{ alertmanagerReplicas: 1, services: 3, gates: 0, blackbox: false, install: true, grafana: false },
};
const USUAL = { pods: '60', 'requests.cpu': '16', 'requests.memory': '48Gi', 'limits.memory': '96Gi' };

describe('the quota', () => {
  test('is the same for all stacks of usual size, so that it changes only with what is large', () => {
    expect(quotaOf()).toEqual(USUAL);
    expect(quotaOf(FACTS)).toEqual(USUAL);
    for (const name of ['testnet', 'mainnet'] as const)
      expect(planCluster(stackNamed(name), planNamed(name))?.quota).toEqual(USUAL);
  });

  test('has room for twelve Prometheus of four shards, twice', () => {
    const { 'requests.memory': requested, 'limits.memory': limit } = quotaOf({
      ...FACTS,
      prometheus: { replicas: 3, shards: 4 },
    });
    // 4 GiB asked for and 8 at most, each.
    expect(Number.parseInt(requested ?? '', 10)).toBeGreaterThan(2 * 12 * 4);
    expect(Number.parseInt(limit ?? '', 10)).toBeGreaterThan(2 * 12 * 8);
  });

  test.each([
    ['replicas', { prometheus: { replicas: 5, shards: 30 } }],
    ['Alertmanagers', { alertmanagerReplicas: 40 }],
    ['services', { services: 50 }],
    ['servers of NATS', { nats: 50 }],
    ['gates', { gates: 50 }],
  ])('counts %s', (_, more) => {
    expect(Number(quotaOf({ ...FACTS, ...more }).pods)).toBeGreaterThan(60);
  });

  test('counts the NATS that a stack brings along, and not one that is there', () => {
    const stack = stackNamed('mainnet');
    const plan = planNamed('mainnet');
    const large = { ...plan, prometheus: { ...plan.prometheus, replicas: 9, shards: 4 } };
    const limit = (nats: typeof stack.services.aggregator.nats) => {
      const services = { ...stack.services, aggregator: { ...stack.services.aggregator, nats } };
      return Number.parseInt(planCluster({ ...stack, services }, large)?.quota['limits.memory'] ?? '', 10);
    };
    const log = { storage: 2 ** 30 };
    expect(limit({ ...log, install: true })).toBeGreaterThanOrEqual(
      limit({ ...log, install: false, servers: ['nats://nats.nats.svc:4222'] }) + 2 * NATS_SERVERS,
    );
  });

  test('counts no claims: those of replicas that are gone stay', () => {
    expect(Object.keys(quotaOf())).not.toContain('persistentvolumeclaims');
  });
});
