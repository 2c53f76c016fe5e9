import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { upPanel } from '../../../model/dashboards/common.ts';
import { query, reading, section, stat, timeseries } from '../../../model/dashboards/panels.ts';

const sumOf = (metric: string, by: string) => `sum by (instance, ${by}) (${metric})`;

/** Slots, blocks, attestations, slashing: what a sequencer and its validators earn and lose by. */
export const sequencer: DashboardSpec = {
  slug: 'sequencer',
  title: 'Sequencer',
  description: 'Slots and blocks of the sequencers, attestations of their validators, and votes against them.',
  instancesOf: 'up{component="sequencer"}',
  sections: [
    section(100, 'Process', [
      upPanel(1, 'sequencer', ['SequencerDown', 'SequencerMetricsAbsent'], 8),
      stat(2, 'Slots missed', {
        description: 'Share of the slots of the last hours that ended without a block.',
        unit: 'ratio',
        queries: [reading('HighBlockProposalFailureRate', '{{instance}}')],
        limits: ['HighBlockProposalFailureRate'],
        noValue: 'few slots',
        width: 8,
      }),
      stat(3, 'Votes to slash', {
        description:
          'Share of the quorum that has voted against a validator of ours in this round. Above zero: find out why.',
        unit: 'ratio',
        queries: [reading('OwnValidatorSlashingVotesHigh', '{{instance}}')],
        limits: ['OwnValidatorSlashingVotesHigh'],
        noValue: 'not told',
        width: 8,
      }),
    ]),
    section(101, 'Slots and blocks', [
      timeseries(10, 'Slots', {
        description:
          'Slots in which our validators were the proposer, and those that ended with a block. Lines that part are lost rewards.',
        unit: 'slots',
        queries: [
          query('sum by (instance) (instance:aztec_sequencer_slots:assigned)', 'assigned {{instance}}'),
          query('sum by (instance) (instance:aztec_sequencer_slots:filled)', 'filled {{instance}}'),
        ],
        alerts: ['SequencerNotHealthy', 'HighBlockProposalFailureRate'],
      }),
      timeseries(11, 'Failed builds', {
        description: 'Blocks that were begun and given up within the window of the alert.',
        unit: 'builds',
        queries: [reading('BlockBuildFailing', '{{instance}}')],
        limits: ['BlockBuildFailing'],
      }),
      timeseries(12, 'Why builds fail', {
        description:
          'Failed proposals since the start, by reason. insufficient_txs means that there was nothing to build.',
        unit: 'proposals',
        queries: [
          query(
            sumOf('aztec_sequencer_block_proposal_failed_count', 'aztec_error_type'),
            '{{aztec_error_type}} {{instance}}',
          ),
        ],
        alerts: ['BlockBuildFailing'],
      }),
      timeseries(13, 'Checks before a checkpoint that fail', {
        description: 'Since the start, by reason: the slot was taken, or L1 and the node do not agree.',
        unit: 'checks',
        queries: [
          query(
            sumOf('aztec_sequencer_checkpoint_precheck_failed_count', 'aztec_error_type'),
            '{{aztec_error_type}} {{instance}}',
          ),
        ],
        alerts: ['CheckpointPrecheckFailing'],
      }),
      timeseries(14, 'Blobs on L1', {
        description: 'Transactions with blobs since the start, by outcome.',
        unit: 'txs',
        queries: [
          query('sum by (instance) (aztec_l1_publisher_blob_tx_success)', 'published {{instance}}'),
          query('sum by (instance) (aztec_l1_publisher_blob_tx_failure)', 'failed {{instance}}'),
        ],
        alerts: ['BlobPublishingFailures'],
      }),
    ]),
    section(102, 'Validators', [
      timeseries(20, 'Attestations', {
        description: 'Attestations since the start that succeeded, and that failed by a fault of this node.',
        unit: 'attestations',
        queries: [
          query('sum by (instance) (aztec_validator_attestation_success_count)', 'made {{instance}}'),
          query('sum by (instance) (aztec_validator_attestation_failed_node_issue_count)', 'failed {{instance}}'),
        ],
        alerts: ['AttestationsFailing'],
      }),
      timeseries(21, 'Re-execution', {
        description: 'Time that the last proposal took to check. An attestation that comes too late does not count.',
        unit: 'ms',
        queries: [query('max by (instance) (aztec_validator_re_execution_time_milliseconds)', '{{instance}}')],
        limits: ['ReexecutionSlow'],
      }),
      timeseries(22, 'Proposals that we refuse', {
        description:
          'Proposals that gave another result here, and attestations of others that were invalid, since the start.',
        unit: 'number',
        queries: [
          query('sum by (instance) (aztec_validator_failed_reexecution_count)', 're-execution failed {{instance}}'),
          query(
            'sum by (instance) (aztec_validator_invalid_attestation_received_count)',
            'invalid attestations {{instance}}',
          ),
        ],
        alerts: ['ReexecutionFailing', 'InvalidAttestationsReceived'],
      }),
      timeseries(23, 'Slashing', {
        description: 'Own validators slashed since the start, and most votes against one of them in the running round.',
        unit: 'number',
        queries: [
          query('sum by (instance) (aztec_slasher_own_validator_slashed_count)', 'slashed {{instance}}'),
          query('max by (instance) (aztec_slasher_own_validator_current_round_votes_max)', 'votes {{instance}}'),
          query('max by (instance) (aztec_slasher_quorum_size)', 'quorum {{instance}}'),
        ],
        alerts: ['OwnValidatorSlashed', 'OwnValidatorSlashingVotesHigh'],
      }),
      timeseries(24, 'Signer', {
        description:
          'Signatures of the HA signer since the start, and those that it refused because other data was signed before.',
        unit: 'number',
        queries: [
          query('sum by (instance) (aztec_ha_signer_signing_success_count)', 'signed {{instance}}'),
          query('sum by (instance) (aztec_ha_signer_slashing_protection_count)', 'refused {{instance}}'),
        ],
        alerts: ['SlashingProtectionRefused'],
      }),
    ]),
  ],
};
