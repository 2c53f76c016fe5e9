/** How the metrics of a node fall into subsystems, by their names. */
import type { Subsystem } from '../../../model/dashboards/longTail.ts';

export const SUBSYSTEMS: readonly Subsystem[] = [
  { title: 'Blocks and consensus', prefixes: [''] },
  { title: 'Settlement and SLA', prefixes: ['settle_', 'slashing_', 'compute_sla_'] },
  {
    title: 'Compute market',
    prefixes: [
      'matches_',
      'match_loop_',
      'scheduler_',
      'job_',
      'compute_',
      'industrial_',
      'price_weight_',
      'priority_',
      'courier_',
      'receipt_',
      'admission_',
      'active_burst_',
      'payout_',
      'provider_reputation_',
      'reputation_adjust_',
    ],
  },
  {
    title: 'Gossip and peers',
    prefixes: [
      'gossip_',
      'peer_',
      'p2p_',
      'mesh_',
      'overlay_',
      'reputation_gossip_',
      'handshake_',
      'net_peer_',
      'banned_',
      'key_rotation_',
    ],
  },
  { title: 'QUIC and transport', prefixes: ['quic_', 'transport_'] },
  {
    title: 'Mempool and fees',
    prefixes: [
      'mempool_',
      'fee_floor_',
      'consumer_fee_',
      'evictions_',
      'dup_tx_',
      'ttl_',
      'startup_ttl_',
      'tx_',
      'drop_not_',
      'invalid_selector_',
      'balance_overflow_',
      'orphan_',
      'session_key_',
    ],
  },
  { title: 'Subsidies and rent', prefixes: ['subsidy_', 'rent_escrow_', 'kill_switch_', 'proof_rebates_', 'rebate_'] },
  { title: 'Storage and snapshots', prefixes: ['storage_', 'retrieval_', 'snapshot_', 'wal_', 'codec_', 'coding_'] },
  { title: 'Governance and identity', prefixes: ['gov_', 'param_change_', 'release_', 'did_', 'identity_', 'badge_'] },
  { title: 'Mobile gateway and reads', prefixes: ['mobile_', 'gateway_', 'dns_', 'read_'] },
  { title: 'Remote signer', prefixes: ['remote_signer_', 'privacy_'] },
  { title: 'RPC and streams', prefixes: ['rpc_', 'state_', 'light_client_'] },
  {
    title: 'DEX, tokens and bridges',
    prefixes: ['dex_', 'amm_', 'tokens_', 'token_', 'htlc_', 'liquidity_', 'bridge_', 'shielded_', 'snark_'],
  },
  { title: 'Virtual machines', prefixes: ['vm_', 'wasm_'] },
  {
    title: 'Logs, telemetry and build',
    prefixes: ['log_', 'telemetry_', 'runtime_', 'crypto_', 'config_reload_', 'build_', 'anomaly_'],
  },
];

/** Peers, clients and the like: as many series as there are of them. */
export const UNBOUNDED: readonly string[] = [
  'peer',
  'peer_id',
  'client',
  'identity',
  'provider',
  'correlation_id',
  'jurisdiction',
  'version',
];
