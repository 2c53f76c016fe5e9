/** Checks that need more than one field: names that must exist elsewhere, limits that must agree, things that must be unique. */
import type { Fault } from '../faults.ts';
import type { Knowledge } from '../knowledge.ts';
import type { Stack } from '../stack.ts';
import { checkAlerts } from './alerts.ts';
import { checkEnvironment } from './environment.ts';
import { checkNotifications } from './notifications.ts';
import { checkTargets } from './targets.ts';

/** @param secretsKnown whether the names under `chainwatch:secrets` could be read */
export function checkStack(stack: Stack, knowledge: Knowledge, secretsKnown: boolean): Fault[] {
  return [
    ...checkEnvironment(stack),
    ...checkTargets(stack),
    ...checkAlerts(stack, knowledge),
    ...checkNotifications(stack, secretsKnown),
  ];
}
