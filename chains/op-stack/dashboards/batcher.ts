import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { upPanel } from '../../../model/dashboards/common.ts';
import { query, reading, section, stat, timeseries } from '../../../model/dashboards/panels.ts';
import { fundsPanels, processPanels, transactionPanels } from './shared.ts';

export const batcher: DashboardSpec = {
  slug: 'op-batcher',
  title: 'op-batcher',
  description: 'L2 data on its way to L1: backlog, channels, transactions, funds.',
  instancesOf: 'up{component="op-batcher"}',
  sections: [
    section(100, 'Process', [
      upPanel(1, 'op-batcher', ['BatcherDown', 'BatcherMetricsAbsent'], 8),
      stat(2, 'Last batch', {
        description: 'Time since a batch was last confirmed on L1.',
        unit: 's',
        queries: [reading('NoRecentBatchSubmission', 'last batch')],
        limits: ['NoRecentBatchSubmission'],
        alerts: ['BatchSubmissionFailed'],
        width: 8,
      }),
      stat(3, 'Throttling', {
        description:
          'How hard block builders are asked to leave out large transactions, so that the backlog drains. 0 is none.',
        unit: 'ratio',
        queries: [reading('BatcherThrottling', '{{instance}}')],
        limits: ['BatcherThrottling'],
        width: 8,
      }),
    ]),
    section(
      101,
      'Funds',
      fundsPanels(10, 'op_batcher_default_balance', {
        low: ['BatcherLowETH', 'BatcherVeryLowETH'],
        runway: ['BatcherRunwayLow', 'BatcherRunwayVeryLow'],
      }),
    ),
    section(102, 'Batches', [
      timeseries(20, 'Batch transactions', {
        description: 'By stage: submitted, then confirmed or failed.',
        unit: 'txs/s',
        queries: [
          query(
            'sum by (instance, stage) (rate(op_batcher_default_batcher_tx_total[$__rate_interval]))',
            '{{stage}} {{instance}}',
          ),
        ],
        alerts: ['BatchSubmissionFailed'],
      }),
      timeseries(21, 'Time since the last batch transaction', {
        description: 'By stage. A failure younger than the last success is a batcher that does not get through.',
        unit: 's',
        queries: [query('time() - op_batcher_default_last_batcher_tx_unix', '{{stage}} {{instance}}')],
        limits: ['NoRecentBatchSubmission'],
        alerts: ['BatchSubmissionFailed'],
      }),
      timeseries(22, 'Backlog', {
        description: 'Blocks that are loaded but in no channel yet. It falls with every channel that is filled.',
        unit: 'blocks',
        queries: [reading('BatcherBacklogHigh', '{{instance}}')],
        limits: ['BatcherBacklogHigh'],
      }),
      timeseries(23, 'Backlog in bytes', {
        description: 'Estimated size of what waits, as the data layer will take it.',
        unit: 'B',
        queries: [query('op_batcher_default_pending_da_bytes', '{{instance}}')],
        limits: ['BatcherDABacklogHigh'],
      }),
      timeseries(24, 'Channels in memory', {
        description: 'Channels that are being filled or wait for confirmation.',
        unit: 'channels',
        queries: [query('op_batcher_default_channel_queue_length', '{{instance}}')],
        limits: ['BatcherChannelQueueHigh'],
      }),
      timeseries(25, 'Channels', {
        description: 'By stage. A channel that times out is paid for and worthless.',
        unit: 'channels/s',
        queries: [
          query(
            'sum by (instance, stage) (rate(op_batcher_default_channel_total[$__rate_interval]))',
            '{{stage}} {{instance}}',
          ),
        ],
        alerts: ['BatcherChannelTimedOut'],
      }),
    ]),
    section(
      103,
      'Transactions on L1',
      transactionPanels(30, 'op_batcher_default', {
        stuck: 'BatcherTxStuck',
        publishErrors: 'BatcherPublishErrors',
        rpcErrors: 'BatcherRpcErrors',
      }),
    ),
    section(104, 'Machine', processPanels(40, 'op-batcher')),
  ],
};
