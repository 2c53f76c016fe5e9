/** The OP stack: an L2 of op-geth, op-node, op-batcher and op-proposer, with the L1 that it depends on. */
import { z } from 'zod';
import { duration, evmAddress, strict } from '../../config/fields.ts';
import { type Chain, defineChain, rpcUrl } from '../../model/chain.ts';
import { dashboards } from './dashboards.ts';

const chainId = z.number().int().positive();
const roles = ['batcher', 'proposer', 'challenger'] as const;

export const opStack: Chain = defineChain({
  name: 'op-stack',
  title: 'OP Stack',
  scope: 'network',
  components: [
    {
      name: 'op-geth',
      metricsPath: '/debug/metrics/prometheus',
      description: 'execution: blocks, transaction pool, RPC',
    },
    { name: 'op-node', metricsPath: '/metrics', description: 'heads, derivation, sequencing, gossip' },
    { name: 'op-batcher', metricsPath: '/metrics', description: 'posts L2 data to L1' },
    { name: 'op-proposer', metricsPath: '/metrics', description: 'posts output roots to L1' },
    { name: 'op-challenger', metricsPath: '/metrics', description: 'plays dispute games' },
    { name: 'op-dispute-mon', metricsPath: '/metrics', description: 'forecasts dispute games' },
    { name: 'op-conductor', metricsPath: '/metrics', description: 'fails over between sequencers' },
    { name: 'gas-oracle', metricsPath: '/metrics', description: 'a bot of some chains: sets the fee scalar by prices' },
  ],
  always: ['l1', 'l2'],
  fields: {
    chainId: chainId.describe('of the L2'),
    blockTime: duration({ min: 1 }).prefault('2s').describe('of the L2'),
    l1: strict({
      chainId,
      rpcUrls: z.array(rpcUrl).default([]).describe('asked by our exporter; three independent ones make a quorum'),
    }),
    rpcUrls: z.array(rpcUrl).default([]).describe('of the L2, asked by our exporter'),
    accounts: strict({
      batcher: evmAddress.optional(),
      proposer: evmAddress.optional(),
      challenger: evmAddress.optional(),
    })
      .prefault({})
      .describe('L1 accounts whose balance is read from chain'),
  },
  check: ({ chainId: own, l1 }) =>
    own === l1.chainId
      ? [{ path: ['l1', 'chainId'], message: `is the L2's own chain id (${own}); the L1 has another` }]
      : [],
  advise: ({ l1, accounts }) => {
    if (l1.rpcUrls.length > 0) return [];
    const balances = Object.values(accounts).some((account) => account !== undefined) ? ', balances of accounts' : '';
    const message = `is empty, so nobody asks the L1: its heads and fees${balances} are not read, and no alert on them can fire; give addresses, best three independent ones`;
    return [{ path: ['l1', 'rpcUrls'], message }];
  },
  endpoints: ({ chainId: own, l1, rpcUrls }) => [
    ...l1.rpcUrls.map((url) => ({ layer: 'l1', url, chainId: l1.chainId })),
    ...rpcUrls.map((url) => ({ layer: 'l2', url, chainId: own })),
  ],
  accounts: ({ accounts }) =>
    roles.flatMap((role) => {
      const address = accounts[role];
      return address === undefined ? [] : [{ layer: 'l1', role, address }];
    }),
  dashboards: (context) => dashboards(context, context.network ? opStack.endpoints(context.network) : []),
});
