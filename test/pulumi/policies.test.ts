/** Policies over every resource of the three stacks, and of stacks that use what those do not. */
import { describe, expect, test } from 'vitest';
import { offences, policies, said } from './policies/index.ts';
import { type Change, recordStack, STACKS, situation, stackResources } from './stacks.ts';

describe.each(STACKS)('stack %s', (stack) => {
  test.each(policies)('$name', async (policy) => {
    const resources = await stackResources(stack);
    expect(resources.length).toBeGreaterThan(60);
    expect(offences(resources, situation(stack), [policy]).map(said)).toEqual([]);
  });
});

const VARIANTS: readonly (readonly [string, Change])[] = [
  ['an operator that is there already', { 'chainwatch:kubernetes': { install: false, storageClass: 'fast' } }],
  [
    'remote write with a token, shards, replicas',
    {
      'chainwatch:prometheus': {
        shards: 2,
        remoteWrite: [{ name: 'far', url: 'https://write.example:8443/push', token: { secret: 'remoteWriteToken' } }],
      },
    },
  ],
  [
    'many shards and replicas, all doors, pings, a private registry',
    {
      'chainwatch:prometheus': { shards: 4, replicas: 3 },
      'chainwatch:system': { probes: [{ name: 'bega', url: '10.10.1.10', module: 'icmp' }] },
      'chainwatch:kubernetes': {
        ...{ grafana: true, alertmanagerReplicas: 5, imagePullSecret: { secret: 'registryLogin' } },
        ingestion: { otlp: true, from: ['rollup'] },
      },
    },
  ],
  ['as many as a stack file takes', { 'chainwatch:prometheus': { shards: 50, replicas: 5 } }],
  ['no services of ours', { 'chainwatch:services': { receiver: { enabled: false }, status: { enabled: false } } }],
];

test.each(VARIANTS)('%s', async (_name, change) => {
  const resources = await recordStack('mainnet', change);
  expect(offences(resources, situation('mainnet')).map(said)).toEqual([]);
});
