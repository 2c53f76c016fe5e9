/** Aztec: sequencers with their validators, full nodes and provers, the L1 that they settle on, and a staking provider. */
import { z } from 'zod';
import { evmAddress, strict } from '../../config/fields.ts';
import { defineChain, rpcUrl } from '../../model/chain.ts';
import { dashboards } from './dashboards.ts';

// What a collector of OpenTelemetry serves for the process that pushes to it.
const COLLECTED = { metricsPath: '/metrics' } as const;

export const aztec = defineChain({
  name: 'aztec',
  title: 'Aztec',
  scope: 'network',
  components: [
    { name: 'sequencer', ...COLLECTED, description: 'builds blocks, attests with its validators, publishes on L1' },
    { name: 'full-node', ...COLLECTED, description: 'follows the chain and answers RPC' },
    { name: 'prover-node', ...COLLECTED, description: 'proves epochs and submits the proofs to L1' },
    { name: 'prover-broker', ...COLLECTED, description: 'hands proving jobs to agents' },
    { name: 'prover-agent', ...COLLECTED, description: 'does proving jobs' },
  ],
  always: ['l1', 'l2', 'node', 'publisher', 'staking'],
  fields: {
    l1: strict({
      chainId: z.number().int().positive(),
      rpcUrls: z.array(rpcUrl).default([]).describe('asked by our exporter; three independent ones make a quorum'),
    }),
    publishers: z.array(evmAddress).default([]).describe('L1 accounts that pay for blocks and proofs'),
    rollup: strict({
      registry: evmAddress.optional().describe('names the canonical rollup, which changes with an upgrade'),
      gse: evmAddress.optional().describe('holds the stakes'),
    })
      .prefault({})
      .describe('contracts on L1'),
    staking: strict({
      registry: evmAddress.describe('the staking registry'),
      providerId: z.number().int().positive().describe('ours, as the registry counts them'),
    })
      .optional()
      .describe('for a staking provider'),
    attesters: z.array(evmAddress).default([]).describe('validators of ours, whose stake is read'),
  },
  check: ({ publishers, attesters }) => [...twice(publishers, 'publishers'), ...twice(attesters, 'attesters')],
  advise: ({ l1, publishers, staking, attesters }, { nodes }) => {
    const asksL1 = l1.rpcUrls.length > 0;
    const wanted = [
      ...(publishers.length > 0 ? ['balances of publishers'] : []),
      ...(staking ? ['the queue and delegations of the provider'] : []),
      ...(attesters.length > 0 ? ['stakes of attesters'] : []),
    ];
    const unasked = `is empty, so nobody asks the L1: its heads and fees${wanted.map((each) => `, ${each}`).join('')} are not read, and no alert on them can fire; give addresses, best three independent ones`;
    const unnamed =
      'is empty, so the balance that pays for blocks is known only as far as the sequencer tells it; name the accounts';
    return [
      ...(asksL1 ? [] : [{ path: ['l1', 'rpcUrls'], message: unasked }]),
      ...(publishers.length === 0 && (nodes.sequencer?.length ?? 0) > 0
        ? [{ path: ['publishers'], message: unnamed }]
        : []),
    ];
  },
  endpoints: ({ l1 }) => l1.rpcUrls.map((url) => ({ layer: 'l1', url, chainId: l1.chainId })),
  accounts: ({ publishers }) => publishers.map((address) => ({ layer: 'l1', role: 'publisher', address })),
  dashboards,
});

function twice(addresses: readonly string[], field: string) {
  const seen = new Set<string>();
  return addresses.flatMap((address, index) => {
    const known = seen.has(address.toLowerCase());
    seen.add(address.toLowerCase());
    return known ? [{ path: [field, index], message: `${address} is listed already` }] : [];
  });
}
