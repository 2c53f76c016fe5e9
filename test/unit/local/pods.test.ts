import { expect, test } from 'vitest';
import { withoutPods } from '../../../local/pods.ts';
import { stackOf } from '../../fixtures/toy.ts';

const pods = { namespace: 'rollup', labels: { app: 'a' } };
const kubernetes = {};

test('agents that run in a cluster are left out too', () => {
  const { stack, notes } = withoutPods(
    stackOf({ kubernetes, system: { agents: { near: '10.0.0.1:9340', far: { pods: { ...pods, port: 9340 } } } } }),
  );
  expect(Object.keys(stack.system.agents)).toEqual(['near']);
  expect(notes).toEqual(['agents that run in a cluster are left out: far']);
});

test('what runs in a cluster is left out of a run on one machine, and a note says what', () => {
  const { stack, notes } = withoutPods(
    stackOf({
      kubernetes,
      networks: {
        all: { chain: 'toy', nodes: { 'toy-node': [{ name: 'one', pods }] } },
        some: {
          chain: 'toy',
          nodes: { 'toy-node': ['10.0.0.1:9000'], 'toy-signer': [{ name: 'two', pods: { ...pods, port: 1 } }] },
        },
        none: { chain: 'toy', nodes: { 'toy-node': ['10.0.0.2:9000'] } },
        played: { chain: 'toy', simulated: true, nodes: { 'toy-node': [{ name: 'three', pods }] } },
      },
    }),
  );
  expect(stack.networks.map(({ name, nodes }) => [name, Object.values(nodes).flat().length])).toEqual([
    ['none', 1],
    ['played', 1],
    ['some', 1],
  ]);
  expect(notes).toEqual([
    'all is left out: its nodes run in a cluster (one)',
    'some is without the nodes that run in a cluster: two',
  ]);
});
