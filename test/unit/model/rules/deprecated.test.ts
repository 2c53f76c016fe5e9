/** Names that older set-ups got wrong are in the catalogues, each with what to read instead. */
import { describe, expect, test } from 'vitest';
import { makeKnown } from '../../../../model/knowledge.ts';
import { lintKnown } from '../../../../model/rules/lint/known.ts';
import { METRICS } from '../../../fixtures/lint.ts';
import { known } from '../../../fixtures/real.ts';

const metricsOfPack = (chain: string) => known.packs.get(chain)?.catalogue.metrics ?? new Map<string, never>();

test('every deprecated metric says what to read instead, or that there is nothing', () => {
  const silent = known.packs
    .all()
    .flatMap(({ catalogue }) => [...catalogue.metrics.values()])
    .filter(({ deprecated, replacement }) => deprecated && replacement === undefined);
  expect(silent.map(({ name }) => name)).toEqual([]);
});

test.each<[string, Readonly<Record<string, string>>]>([
  [
    'op-stack',
    {
      batcher_batch_submit_failure_count: 'op_batcher_default_batcher_tx_total{stage="failed"}',
      batcher_batches_submitted_total: 'op_batcher_default_batcher_tx_total{stage="success"}',
      batcher_tx_failed_total: 'op_batcher_default_batcher_tx_total{stage="failed"}',
      eth_balance: 'op_batcher_default_balance',
      eth_block_gas_limit: 'none',
      eth_block_gas_used: 'none',
      eth_block_number: 'chain_head_block',
      eth_block_transactions_total: 'op_node_default_transactions_sequenced_total',
      eth_gas_price: 'none',
      eth_txpool_pending: 'txpool_pending',
      eth_txpool_queued: 'txpool_queued',
      l1_gas_price_gwei: 'op_batcher_default_txmgr_basefee_wei / 1e9',
      l2_block_number: 'chain_head_block',
      op_batcher_batch_failed_total: 'op_batcher_default_batcher_tx_total{stage="failed"}',
      op_batcher_batch_submitted_total: 'op_batcher_default_batcher_tx_total{stage="success"}',
      op_batcher_default_batch_submitted_total: 'op_batcher_default_batcher_tx_total{stage="success"}',
      op_batcher_default_txmgr_gas_used_total: 'op_batcher_default_txmgr_tx_fee_gwei_total',
      op_batcher_gas_used: 'op_batcher_default_txmgr_tx_fee_gwei',
      op_batcher_pending_blocks: 'op_batcher_default_pending_blocks_count',
      op_node_default_l1_head: 'op_node_default_refs_number{layer="l1",type="l1_head"}',
      op_node_default_l2_safe_head: 'op_node_default_refs_number{layer="l2",type="l2_safe"}',
      op_node_default_peer_count: 'op_node_default_p2p_peer_count',
      op_node_default_sync_state: 'op_node_default_refs_number',
      op_node_sync_status: 'op_node_default_refs_number',
    },
  ],
  [
    'aztec',
    {
      aztec_provider_delegation_count: 'chainwatch_aztec_provider_delegations',
      aztec_sequencer_slot_count: 'aztec_sequencer_slot_total_count',
      process_cpu_seconds_total: 'process_cpu_time_seconds_total',
      process_resident_memory_bytes: 'process_memory_usage',
      aztec_geth_up: 'chainwatch_rpc_up',
    },
  ],
  [
    'the-block',
    Object.fromEntries(
      [
        ...['COMPUTE_SLA_AUTOMATED_SLASH_TOTAL', 'COMPUTE_SLA_NEXT_DEADLINE_TS', 'COMPUTE_SLA_PENDING_TOTAL'],
        ...['COMPUTE_SLA_VIOLATIONS_TOTAL', 'CONSUMER_FEE_P90', 'INDUSTRIAL_ADMITTED_TOTAL'],
        ...['INDUSTRIAL_DEFERRED_TOTAL', 'SETTLE_APPLIED_TOTAL', 'SETTLE_FAILED_TOTAL', 'SETTLE_MODE_CHANGE_TOTAL'],
        'SLASHING_BURN_CT_TOTAL',
      ].map((name) => [name, name.toLowerCase()]),
    ),
  ],
])('%s knows the wrong names of its old rules', (chain, expected) => {
  const metrics = metricsOfPack(chain);
  const found = Object.keys(expected).map((name) => [
    name,
    metrics.get(name)?.deprecated ? metrics.get(name)?.replacement : 'not there',
  ]);
  expect(Object.fromEntries(found)).toEqual(expected);
});

describe('a catalogue', () => {
  const faults = (line: string) =>
    lintKnown(makeKnown([], [{ chain: 'x', files: new Map([['metrics.yaml', `${METRICS}  - ${line}\n`]]) }])).get('x');
  const entry = (more: string) => faults(`{ name: n, type: untyped, help: h, source: s, ${more} }`);

  test.each([
    'deprecated: true, replacement: none',
    'deprecated: true, because: no program emits, replacement: \'g{layer="safe"} / 1e9\'',
    // As `catalog update --mark-gone` leaves it.
    'deprecated: true',
  ])('may say %s', (more) => {
    expect(entry(more)).toEqual([]);
  });

  test.each([
    ['deprecated: true, replacement: nobody', 'x: n is replaced by nobody, which is in no catalogue'],
    ['deprecated: true, replacement: old', 'x: n is replaced by old, which is deprecated itself'],
    ["deprecated: true, replacement: 'g or rather k ('", 'x: n is replaced by g or rather k (, which is no PromQL'],
    ['because: no program emits', 'x: n says because and is not deprecated'],
  ])('may not say %s', (more, fault) => {
    expect(entry(more)).toEqual([fault]);
  });
});
