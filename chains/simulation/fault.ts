/** Lists of faults. */
import type { Fault } from '../simulator.ts';

const MINUTE = 60;

/**
 * One line of such a list.
 *
 * @param minutes of simulated time after which all of `alerts` fire
 * @param later what follows besides where it is left on for half a day
 */
export type FaultLine = (
  name: string,
  summary: string,
  minutes: number,
  alerts: readonly string[],
  later?: readonly string[],
) => Fault;

/** Lines about these components; none: about the network as a whole. */
export function faultsOf(...components: readonly string[]): FaultLine {
  return (name, summary, minutes, alerts, later = []) => ({
    name,
    summary,
    components,
    alerts: alerts.toSorted(),
    within: minutes * MINUTE,
    later: later.toSorted(),
  });
}
