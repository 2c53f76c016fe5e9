/** Checks that need more than one field: names that must exist elsewhere, limits that must agree, things that must be unique. */
import { type Fault, isBelow, type Path } from '../faults.ts';
import type { Knowledge } from '../knowledge.ts';
import type { Stack } from '../stack.ts';
import { checkAlerts } from './alerts.ts';
import { checkEnvironment } from './environment.ts';
import { checkGrafana } from './grafana.ts';
import { checkInCluster } from './inCluster.ts';
import { checkLabels } from './labels.ts';
import { checkNotifications } from './notifications.ts';
import { checkTargets } from './targets.ts';

export interface Readable {
  /** Whether the names under `chainwatch:secrets` could be read. */
  readonly secretsKnown: boolean;
  /** What could not be read; defaults stand in its place, about which there is nothing to say. */
  readonly unread: readonly Path[];
}

export function checkStack(stack: Stack, knowledge: Knowledge, { secretsKnown, unread }: Readable): Fault[] {
  const couldRead = (section: string) => !unread.some((path) => path.length === 1 && path[0] === section);
  const timing = couldRead('chainwatch:prometheus');
  const faults = [
    ...checkEnvironment(stack, timing),
    ...checkTargets(stack),
    ...checkLabels(stack),
    ...checkAlerts(stack, knowledge, timing),
    ...checkNotifications(stack, secretsKnown),
    ...checkInCluster(stack),
    ...checkGrafana(stack, couldRead('chainwatch:grafana')),
  ];
  return faults.filter(({ path }) => !unread.some((start) => isBelow(path, start)));
}
