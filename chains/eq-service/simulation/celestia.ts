/** What a collector shows of a light node of Celestia: its head, what it has sampled, its peers. */
import { Exposition } from '../../simulation/exposition.ts';
import { Path } from '../../simulation/path.ts';
import { lastStart } from '../../simulation/restarts.ts';
import type { Timeline } from '../../simulation/timeline.ts';
import { helpOf } from './help.ts';

/** Seconds between blocks. */
const BLOCK = 6;
/** Blocks that are made while one is sampled. */
const SAMPLING_DELAY = BLOCK;
const CATCH_UP = 20;

export function exposeCelestia(timeline: Timeline): string {
  const page = new Exposition({ help: helpOf });
  // The collector still answers.
  if (timeline.isActive('celestia-metrics-lost')) return page.toString();
  const chain = Path.halting(timeline.anybody('celestia-halt'));
  const head = chain.followed({ stretches: timeline.replicas('celestia-node-behind'), catchUp: CATCH_UP });
  const sampled = samplingOf(head, timeline);
  const height = Math.floor(sampled.at(timeline.now) / BLOCK);
  const known = Math.floor(head.at(timeline.now) / BLOCK);
  return page
    .gauge('das_network_head', known)
    .gauge('das_sampled_chain_head', height)
    .gauge('das_total_sampled_headers', height)
    .gauge('das_latest_sampled_ts', timeline.wall(sampled.when(height * BLOCK)))
    .gauge('das_busy_workers_amount', timeline.around('workers', 0, 3))
    .gauge(
      'full_discovery_amount_of_peers',
      timeline.isActive('celestia-peers-low') ? 2 : timeline.around('peers', 9, 6),
    )
    .gauge('node_start_ts', timeline.wall(lastStart(timeline, 'celestia-restarting')))
    .gauge('prnr_failed_prunes_amount', timeline.isActive('celestia-pruning-failing') ? 40 : 0)
    .gauge('prnr_last_pruned', Math.max(0, height - 100_800))
    .counter('rpc_method_calls_total', timeline.count({ perSecond: 0.2 }), { method: 'blob.Get', error: 'false' })
    .gauge('rpc_connections_open', timeline.around('connections', 2, 4))
    .toString();
}

function samplingOf(head: Path, timeline: Timeline): Path {
  const slow = head.followed({
    delay: SAMPLING_DELAY,
    stretches: timeline.mine('celestia-sampling-slow'),
    rate: 0.2,
    catchUp: CATCH_UP,
  });
  return slow.followed({ stretches: timeline.mine('celestia-sampling-stopped'), catchUp: CATCH_UP });
}
