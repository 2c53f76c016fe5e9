/** One line of the list of faults. */
import type { Fault } from '../../simulator.ts';

export const MINUTE = 60;
export const HOUR = 3600;

/** @param within simulated seconds after which all of `alerts` fire; what a longer outage brings besides is not listed */
export function fault(
  name: string,
  components: readonly string[],
  summary: string,
  within: number,
  ...alerts: readonly string[]
): Fault {
  return { name, summary, components, alerts: [...alerts].sort(), within };
}
