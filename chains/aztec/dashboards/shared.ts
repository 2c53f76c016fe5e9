/** What several of the dashboards say alike. */
export const INSTANCES = 'up{component=~"sequencer|full-node|prover-node|prover-broker|prover-agent"}';

export const DOWN_ALERTS = [
  'SequencerDown',
  'SequencerMetricsAbsent',
  'FullNodeDown',
  'ProverNodeDown',
  'ProverBrokerDown',
  'ProverAgentDown',
] as const;
