/** What a simulated node says of its peers when it is asked by `net.peer_stats_all`: rows as upstream has them. */

import type { Timeline } from '../../simulation/timeline.ts';
import type { PeerStats } from '../../simulator.ts';

/** Of all nodes together: each sees a part of them, and most are seen by several. */
const FLEET = 60;
/** Of ten peers a node sees so many. */
const SEEN = 8;
/** Those that are left where the fleet shrinks. */
const LEFT = 24;

/** @returns undefined where the node does not answer */
export function peersOf(timeline: Timeline, index: number): PeerStats[] | undefined {
  if (timeline.isActive('tb-node-down', 'node-metrics-lost', 'aggregator-ingest-stalled')) return undefined;
  const fleet = timeline.isActive('aggregator-peers-dropped') ? LEFT : FLEET;
  const seen = Array.from({ length: fleet }, (_, peer) => peer).filter((peer) => (peer + 3 * index) % 10 < SEEN);
  return seen.map((peer) => ({ peer: nameOf(peer), metrics: metricsOf(timeline, peer) }));
}

/** As a public key in hexadecimal. */
function nameOf(peer: number): string {
  let hash = 0x811c9dc5 ^ peer;
  let name = '';
  while (name.length < 64) {
    hash = Math.imul(hash ^ (hash >>> 13), 0x5bd1e995) + 0x9e3779b9;
    name += (hash >>> 0).toString(16).padStart(8, '0');
  }
  return name;
}

function metricsOf(timeline: Timeline, peer: number): Record<string, unknown> {
  // Peers differ in how much they ask, and stay as they are.
  const perSecond = 0.05 + (peer % 7) * 0.1;
  const requests = timeline.count({ perSecond });
  return {
    requests,
    bytes_sent: requests * 850,
    drops: { rate_limit: timeline.count({ perSecond: perSecond / 200 }), malformed: 0 },
    handshake_fail: peer % 20 === 0 ? { timeout: timeline.count({ perSecond: 1 / 3600 }) } : {},
    reputation: { score: peer % 20 === 0 ? 0.8 : 1 },
    last_updated: Math.floor(timeline.wall(timeline.now)),
    last_handshake_ms: Math.floor(timeline.wall(timeline.startedAt) * 1000),
  };
}
