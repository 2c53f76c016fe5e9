/** Fees, lanes and what signs. */
import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { query, reading, section, timeseries } from '../../../model/dashboards/panels.ts';
import { rates } from './shared.ts';

export const fees: DashboardSpec = {
  slug: 'fees',
  title: 'Fees, lanes and signer',
  description: 'What it costs to be mined, who waits, and whether the remote signer signs.',
  instancesOf: 'up{component="tb-node"}',
  sections: [
    section(100, 'Consumer lane', [
      timeseries(1, 'Consumer fee', {
        description: 'Median and 90th percentile.',
        unit: 'microunits',
        queries: [query('consumer_fee_p50', 'p50 {{instance}}'), query('consumer_fee_p90', 'p90 {{instance}}')],
        alerts: ['ConsumerFeeComfortBreached'],
      }),
      timeseries(2, 'Fee against comfort', {
        description: 'p90 as a multiple of the parameter of governance, or of its default where it was never changed.',
        unit: 'ratio',
        queries: [reading('ConsumerFeeComfortBreached', '{{instance}}')],
        limits: ['ConsumerFeeComfortBreached'],
      }),
      timeseries(3, 'Mempool', {
        description: 'Transactions that wait, by lane.',
        unit: 'txs',
        queries: [query('mempool_size', '{{lane}} {{instance}}')],
      }),
    ]),
    section(101, 'Industrial lane', [
      timeseries(10, 'Deferred', {
        description: 'Share of the industrial submissions.',
        unit: 'ratio',
        queries: [reading('IndustrialDeferralRatioHigh', 'deferred')],
        limits: ['IndustrialDeferralRatioHigh'],
      }),
      rates(11, 'Why industrial work is refused', 'industrial_rejected_total', ['reason'], {
        description: 'What admission has against it.',
        unit: 'txs/s',
        alerts: ['IndustrialDeferralRatioHigh'],
      }),
      timeseries(12, 'Backlog', {
        description: 'Slices of compute that wait.',
        unit: 'slices',
        queries: [query('industrial_backlog', '{{instance}}')],
      }),
    ]),
    section(102, 'Fee floor', [
      timeseries(20, 'Fee floor', {
        description: 'Below it a transaction is refused.',
        unit: 'amount',
        queries: [query('fee_floor_current', '{{instance}}')],
        alerts: ['FeeFloorSpike'],
      }),
      timeseries(21, 'Fee floor against its average', {
        description: 'As a multiple of the average of the last hours.',
        unit: 'ratio',
        queries: [reading('FeeFloorSpike', '{{instance}}')],
        limits: ['FeeFloorSpike'],
      }),
      timeseries(22, 'Sent below the floor all the same', {
        description: 'Share of the wallets that were warned.',
        unit: 'ratio',
        queries: [reading('FeeFloorOverridesHigh', '{{lane}}')],
        limits: ['FeeFloorOverridesHigh'],
      }),
    ]),
    section(103, 'Remote signer', [
      timeseries(30, 'Requests that fail', {
        description:
          'Share. Successes are counted by the wallet in its own process, so errors are held against requests.',
        unit: 'ratio',
        queries: [reading('RemoteSignerErrors', '{{instance}}')],
        limits: ['RemoteSignerErrors', 'RemoteSignerFailing'],
      }),
      rates(31, 'Requests', 'remote_signer_request_total', [], {
        description: 'How often the signer is asked.',
        unit: 'requests/s',
      }),
    ]),
  ],
};
