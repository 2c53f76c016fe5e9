/** What can go wrong on a simulated network of the-block, and which alerts follow while it lasts. */
import { faultsOf } from '../../simulation/fault.ts';
import type { Fault } from '../../simulator.ts';

const node = faultsOf('tb-node');
const phone = faultsOf('light-client');
const aggregator = faultsOf('aggregator');
const probe = faultsOf('probe');
/** What nodes push, and a simulated aggregator shows; a real one sees it a little later, since it waits for who may yet come. */
const fleet = faultsOf('aggregator', 'tb-node');

const DOWN = ['ScrapeTargetDown'];
/** Minutes. */
const DAY_LONG = 12.25 * 60;

/** Sorted by name. */
export const faults: readonly Fault[] = [
  // Processes.
  node('tb-node-down', 'the nodes are not there', 4, ['TheBlockFleetDown', 'TheBlockNodeDown'], DOWN),
  node('node-metrics-lost', 'the nodes answer without their metrics', 8, ['TheBlockMetricsAbsent']),
  aggregator('aggregator-down', 'the aggregator is not there', 8, ['ServiceDown'], DOWN),
  probe('probe-down', 'the probe is not there', 8, ['ServiceDown'], DOWN),
  phone('light-client-down', 'the phones are not there', 18, DOWN),
  // The chain.
  node('convergence-slow', 'peers need long to agree on a tip', 25, ['ConvergenceLag']),
  node('mining-stopped', 'no block is mined', 45, ['NoBlocksMined']),
  node('blocks-refused', 'blocks cannot be applied', 30, ['BlockApplyFailing']),
  node('deep-reorg', 'a deep reorganisation', 3, ['DeepReorg']),
  node('partition', 'a partition is seen', 4, ['NetworkPartitioned']),
  node('peers-few', 'few peers are left', 13, ['PeersLow']),
  node('peers-gone', 'no peer is left', 13, ['PeersLost', 'PeersLow']),
  node('handshakes-failing', 'handshakes with a peer fail', 25, ['QuicHandshakesFailing']),
  node('transactions-refused', 'most transactions are refused', 30, ['TransactionsRejected']),
  node('rpc-flood', 'clients ask more than the RPC takes', 30, ['RpcRateLimited']),
  // Fees and signer.
  node('consumer-fees-high', 'consumers pay more than is comfortable', 18, ['ConsumerFeeComfortBreached']),
  node('industrial-deferred', 'industrial work is put off', 35, ['IndustrialDeferralRatioHigh']),
  node('fee-floor-jump', 'the fee floor jumps', 13, ['FeeFloorSpike']),
  node('fee-floor-ignored', 'wallets send below the floor', 50, ['FeeFloorOverridesHigh']),
  node('signer-flaky', 'the remote signer fails now and then', 25, ['RemoteSignerErrors']),
  node('signer-out', 'the remote signer is out', 25, ['RemoteSignerErrors', 'RemoteSignerFailing']),
  // Settlement.
  node('settlement-refused', 'a settlement is refused now and then', 3, ['SettlementFailing']),
  node('settlement-failing', 'settlements fail in numbers', 25, ['SettlementFailing', 'SettlementFailureRatioHigh']),
  node('settlement-stuck', 'nothing is settled', 50, ['SettlementStalled']),
  node('settlement-dry-run', 'settlement goes back to dry-run', 3, ['SettlementRevertedToDryRun']),
  node('audit-mismatch', 'the audit finds a difference', 3, ['SettlementAuditMismatch']),
  node('receipts-lost', 'receipts cannot be written', 3, ['ReceiptPersistFailing']),
  node('receipts-corrupt', 'receipts cannot be read', 3, ['ReceiptsCorrupt']),
  node('matches-stopped', 'no job is matched', 50, ['MatchesStopped']),
  node('match-loop-slow', 'the match loop is slow', 30, ['MatchLoopSlow']),
  // Promises.
  node('sla-violations', 'a provider breaks its promises', 30, ['SlaViolationsHigh']),
  node('slashing-stopped', 'violations go unpunished', 110, ['SlaSlashingStopped']),
  node('sla-pending', 'jobs under SLA pile up', 75, ['SlaPendingGrowing']),
  node('sla-sweep-hangs', 'a deadline passes and nothing is done', 15, ['SlaDeadlineOverdue']),
  node('provider-away', 'a provider is often away', 33, ['ComputeProviderUptimeLow']),
  // Subsidies and rent.
  node('subsidy-bytes-spike', 'subsidised bytes jump', 20, ['SubsidyGrowthSpike']),
  node('subsidy-compute-spike', 'subsidised compute jumps', 20, ['SubsidyComputeSpike']),
  node('subsidies-reduced', 'the inflation guard cuts subsidies', 3, ['SubsidyAutoReduced']),
  node('kill-switch', 'governance stops the subsidies', 3, ['SubsidyKillSwitch']),
  node('rent-locked-spike', 'rent escrow grows suddenly', 20, ['RentEscrowLockedSpike']),
  node('rent-burned', 'rent escrow is burned', 30, ['RentEscrowBurnSpike']),
  // Gateway.
  node('reads-denied', 'many reads are denied', 20, ['ReadDeniedSpike']),
  node('mobile-rejects', 'the mobile cache refuses entries', 20, ['MobileCacheRejects']),
  node('mobile-cache-cold', 'the mobile cache has nothing', 65, ['MobileCacheHitRatioLow']),
  node('mobile-sweep-stalled', 'the mobile cache is not swept', 40, ['MobileCacheSweepStalled']),
  node('mobile-queue-long', 'transactions of phones wait', 18, ['MobileQueueHigh']),
  node('mobile-queue-full', 'the queue of phones overflows', 18, ['MobileQueueFull', 'MobileQueueHigh']),
  // Storage.
  node('disk-full', 'the disk is full', 3, ['StorageDiskFull']),
  node('repair-failing', 'repairs fail', 80, ['StorageRepairFailing']),
  node('fallback-coder', 'a fallback coder is in use', 33, ['StorageFallbackCoder']),
  node('uploads-slow', 'uploads are slow', 30, ['StoragePutSlow']),
  node('retrieval-failing', 'proofs of retrievability fail', 80, ['RetrievalFailing']),
  node('compactions-pile-up', 'compactions wait', 33, ['StorageCompactionBacklog']),
  node('snapshots-failing', 'snapshots fail', 3, ['SnapshotFailing']),
  // Governance.
  node('governance-rollback', 'a change is rolled back', 3, ['GovernanceRollback']),
  node('params-disagree', 'a node has another parameter', 12, ['GovernanceParamsDisagree']),
  node('change-pending', 'a change is not activated', DAY_LONG, ['GovernanceChangePending']),
  node('release-unsigned', 'a release lacks signatures', 3, ['ReleaseQuorumFailing']),
  // Phones, aggregator, probe.
  phone('light-client-no-wifi', 'the phones have no Wi-Fi', 95, ['LightClientOffWifi']),
  phone('light-client-unplugged', 'the phones are not charged', 95, ['LightClientNotCharging']),
  phone('light-client-battery', 'the batteries run down', 33, ['LightClientBatteryLow']),
  phone('light-client-silent', 'the phones say nothing of themselves', 18, ['LightClientStatusAbsent']),
  fleet('aggregator-peers-dropped', 'half of the peers are gone', 45, ['AggregatorPeersDropped']),
  fleet('aggregator-ingest-stalled', 'no node pushes', 35, ['AggregatorIngestStalled']),
  aggregator('aggregator-lag', 'a follower lags', 13, ['AggregatorReplicationLag']),
  probe('synthetic-failing', 'the synthetic check fails', 20, ['SyntheticCheckFailing']),
  probe('synthetic-slow', 'a block takes long to the tip', 25, ['SyntheticConvergenceSlow']),
  probe('probe-silent', 'no synthetic check is run', 18, ['SyntheticCheckAbsent']),
].sort((a, b) => (a.name < b.name ? -1 : 1));
