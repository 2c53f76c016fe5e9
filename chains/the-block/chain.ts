/** the-block: a fleet of nodes with their compute market, storage and gateway, phones that follow it, its aggregator and its probe. */
import { type Chain, defineChain } from '../../model/chain.ts';
import { dashboards } from './dashboards.ts';

export const theBlock: Chain = defineChain({
  name: 'the-block',
  title: 'the-block',
  scope: 'network',
  components: [
    { name: 'tb-node', metricsPath: '/metrics', description: 'chain, compute market, storage, gateway' },
    { name: 'light-client', metricsPath: '/metrics', description: 'a phone that follows the chain' },
    { name: 'aggregator', metricsPath: '/metrics', description: 'takes the peer statistics that nodes push' },
    { name: 'probe', metricsPath: '/metrics', description: 'mines, gossips and looks for the tip, again and again' },
  ],
  always: [],
  fields: {},
  advise: (_facts, { nodes, matchers }) =>
    matchers !== undefined || (nodes.probe?.length ?? 0) > 0
      ? []
      : [
          {
            path: ['nodes'],
            message:
              'has no probe, and no metric of a node tells the height of the chain: whether a block travels from mining to tip is not watched; a probe is still to come, so nothing can be done about it yet',
          },
        ],
  dashboards,
});
