import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { upPanel } from '../../../model/dashboards/common.ts';
import { query, reading, section, timeseries } from '../../../model/dashboards/panels.ts';

const jobs = (outcome: string) =>
  query(`sum by (instance) (aztec_proving_queue_${outcome}_jobs_count)`, `${outcome.replace('_', ' ')} {{instance}}`);

/** The prover: its node, its broker, its agents. */
export const prover: DashboardSpec = {
  slug: 'prover',
  title: 'Prover',
  description: 'The queue of proving jobs, who works on it, and what becomes of the jobs.',
  instancesOf: 'up{component=~"prover-node|prover-broker|prover-agent"}',
  sections: [
    section(100, 'Processes', [
      upPanel(1, 'prover-node', ['ProverNodeDown', 'ProverNodeMetricsAbsent'], 8),
      upPanel(2, 'prover-broker', ['ProverBrokerDown', 'ProverBrokerMetricsAbsent'], 8),
      upPanel(3, 'prover-agent', ['ProverAgentDown'], 8),
    ]),
    section(101, 'Queue', [
      timeseries(10, 'Jobs that wait', {
        description: 'It should come near to zero once per epoch.',
        unit: 'jobs',
        queries: [reading('ProvingQueueLong', '{{instance}}')],
        limits: ['ProvingQueueLong'],
      }),
      timeseries(11, 'Jobs in work', {
        description: 'Jobs that agents work on. None while jobs wait: no agent is connected.',
        unit: 'jobs',
        queries: [query('sum by (instance) (aztec_proving_queue_active_jobs_count)', '{{instance}}')],
        alerts: ['ProvingStalled'],
      }),
      timeseries(12, 'Outcome of jobs', {
        description: 'Jobs since the start that were done, failed for good, or whose agent was silent for too long.',
        unit: 'jobs',
        queries: [jobs('resolved'), jobs('rejected'), jobs('timed_out')],
        alerts: ['ProvingJobsRejected', 'ProvingJobsTimingOut'],
      }),
    ]),
    section(102, 'Epochs', [
      timeseries(20, 'Epochs in work', {
        description: 'Epochs that the prover node works on, by kind.',
        unit: 'epochs',
        queries: [
          query(
            'sum by (instance, aztec_epoch_session_kind) (aztec_prover_node_active_epoch_sessions)',
            '{{aztec_epoch_session_kind}} {{instance}}',
          ),
        ],
        alerts: ['ProverNodeMetricsAbsent'],
        width: 12,
      }),
      timeseries(21, 'Rewards', {
        description: 'Rewards that the prover node has earned, as it says.',
        unit: 'tokens',
        queries: [query('sum by (instance) (aztec_prover_node_rewards_total)', '{{instance}}')],
        width: 12,
      }),
    ]),
  ],
};
