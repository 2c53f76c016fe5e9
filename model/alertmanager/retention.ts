/** How long Alertmanager must remember what it has sent. */
import type { AlertRoute } from './types.ts';

const HOUR = 3600;
/** What Alertmanager does unless told otherwise: long enough to see after a weekend which silences there were. */
const LEAST = 120 * HOUR;

/**
 * An entry of its log lives from the last time that it was told. Forgotten before the next time comes, the alert is sent anew, and
 * its end is told to nobody. Twice the longest repeat is what Alertmanager itself lets an entry live where it may: a repeat comes
 * only at a flush of its group, and may be tried again for as long as a receiver is down.
 * @returns seconds, whole hours
 */
export function retentionFor(route: AlertRoute): number {
  return Math.max(LEAST, Math.ceil((2 * longestRepeat(route)) / HOUR) * HOUR);
}

function longestRepeat({ repeatInterval, routes }: AlertRoute): number {
  return Math.max(repeatInterval, ...routes.map(longestRepeat));
}

/** In hours: days are known neither to the operator nor to every Alertmanager. */
export function formatRetention(seconds: number): string {
  return `${Math.ceil(seconds / HOUR)}h`;
}
