/** Our exporter: what three endpoints say of one chain, and what a majority of them agrees on. */
import { Exposition } from '../../simulation/exposition.ts';
import type { Timeline } from '../../simulation/timeline.ts';
import { helpOf } from './help.ts';
import { ownService } from './service.ts';

/** Seconds. */
const BLOCK = 12;
const ROUND = 15;
/** Blocks. */
const BEHIND = 40;
const CHAIN = { network: 'op-example', chain: 'op-stack', layer: 'l1' } as const;
const ENDPOINTS = ['a.example.org', 'b.example.org', 'c.example.org'] as const;
const ACCOUNT = { ...CHAIN, role: 'batcher', address: '0x000000000000000000000000000000000000ba7c' } as const;

export function exposeExporter(timeline: Timeline): string {
  const page = new Exposition({ help: helpOf });
  ownService(page, timeline, { route: '/metrics', method: 'GET', refusing: [], notReady: [] });
  const read = readings(timeline);
  for (const [index, endpoint] of ENDPOINTS.entries()) oneEndpoint(page, timeline, endpoint, index, read);
  agreed(page, timeline, read);
  return page.toString();
}

interface Readings {
  /** The newest block when the last round ended. */
  readonly head: number;
  /** Seconds of its age. */
  readonly age: number;
  /** When the last round ended, in seconds of the chain's life. */
  readonly round: number;
  /** Which endpoints are not there, and which stand alone. */
  readonly silent: readonly number[];
  readonly alone: readonly number[];
}

function readings(timeline: Timeline): Readings {
  const { now } = timeline;
  const asked = now - (timeline.during('exporter-stale') ?? 0);
  const made = asked - (timeline.during('l1-stands-still') ?? 0);
  const head = Math.floor(made / BLOCK);
  const silent = timeline.isActive('endpoints-silent') ? [1, 2] : timeline.isActive('endpoint-silent') ? [2] : [];
  return {
    head,
    age: asked - head * BLOCK,
    round: Math.floor(asked / ROUND) * ROUND,
    silent,
    alone: timeline.isActive('endpoints-disagree') ? [2] : [],
  };
}

function oneEndpoint(page: Exposition, timeline: Timeline, endpoint: string, index: number, read: Readings): void {
  const labels = { ...CHAIN, endpoint };
  const last = index === ENDPOINTS.length - 1;
  const silent = read.silent.includes(index);
  const behind = last && timeline.isActive('endpoint-behind') ? BEHIND : 0;
  page.gauge('chainwatch_rpc_up', silent ? 0 : 1, labels);
  // Of whom nothing is heard nothing is known.
  if (silent) return;
  page
    .gauge('chainwatch_rpc_chain_matches', last && timeline.isActive('endpoint-of-another-chain') ? 0 : 1, labels)
    .gauge('chainwatch_rpc_agrees', read.alone.includes(index) ? 0 : 1, labels)
    .gauge('chainwatch_rpc_behind_blocks', behind, labels)
    .gauge('chainwatch_rpc_head_block', read.head - behind, labels)
    .gauge('chainwatch_rpc_head_age_seconds', timeline.duration(read.age + behind * BLOCK), labels)
    .gauge('chainwatch_rpc_syncing', 0, labels);
}

function agreed(page: Exposition, timeline: Timeline, { head, age, round, silent, alone }: Readings): void {
  const agreeing = ENDPOINTS.length - silent.length - alone.length;
  const quorum = agreeing > ENDPOINTS.length / 2;
  page
    .gauge('chainwatch_rpc_last_round_timestamp_seconds', timeline.wall(round), CHAIN)
    .gauge('chainwatch_rpc_round_duration_seconds', timeline.duration(0.3), CHAIN)
    .gauge('chainwatch_rpc_sources', ENDPOINTS.length, CHAIN)
    .gauge('chainwatch_rpc_sources_agreeing', agreeing, CHAIN)
    .gauge('chainwatch_rpc_quorum', quorum ? 1 : 0, CHAIN)
    .gauge('chainwatch_rpc_disagreement', alone.length > 0 ? 1 : 0, CHAIN);
  if (!quorum) return;
  const known = !timeline.isActive('balance-unknown');
  page
    .gauge('chainwatch_rpc_agreed_head_block', head, CHAIN)
    .gauge('chainwatch_rpc_agreed_head_age_seconds', timeline.duration(age), CHAIN)
    .gauge('chainwatch_account_balance_quorum', known ? 1 : 0, ACCOUNT);
  if (known) page.gauge('chainwatch_account_balance_ether', 12.5, ACCOUNT);
}
