/** One line of a list of faults. */
import type { Fault } from '../simulator.ts';

export const MINUTE = 60;
export const HOUR = 3600;

/**
 * @param within simulated seconds after which all of `alerts` fire
 * @param later what follows besides where it is left on for half a day
 */
export function fault(
  name: string,
  components: readonly string[],
  summary: string,
  within: number,
  alerts: readonly string[],
  later: readonly string[] = [],
): Fault {
  return { name, summary, components, alerts: alerts.toSorted(), within, later: later.toSorted() };
}
