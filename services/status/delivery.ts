import type { Delivery } from './status.ts';
import type { KnownAlert } from './upstream/alertmanager.ts';
import type { Asked } from './upstream/ask.ts';

/** Prometheus hands a firing alert over at its next evaluation; after a minute it should have been. */
const HANDED_OVER_WITHIN_MS = 60_000;

/**
 * What Alertmanager does with an alert. Its labels there are those of Prometheus and the external ones.
 *
 * @param age milliseconds since the alert became active
 */
export function deliveryOf(
  labels: Readonly<Record<string, string>>,
  age: number,
  alertmanager: Asked<readonly KnownAlert[]>,
): Delivery {
  if (!alertmanager.ok) return 'unknown';
  const found = alertmanager.value.find((known) =>
    Object.entries(labels).every(([name, value]) => known.labels[name] === value),
  );
  if (found === undefined) return age > HANDED_OVER_WITHIN_MS ? 'not arrived' : 'unknown';
  const { silencedBy, inhibitedBy, mutedBy } = found.status;
  if (silencedBy.length > 0) return 'silenced';
  if (inhibitedBy.length > 0) return 'inhibited';
  return mutedBy.length > 0 ? 'muted' : 'notified';
}
