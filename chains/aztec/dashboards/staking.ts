import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { query, section, stat, timeseries } from '../../../model/dashboards/panels.ts';
import { INSTANCES } from './shared.ts';

const NOT_READ = 'not read';

/** The staking provider, as our exporter reads it on chain. */
export const staking: DashboardSpec = {
  slug: 'staking',
  title: 'Staking',
  description: 'Keystores that wait, delegations that came, and when the registry was last read.',
  instancesOf: INSTANCES,
  sections: [
    section(100, 'Provider', [
      stat(1, 'Keystores left', {
        description:
          'Keystores in the queue of our provider. Each delegation takes one; ten or more are a comfortable stock.',
        unit: 'keys',
        queries: [query('min by (provider_id) (chainwatch_aztec_provider_queue_length)', '{{provider_id}}')],
        limits: ['LowKeystoreQueue'],
        noValue: NOT_READ,
        width: 8,
      }),
      stat(2, 'Delegations', {
        description: 'How often anybody has staked with our provider. Each new one needs its coinbase set.',
        unit: 'number',
        queries: [query('max by (provider_id) (chainwatch_aztec_provider_delegations)', '{{provider_id}}')],
        alerts: ['NewDelegationDetected'],
        noValue: NOT_READ,
        width: 8,
      }),
      stat(3, 'Last read', {
        description: 'Time since the registry last answered. Old readings blind the alerts on the provider.',
        unit: 's',
        queries: [
          query('time() - max by (provider_id) (chainwatch_aztec_provider_read_timestamp_seconds)', '{{provider_id}}'),
        ],
        limits: ['ProviderReadingStale'],
        noValue: NOT_READ,
        width: 8,
      }),
      timeseries(10, 'Queue and delegations', {
        description: 'A step up of delegations goes with a step down of the queue.',
        unit: 'number',
        queries: [
          query('min by (provider_id) (chainwatch_aztec_provider_queue_length)', 'queue {{provider_id}}'),
          query('max by (provider_id) (chainwatch_aztec_provider_delegations)', 'delegations {{provider_id}}'),
        ],
        alerts: ['LowKeystoreQueue', 'NewDelegationDetected'],
        width: 24,
      }),
    ]),
    section(101, 'Validators', [
      timeseries(20, 'Stake', {
        description: 'Stake of each attester of ours. It falls when one is slashed.',
        unit: 'tokens',
        queries: [query('max by (attester) (chainwatch_aztec_attester_effective_balance_tokens)', '{{attester}}')],
        alerts: ['OwnValidatorSlashed'],
        noValue: NOT_READ,
        width: 12,
      }),
      timeseries(21, 'Rewards', {
        description: 'Rewards that wait to be claimed, by coinbase.',
        unit: 'tokens',
        queries: [query('max by (coinbase) (chainwatch_aztec_attester_rewards_tokens)', '{{coinbase}}')],
        noValue: NOT_READ,
        width: 12,
      }),
    ]),
  ],
};
