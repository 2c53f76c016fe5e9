/** Our aggregator: what a cluster must give it, and who cannot reach it the way that it is set. */
import { hasAggregator, pushesToUs } from '../aggregator.ts';
import type { Fault, Path } from '../faults.ts';
import type { Stack } from '../stack.ts';

const PATH: Path = ['chainwatch:services', 'aggregator'];

export function checkAggregator(stack: Stack): Fault[] {
  if (!hasAggregator(stack)) return [];
  const { backup, tls } = stack.services.aggregator;
  const faults: Fault[] = [];
  if (stack.kubernetes === undefined && tls !== undefined)
    faults.push({
      path: [...PATH, 'tls'],
      message:
        'names Secrets of a cluster, and the stack file names none: set chainwatch:kubernetes, or leave tls out; on one machine only that machine reaches it',
    });
  if (stack.kubernetes === undefined && backup?.claim !== undefined)
    faults.push({
      path: [...PATH, 'backup', 'claim'],
      message: 'is of a cluster, and the stack file names none: set chainwatch:kubernetes, or leave it out',
    });
  const simulated = stack.networks.find((network) => network.simulated && pushesToUs(network));
  if (tls !== undefined && simulated !== undefined)
    faults.push({
      path: [...PATH, 'tls'],
      message: `the simulated nodes of ${simulated.name} push to it without TLS: leave tls out, or make the network real`,
    });
  return faults;
}

/** As long as AggregatorBackupOld waits, where nobody tunes it. Seconds. */
const OLD = 2 * 86_400;

/** What is no fault, and yet most likely not what somebody wants. */
export function unlikelyBackups(stack: Stack): Fault[] {
  const { backup } = stack.services.aggregator;
  if (!hasAggregator(stack) || backup === undefined || backup.every < OLD) return [];
  if (stack.system.alerts.AggregatorBackupOld !== undefined) return [];
  const message =
    'AggregatorBackupOld fires when the last backup is older than 2d, so before each one: make them more often, or set chainwatch:system.alerts.AggregatorBackupOld.threshold';
  return [{ path: [...PATH, 'backup', 'every'], message }];
}
