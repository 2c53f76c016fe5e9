/** A node's exposition: chain, fees, market, subsidies, gateway, storage, governance. */
import { stretchAt } from '../../simulation/stretches.ts';
import type { Timeline } from '../../simulation/timeline.ts';
import { Page } from './page.ts';

/** Those of `storage_put_object_seconds`: each 1.8 times the one before, as the client reckons them. */
const PUT_BUCKETS = [
  0.005, 0.009, 0.0162, 0.02916, 0.052488, 0.0944784, 0.17006112, 0.306110016, 0.5509980288, 0.99179645184,
  1.78523361331, 3.21342050396,
] as const;
const LANES = ['consumer', 'industrial'] as const;

export function exposeNode(timeline: Timeline): string {
  if (timeline.isActive('node-metrics-lost')) return '';
  const page = new Page(timeline);
  chain(page, timeline);
  fees(page, timeline);
  market(page, timeline);
  promises(page, timeline);
  subsidies(page, timeline);
  gateway(page, timeline);
  storage(page, timeline);
  governance(page, timeline);
  return page.toString();
}

function chain(page: Page, timeline: Timeline): void {
  const peers = timeline.isActive('peers-gone')
    ? 0
    : timeline.isActive('peers-few')
      ? 2
      : timeline.around('peers', 14, 6);
  page
    .counter('block_mined_total', { perSecond: 0.2, not: ['mining-stopped'] })
    .counter('block_apply_fail_total', { perSecond: 0, plus: { 'blocks-refused': 1 / 300 } })
    .counter('partition_events_total', { perSecond: 0, plus: { partition: 1 / 60 } })
    .counter('fork_reorg_total', { perSecond: 0 }, { depth: '0' })
    .counter('fork_reorg_total', { perSecond: 1 / 7200 }, { depth: '1' })
    .events('fork_reorg_total', 1200, ['deep-reorg'], { depth: '5' })
    // Not scaled: what is asked of it is the end of its buckets.
    .durations('gossip_convergence_seconds', { usual: 0.6, slow: 25, fault: 'convergence-slow' }, {}, false)
    .gauge('overlay_peer_total', peers, { backend: 'inhouse' })
    .gauge('active_miners', timeline.around('miners', 20, 5))
    .gauge('difficulty_window_short', Math.round(timeline.duration(1000)))
    .counter('tx_submitted_total', { perSecond: 5 })
    .counter('tx_rejected_total', { perSecond: 0.1, plus: { 'transactions-refused': 4 } }, { reason: 'nonce_gap' })
    .counter('rpc_rate_limit_attempt_total', { perSecond: 10 })
    .counter('rpc_rate_limit_reject_total', { perSecond: 0.1, plus: { 'rpc-flood': 6 } });
  const failed = { perSecond: 0, plus: { 'handshakes-failing': 0.3 } };
  if (timeline.count(failed) > 0)
    page.counter('quic_handshake_fail_total', failed, { peer: '9f3ab2', reason: 'certificate' });
}

function fees(page: Page, timeline: Timeline): void {
  for (const lane of LANES) page.gauge('mempool_size', timeline.around(`mempool/${lane}`, 40, 30), { lane });
  page
    .gauge('consumer_fee_p50', 700)
    .gauge('consumer_fee_p90', timeline.isActive('consumer-fees-high') ? 4000 : timeline.around('p90', 1400, 300))
    .gauge('fee_floor_current', timeline.isActive('fee-floor-jump') ? 2000 : 10)
    .counter('industrial_admitted_total', { perSecond: 1, not: ['industrial-deferred'] })
    .counter('industrial_deferred_total', { perSecond: 0.02, plus: { 'industrial-deferred': 1 } })
    .counter('fee_floor_warning_total', { perSecond: 0.2 }, { lane: 'consumer' })
    .counter('fee_floor_override_total', { perSecond: 0.01, plus: { 'fee-floor-ignored': 0.17 } }, { lane: 'consumer' })
    .counter('remote_signer_request_total', { perSecond: 1 });
  page.counter(
    'remote_signer_error_total',
    { perSecond: 0.005, plus: { 'signer-flaky': 0.3, 'signer-out': 0.9 } },
    { reason: 'timeout' },
  );
}

function market(page: Page, timeline: Timeline): void {
  for (const lane of LANES)
    page
      .counter('matches_total', { perSecond: 0.05, not: ['matches-stopped'] }, { dry_run: 'false', lane })
      .durations('match_loop_latency_seconds', { usual: 0.2, slow: 4, fault: 'match-loop-slow' }, { lane });
  page
    .gauge('industrial_backlog', timeline.around('backlog', 5, 10))
    .counter('scheduler_match_total', { perSecond: 0.1, not: ['matches-stopped'] }, { result: 'success' })
    .counter('settle_applied_total', { perSecond: 0.1, not: ['settlement-stuck'] })
    .counter('settle_mode_change_total', { perSecond: 1 / 8_000_000 }, { to: 'real' })
    .events('settle_failed_total', 1200, ['settlement-refused'], { reason: 'spend' })
    .events('settle_failed_total', 10, ['settlement-failing'], { reason: 'penalize' })
    .events('settle_mode_change_total', 1200, ['settlement-dry-run'], { to: 'dryrun' })
    .events('settle_audit_mismatch_total', 1200, ['audit-mismatch'])
    .events('receipt_persist_fail_total', 1200, ['receipts-lost'])
    .events('receipt_corrupt_total', 1200, ['receipts-corrupt']);
}

function promises(page: Page, timeline: Timeline): void {
  const hanging = timeline.during('sla-sweep-hangs');
  const next = timeline.now + (hanging === undefined ? 600 : 60 - hanging);
  page
    .counter('compute_sla_violations_total', { perSecond: 0 }, { provider: '__' })
    .counter(
      'compute_sla_violations_total',
      { perSecond: 0, plus: { 'sla-violations': 1 / 300, 'slashing-stopped': 1 / 3700 } },
      { provider: 'p1' },
    )
    .gauge('compute_sla_pending_total', 5 + Math.floor((timeline.during('sla-pending') ?? 0) / 30))
    .gauge('compute_sla_next_deadline_ts', Math.round(timeline.wall(next)))
    .counter('compute_sla_automated_slash_total', { perSecond: 0, plus: { 'sla-violations': 1 / 300 } })
    .counter('slashing_burn_ct_total', { perSecond: 0.1, not: ['slashing-stopped'] })
    .gauge('compute_provider_uptime', 0, { provider: '__' })
    .gauge('compute_provider_uptime', timeline.isActive('provider-away') ? 80 : 99, { provider: 'p1' });
}

function subsidies(page: Page, timeline: Timeline): void {
  for (const type of ['compute', 'read', 'storage'])
    page.counter(
      'subsidy_bytes_total',
      { perSecond: 1e6, plus: type === 'read' ? { 'subsidy-bytes-spike': 5e9 } : {} },
      { type },
    );
  for (const type of ['storage', 'read', 'cpu'])
    page.gauge('subsidy_multiplier', timeline.isActive('kill-switch') ? 0 : 100, { type });
  page
    .counter('subsidy_cpu_ms_total', { perSecond: 5000, plus: { 'subsidy-compute-spike': 5e6 } })
    .events('subsidy_auto_reduced_total', 1200, ['subsidies-reduced'])
    .events('kill_switch_trigger_total', 1200, ['kill-switch'])
    .gauge('rent_escrow_locked_ct_total', 50_000 + Math.floor((timeline.during('rent-locked-spike') ?? 0) * 5000))
    .counter('rent_escrow_refunded_ct_total', { perSecond: 1 })
    .counter('rent_escrow_burned_ct_total', { perSecond: 0.5, plus: { 'rent-burned': 120 } });
}

function gateway(page: Page, timeline: Timeline): void {
  const queue = timeline.isActive('mobile-queue-full') ? 3000 : timeline.isActive('mobile-queue-long') ? 800 : 12;
  page
    .counter('read_denied_total', { perSecond: 0.02, plus: { 'reads-denied': 5 } }, { reason: 'limit' })
    .counter('mobile_cache_hit_total', { perSecond: 5, not: ['mobile-cache-cold'] })
    .counter('mobile_cache_miss_total', { perSecond: 1, plus: { 'mobile-cache-cold': 5 } })
    .counter('mobile_cache_reject_total', { perSecond: 0.01, plus: { 'mobile-rejects': 3 } })
    .counter('mobile_cache_sweep_total', { perSecond: 1 / 30, not: ['mobile-sweep-stalled'] })
    .gauge('mobile_cache_sweep_window_seconds', timeline.duration(30))
    .gauge('mobile_cache_entry_total', timeline.around('entries', 300, 50))
    .gauge('mobile_cache_entry_bytes', timeline.around('entry-bytes', 3e6, 5e5))
    .gauge('mobile_cache_queue_total', queue)
    .gauge('mobile_cache_queue_bytes', queue * 400)
    .gauge('mobile_tx_queue_depth', queue);
}

function storage(page: Page, timeline: Timeline): void {
  const coder = { component: 'erasure', algorithm: 'reed-solomon' };
  const db = { db: 'main', engine: 'rocksdb' };
  page
    .counter('storage_repair_attempts_total', { perSecond: 0.05, not: ['repair-failing'] }, { status: 'success' })
    .counter('storage_repair_attempts_total', { perSecond: 0, plus: { 'repair-failing': 0.05 } }, { status: 'failure' })
    .gauge('coding_algorithm_info', 1, { ...coder, mode: 'active' })
    .gauge('coding_algorithm_info', timeline.isActive('fallback-coder') ? 1 : 0, { ...coder, mode: 'fallback' })
    .gauge('coding_algorithm_info', 0, { ...coder, mode: 'emergency' })
    .durations(
      'storage_put_object_seconds',
      { usual: 0.2, slow: 2.5, fault: 'uploads-slow', buckets: PUT_BUCKETS },
      { erasure: 'reed-solomon', compression: 'lz77-rle' },
    )
    .counter('retrieval_success_total', { perSecond: 0.05, not: ['retrieval-failing'] })
    .counter('retrieval_failure_total', { perSecond: 0, plus: { 'retrieval-failing': 0.05 } })
    .gauge('storage_engine_pending_compactions', timeline.isActive('compactions-pile-up') ? 90 : 2, db)
    .gauge('storage_engine_size_bytes', 40e9, db)
    .events('storage_disk_full_total', 1200, ['disk-full'])
    .events('snapshot_fail_total', 1200, ['snapshots-failing']);
}

function governance(page: Page, timeline: Timeline): void {
  const strays = stretchAt(timeline.replicas('params-disagree'), timeline.now) !== undefined;
  page
    .gauge('param_change_active', strays ? 9000 : 10_000, { key: 'fairshare_global_max_ppm' })
    .gauge('param_change_pending', timeline.isActive('change-pending') ? 1 : 0, { key: 'fairshare_global_max_ppm' })
    .counter('gov_votes_total', { perSecond: 1 / 3600 }, { choice: 'yes' })
    .events('gov_rollback_total', 1200, ['governance-rollback'], { key: 'fairshare_global_max_ppm' })
    .events('release_quorum_fail_total', 1200, ['release-unsigned']);
}
