/** What a node tells of the chain: blocks, transactions, GenVM, its connection to the rollup. */
import type { Exposition } from '../../simulation/exposition.ts';
import { Path } from '../../simulation/path.ts';
import type { Timeline } from '../../simulation/timeline.ts';

/** Seconds between blocks of the rollup. */
const BLOCK = 2;
/** Blocks behind up to which a node calls itself synced. */
const SYNCED_WITHIN = 20;

export function blocks(page: Exposition, timeline: Timeline, node: string): void {
  const { now } = timeline;
  const chain = Path.halting(timeline.chain('chain-halt'));
  const heard = chain.followed({ stretches: timeline.replicas('stale-rpc'), rate: 0.5, catchUp: 20 });
  const worked = heard
    .followed({ stretches: timeline.mine('node-slow'), rate: 0.5, catchUp: 20 })
    .followed({ delay: BLOCK, stretches: timeline.mine('node-stuck'), catchUp: 20 });
  const latest = Math.floor(heard.at(now) / BLOCK);
  const synced = Math.floor(worked.at(now) / BLOCK);
  const labels = { node };
  page
    .gauge('genlayer_node_latest_block', latest, labels)
    .gauge('genlayer_node_synced_block', synced, labels)
    .gauge('genlayer_node_processing_block', Math.min(latest, synced + 1), labels)
    .gauge('genlayer_node_blocks_behind', latest - synced, labels)
    .gauge('genlayer_node_synced', latest - synced <= SYNCED_WITHIN ? 1 : 0, labels)
    .gauge('genlayer_node_info', 1, {
      ...labels,
      version: 'v0.5.12',
      protocol_version: 'v0.5.0',
      genvm_version: 'v0.2.6',
      commit: '5b64908',
      network: 'asimov',
    });
  if (timeline.isActive('name-shared')) page.gauge('genlayer_node_latest_block', latest, { node: addressOf(node) });
}

/** Faults in which nobody works on transactions. */
const AWAY = ['chain-halt', 'node-stuck'] as const;

/**
 * The node exposes them as gauges, in spite of their names.
 * @param index among the validators; the second is the idle one, which only the work of the others shows
 */
export function transactions(page: Exposition, timeline: Timeline, node: string, index: number): void {
  const idle = index === 1 ? ['validator-idle'] : [];
  const total = (name: string, every: number, ...not: readonly string[]) =>
    page.gauge(
      `genlayer_node_transactions_${name}_total`,
      timeline.count({ perSecond: 1 / every, not: [...AWAY, ...idle, ...not] }),
      { node },
    );
  total('accepted_synced', 30, 'not-accepted');
  total('activated', 120);
  total('leader_proposed', 600);
  total('leader_revealed', 600, 'reveal-fails');
  total('validator_commit', 60);
  total('validator_reveal', 60, 'reveal-fails');
  page.gauge(
    'genlayer_node_genvm_permits_current',
    timeline.isActive('genvm-hangs') ? 0 : timeline.around('permits', 6, 3, 30),
  );
}

const METHODS = { eth_call: 2, eth_getLogs: 0.5, eth_blockNumber: 0.5, eth_sendRawTransaction: 0.03 } as const;

export function rollup(page: Exposition, timeline: Timeline): void {
  const P = 'genlayer_rollup';
  for (const [method, perSecond] of Object.entries(METHODS))
    page.counter(`${P}_rpc_requests_total`, timeline.count({ perSecond }), {
      method,
      status: 'success',
      network: 'asimov',
    });
  const lost = timeline.events(60, 'rollup-flapping').count;
  const open = timeline.isActive('rollup-unsubscribed') ? 0 : 1;
  page
    .counter(`${P}_rpc_request_bytes_total`, timeline.count({ perSecond: 900 }))
    .counter(`${P}_rpc_response_bytes_total`, timeline.count({ perSecond: 4000 }))
    .gauge(`${P}_rpc_inflight_requests`, timeline.around('inflight', 0, 4, 15))
    .gauge(`${P}_ws_active_subscriptions`, open, { subscription_type: 'logs' })
    .gauge(`${P}_ws_active_subscriptions`, open, { subscription_type: 'newHeads' })
    .counter(`${P}_ws_connections_total`, lost + 1)
    .counter(`${P}_ws_disconnections_total`, lost, { reason: 'read_error' })
    .counter(`${P}_ws_messages_received_total`, timeline.count({ perSecond: 0.6, not: ['rollup-unsubscribed'] }));
}

/** An address that is always the same for the same name. */
export function addressOf(name: string): string {
  let hash = 2166136261;
  let digits = '';
  for (let round = 0; round < 5; round += 1) {
    for (const unit of `${name}/${round}`) hash = Math.imul(hash ^ (unit.codePointAt(0) ?? 0), 16777619);
    digits += (hash >>> 0).toString(16).padStart(8, '0');
  }
  return `0x${digits}`;
}
