/** When a program is not there: it ended, starts anew, or cannot be reached. */
import { asGone } from '../../simulation/restarts.ts';
import type { FaultInterval } from '../../simulator.ts';

/** Stands for every reason why a process is not there; when it ends, the process has started anew. */
export const ENDED = 'away: ended';
/** Stands for every reason why it is not reached; it runs on meanwhile. */
export const CUT_OFF = 'away: cut off';

/** What the faults make of a program, as stretches of `ENDED` and `CUT_OFF`. @param time simulated seconds, until when */
export type Absence = (faults: readonly FaultInterval[], time: number) => FaultInterval[];

/** Gone for as long as the fault lasts. */
export function ended(fault: string): Absence {
  return (faults) => of(faults, fault).map((each) => ({ ...each, fault: ENDED }));
}

/** Runs on, and nobody reaches it. */
export function cutOff(fault: string): Absence {
  return (faults) => of(faults, fault).map((each) => ({ ...each, fault: CUT_OFF }));
}

/** Reached and not reached by turns. @param seconds of one turn */
export function nowAndThen(fault: string, seconds: number): Absence {
  return (faults, time) =>
    of(faults, fault).flatMap(({ from, to = Infinity, ...rest }) => {
      const turns = Math.max(0, Math.floor((Math.min(to, time) - from) / (2 * seconds)) + 1);
      return Array.from({ length: turns }, (_, index) => {
        const start = from + 2 * index * seconds;
        return { ...rest, fault: CUT_OFF, from: start, to: Math.min(to, start + seconds) };
      });
    });
}

/** Away for a while when the fault begins, and then there again, started anew. */
export function startedAnew(fault: string, seconds: number): Absence {
  return (faults) =>
    of(faults, fault).map((each) => ({
      ...each,
      fault: ENDED,
      to: Math.min(each.to ?? Infinity, each.from + seconds),
    }));
}

/** Started anew when the fault begins, and once more when it is over. */
export function startedTwice(fault: string): Absence {
  return (faults) =>
    of(faults, fault).flatMap((each) => [
      { ...each, fault: ENDED, to: Math.min(each.to ?? Infinity, each.from + 1) },
      ...(each.to === undefined ? [] : [{ ...each, fault: ENDED, from: each.to, to: each.to + 1 }]),
    ]);
}

/** Ends every ten minutes. */
export function againAndAgain(fault: string): Absence {
  return (faults, time) => asGone(faults, fault, ENDED, time);
}

function of(faults: readonly FaultInterval[], name: string): FaultInterval[] {
  return faults.filter(({ fault }) => fault === name);
}
