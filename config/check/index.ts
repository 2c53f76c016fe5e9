/** Checks that need more than one field: names that must exist elsewhere, limits that must agree, things that must be unique. */
import type { Fault, Path } from '../faults.ts';
import type { Knowledge } from '../knowledge.ts';
import { unreadAt } from '../readable.ts';
import type { Stack } from '../stack.ts';
import { checkAggregator } from './aggregator.ts';
import { checkAlerts } from './alerts.ts';
import { checkEnvironment } from './environment.ts';
import { checkGrafana } from './grafana.ts';
import { checkInCluster } from './inCluster.ts';
import { checkLabels } from './labels.ts';
import { checkNotifications } from './notifications.ts';
import { checkRoutes } from './routes.ts';
import { checkSecrets } from './secrets.ts';
import { checkSimulated } from './simulated.ts';
import { checkTargets } from './targets.ts';

export interface Readable {
  /** Whether the names under `chainwatch:secrets` could be read. */
  readonly secretsKnown: boolean;
  /** What could not be read; defaults stand in its place, about which there is nothing to say. */
  readonly unread: readonly Path[];
}

export function checkStack(stack: Stack, knowledge: Knowledge, { secretsKnown, unread: paths }: Readable): Fault[] {
  const unread = unreadAt(paths);
  const timing = !TIMING.some((field) => unread.touched(['chainwatch:prometheus', field]));
  const faults = [
    ...checkEnvironment(stack, timing, unread),
    ...checkTargets(stack),
    ...checkSimulated(stack, knowledge),
    ...checkLabels(stack),
    ...checkAlerts(stack, knowledge, timing, unread),
    ...checkNotifications(stack, unread),
    ...checkRoutes(stack, knowledge, unread),
    ...(secretsKnown ? checkSecrets(stack) : []),
    ...checkInCluster(stack),
    ...checkAggregator(stack),
    ...checkGrafana(stack, !unread.touched(['chainwatch:grafana'])),
  ];
  return faults.filter(({ path }) => !unread.within(path) && !(isContainer(path) && unread.touched(path)));
}

/** Of what it holds something may have been left out: that it holds nothing, or too little, nobody knows. */
function isContainer([section, , field, ...deeper]: Path): boolean {
  if (section === 'chainwatch:networks') return field === 'nodes' && deeper.length < 2;
  return section === 'chainwatch:kubernetes' || section === 'chainwatch:grafana';
}

/** Settings of Prometheus that windows and timeouts are compared with. */
const TIMING = ['scrapeInterval', 'scrapeTimeout', 'timeScale'];
