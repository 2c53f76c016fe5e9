import { describe, expect, test } from 'vitest';
import { type Case, faults } from '../../fixtures/faults.ts';

const pods = { namespace: 'rollup', labels: { app: 'op-geth' } };
const nodes = (...list: readonly unknown[]) => ({
  kubernetes: {},
  networks: { net: { chain: 'toy', nodes: { 'toy-node': list } } },
});

const ofNodes: readonly Case[] = [
  [
    'no cluster',
    { ...nodes({ name: 'a', pods }), kubernetes: undefined },
    'networks.net.nodes.toy-node[0]: runs in a cluster, and the stack file names none: set chainwatch:kubernetes, or give its address',
  ],
  [
    'the same pods twice',
    nodes({ name: 'a', pods }, { name: 'b', pods }),
    'networks.net.nodes.toy-node[1]: pods/rollup/app=op-geth:metrics is already a target: toy-node of net',
  ],
  [
    'no label to select by',
    nodes({ name: 'a', pods: { ...pods, labels: {} } }),
    'networks.net.nodes.toy-node[0].pods.labels: must name at least one: none would select everything',
  ],
  [
    'a label whose value YAML reads as a number',
    nodes({ name: 'a', pods: { ...pods, labels: { shard: 1 } } }),
    'networks.net.nodes.toy-node[0].pods.labels.shard: must be text: quote numbers and true or false',
  ],
  [
    'no name of a port',
    nodes({ name: 'a', pods: { ...pods, port: '6060' } }),
    'networks.net.nodes.toy-node[0].pods.port: must be the name of a port, such as metrics, or its number',
  ],
  [
    'a misspelt key',
    nodes({ name: 'a', pods: { ...pods, lables: {} } }),
    'networks.net.nodes.toy-node[0].pods: unknown key "lables"; did you mean "labels"?',
  ],
  [
    'no namespace behind a Service',
    nodes({ name: 'a', service: { labels: { app: 'a' } } }),
    'networks.net.nodes.toy-node[0].service.namespace: is missing',
  ],
];

describe('nodes in the cluster', () => {
  test.each(ofNodes)('%s', (_, config, fault, environment) => {
    expect(faults(config, environment)).toEqual([fault]);
  });

  test('pods with and without a name, and Services, are taken', () => {
    const service = { namespace: 'rollup', labels: { 'app.kubernetes.io/name': 'x' }, port: 7300 };
    expect(
      faults(nodes({ name: 'a', pods }, { service }, { name: 'b', service: { ...service, port: 'web' } })),
    ).toEqual([]);
  });
});
