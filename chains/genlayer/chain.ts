/** GenLayer: validators that judge contracts with GenVM, on a rollup of their own. Most fleets push to a Grafana of their own. */
import { z } from 'zod';
import { evmAddress, name, strict } from '../../config/fields.ts';
import { type Chain, defineChain, rpcUrl } from '../../model/chain.ts';
import { dashboards } from './dashboards.ts';

export const genlayer: Chain = defineChain({
  name: 'genlayer',
  title: 'GenLayer',
  scope: 'network',
  components: [
    {
      name: 'validator',
      metricsPath: '/metrics',
      description: 'a GenLayer node with GenVM and webdriver, port 9153',
      nameLabel: 'validator_name',
    },
  ],
  always: ['operator'],
  // Balances are read from the chain: without an account and somebody to ask, an alert on them would be silent for ever.
  lacks: ({ rpcUrls, accounts }) => (rpcUrls.length === 0 || Object.keys(accounts).length === 0 ? ['operator'] : []),
  fields: {
    chainId: z.number().int().positive().describe('of the rollup that the consensus contracts are on'),
    contracts: strict({ staking: evmAddress.optional(), slashing: evmAddress.optional() })
      .prefault({})
      .describe('consensus contracts, for those who read them'),
    rpcUrls: z.array(rpcUrl).default([]).describe('of the rollup, asked by our exporter'),
    accounts: z.record(name, evmAddress).default({}).describe('validator → the account that pays for its votes'),
  },
  check: ({ rpcUrls, accounts }) =>
    rpcUrls.length === 0 && Object.keys(accounts).length > 0
      ? [{ path: ['accounts'], message: 'are read by nobody: name at least one address under rpcUrls' }]
      : [],
  endpoints: ({ chainId, rpcUrls }) => rpcUrls.map((url) => ({ layer: 'rollup', url, chainId })),
  accounts: ({ accounts }) =>
    Object.entries(accounts)
      .sort()
      .map(([role, address]) => ({ layer: 'rollup', role, address })),
  dashboards,
});
