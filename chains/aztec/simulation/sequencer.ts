/** What a sequencer tells of its slots and blocks, and its validators of attestations and slashing. */
import type { Exposition } from '../../simulation/exposition.ts';
import { join } from '../../simulation/stretches.ts';
import type { Timeline } from '../../simulation/timeline.ts';

/** Each of the two validators of a sequencer has a slot this often, one half of it after the other. */
const TURN = 3600;
const QUORUM = 65;
const ATTESTATIONS_PER_SECOND = 1 / 144;

export function exposeSequencer(page: Exposition, timeline: Timeline, index: number): void {
  const filled = slots(page, timeline, index);
  const seed = (name: string, fault: string, period: number, labels: Readonly<Record<string, string>> = {}) =>
    page.gauge(name, timeline.events(period, fault).count, labels);
  page.gauge('aztec_sequencer_block_count', filled * 3, { aztec_status: 'built' });
  seed('aztec_sequencer_block_count', 'builds-fail', 300, { aztec_status: 'failed' });
  seed('aztec_sequencer_block_proposal_failed_count', 'builds-fail', 300, { aztec_error_type: 'assembly_failed' });
  for (const type of ['slot_already_taken', 'rollup_contract_check_failed', 'block_number_mismatch'])
    page.gauge('aztec_sequencer_checkpoint_precheck_failed_count', 0, { aztec_error_type: type });
  seed('aztec_sequencer_checkpoint_precheck_failed_count', 'prechecks-fail', 600, {
    aztec_error_type: 'slot_mismatch',
  });
  validators(page, timeline);
  slasher(page, timeline);
}

/** @returns slots that ended with a block */
function slots(page: Exposition, timeline: Timeline, index: number): number {
  const halted = timeline.chain('l1-halt', 'chain-halt');
  const all = timeline.mine('slots-missed', 'publisher-out-of-funds');
  const second = timeline.mine('slots-half-missed');
  const validator = (number: number, missed: typeof all) => {
    const labels = { aztec_block_proposer: `0x${(0xc0 + index * 2 + number).toString(16).padStart(40, '0')}` };
    const delay = (number * TURN) / 2;
    // Out of what was missed first and what was halted then, so that a slot counts once.
    const assigned = timeline.rounds(TURN, halted, delay).count;
    const done = timeline.rounds(TURN, join([...halted, ...missed]), delay).count;
    page.gauge('aztec_sequencer_slot_total_count', assigned, labels);
    page.gauge('aztec_sequencer_slot_filled_count', done, labels);
    return done;
  };
  return validator(0, all) + validator(1, [...all, ...second]);
}

function validators(page: Exposition, timeline: Timeline): void {
  const count = (name: string, fault: string, period: number, labels: Readonly<Record<string, string>>) =>
    page.gauge(name, timeline.events(period, fault).count, labels);
  const attested = timeline.count({ perSecond: ATTESTATIONS_PER_SECOND, not: ['attestations-fail'] });
  const proposals = timeline.count({ perSecond: ATTESTATIONS_PER_SECOND });
  const slow = timeline.isActive('reexecution-slow');
  page
    .gauge('aztec_validator_attestation_success_count', attested)
    .gauge('aztec_validator_re_execution_time_milliseconds', timeline.duration(slow ? 30 : 0.9) * 1000)
    .histogram('aztec_validator_re_execution_tx_count', [5, 10, 25, 50, 75, 100], [{ value: 8, count: proposals }]);
  count('aztec_validator_attestation_failed_node_issue_count', 'attestations-fail', 120, {
    aztec_error_type: 'timeout',
    aztec_is_committee_member: 'true',
  });
  count('aztec_validator_failed_reexecution_count', 'reexecution-fails', 600, { aztec_status: 'failed' });
  count('aztec_validator_invalid_attestation_received_count', 'invalid-attestations', 60, {
    aztec_error_type: 'invalid_signature',
  });
}

function slasher(page: Exposition, timeline: Timeline): void {
  const slashed = timeline.events(1800, 'slashed').count;
  page
    .gauge('aztec_slasher_quorum_size', QUORUM)
    .gauge('aztec_slasher_own_validator_current_round_votes_max', timeline.isActive('slashing-votes') ? 50 : 0)
    .gauge('aztec_slasher_own_validator_slashed_count', slashed)
    .gauge('aztec_slasher_own_validator_slashed_amount_tokens', slashed * 2000)
    .gauge('aztec_ha_signer_signing_success_count', timeline.count({ perSecond: ATTESTATIONS_PER_SECOND }))
    .gauge('aztec_ha_signer_slashing_protection_count', timeline.events(1800, 'signer-refuses').count);
}
