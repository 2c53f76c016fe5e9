import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { upPanel } from '../../../model/dashboards/common.ts';
import { query, reading, section, stat, timeseries } from '../../../model/dashboards/panels.ts';
import { fundsPanels, processPanels, transactionPanels } from './shared.ts';

export const proposer: DashboardSpec = {
  slug: 'op-proposer',
  title: 'op-proposer',
  description: 'Outputs on L1, without which nobody can withdraw.',
  instancesOf: 'up{component="op-proposer"}',
  sections: [
    section(100, 'Process', [
      upPanel(1, 'op-proposer', ['ProposerDown', 'ProposerMetricsAbsent'], 8),
      stat(2, 'Last output', {
        description: 'Age of the newest L2 block whose output was proposed.',
        unit: 's',
        queries: [reading('ProposerOutputStalled', 'last output')],
        limits: ['ProposerOutputLag', 'ProposerOutputStalled'],
        width: 8,
      }),
      stat(3, 'Proposed block', {
        description: 'Number of the newest L2 block whose output was proposed.',
        unit: 'number',
        queries: [query('max(op_proposer_default_refs_number{type="proposed"})', 'block')],
        alerts: ['ProposerOutputStalled'],
        width: 8,
      }),
    ]),
    section(101, 'Outputs', [
      timeseries(10, 'Age of the last output', {
        description: 'It falls with every proposal; a line that only rises is a proposer that does not get through.',
        unit: 's',
        queries: [reading('ProposerOutputStalled', 'last output')],
        limits: ['ProposerOutputLag', 'ProposerOutputStalled'],
        width: 24,
      }),
    ]),
    section(
      102,
      'Funds',
      fundsPanels(20, 'op_proposer_default_balance', {
        low: ['ProposerLowETH', 'ProposerVeryLowETH'],
        runway: ['ProposerRunwayLow', 'ProposerRunwayVeryLow'],
      }),
    ),
    section(
      103,
      'Transactions on L1',
      transactionPanels(30, 'op_proposer_default', {
        stuck: 'ProposerTxStuck',
        reverted: 'ProposerTxReverted',
        publishErrors: 'ProposerPublishErrors',
        rpcErrors: 'ProposerRpcErrors',
      }),
    ),
    section(104, 'Machine', processPanels(40, 'op-proposer')),
  ],
};
