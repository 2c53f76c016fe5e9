/** Whether what was seen of a case is what had to be: nothing missing, nothing else, everything over at the end. */
import { inhibitedBy } from '../../model/alertmanager/explain.ts';
import type { AlertmanagerSettings } from '../../model/alertmanager/types.ts';
import type { Case } from './cases.ts';
import type { Seen } from './observed.ts';

/** What became of one alert in one case. */
export type Outcome =
  /** It fired, reached the receiver, and resolved. */
  | 'arrived'
  /** It fired and resolved, and a graver one about the same held it back, as is planned. */
  | 'held back'
  /** It was promised, and did not fire. */
  | 'missing'
  /** It fired, and the receiver was not told. */
  | 'not delivered'
  | 'not resolved'
  /** It arrived, and goes on until a process is started anew, as such an alert must. */
  | 'lasts'
  /** It need not have come, came, and looks further back than anybody waits here. */
  | 'going on'
  /** It fired without being promised. */
  | 'extra'
  /** The same, when the fault was over. */
  | 'extra afterwards'
  /** It fired before the fault began. */
  | 'too early';

export interface Row {
  readonly chain: string;
  readonly fault: string;
  readonly alert: string;
  readonly outcome: Outcome;
  /** Whether it need not have come: it may follow where the fault is left on. */
  readonly optional: boolean;
  /** Real seconds from the beginning of the fault until it was at the receiver, or fired where it was held back. */
  readonly seconds?: number;
  /** The same in the chain's own time. */
  readonly simulatedSeconds?: number;
  /** Real seconds from the end of the fault until it was over. */
  readonly resolvedSeconds?: number;
  /** Which alerts held it back. */
  readonly by?: readonly string[];
}

/** Milliseconds of Unix time. */
export interface Played {
  readonly case: Case;
  readonly timeScale: number;
  readonly began: number;
  readonly cleared: number;
  readonly ended: number;
  readonly seen: readonly Seen[];
}

/** As it should be, and by that proven. */
export const PROVEN: ReadonlySet<Outcome> = new Set(['arrived', 'held back', 'lasts']);
/** As it should be. */
export const GOOD: ReadonlySet<Outcome> = new Set([...PROVEN, 'going on']);

/** One row for each alert that had to come or did, sorted: those that had to come first. */
export function judge(played: Played, settings: AlertmanagerSettings): Row[] {
  const { alerts } = played.case;
  const names = [...new Set([...alerts, ...played.seen.map(({ alert }) => alert)])];
  return names
    .map((alert) => rowOf(alert, played, settings))
    .sort(
      (a, b) => Number(!alerts.includes(a.alert)) - Number(!alerts.includes(b.alert)) || (a.alert < b.alert ? -1 : 1),
    );
}

function rowOf(alert: string, played: Played, settings: AlertmanagerSettings): Row {
  const { chain, fault, alerts, also } = played.case;
  const common = { chain, fault: fault.name, alert, optional: !alerts.includes(alert) };
  const own = played.seen.filter((seen) => seen.alert === alert);
  const early = own.some(({ fired, received }) => Math.min(fired ?? Infinity, received ?? Infinity) < played.began);
  if (early) return { ...common, outcome: 'too early' };
  const when = timesOf(own, played);
  if (!alerts.includes(alert) && !also.includes(alert)) {
    const first = Math.min(...own.map(({ fired, received }) => fired ?? received ?? Infinity));
    return { ...common, outcome: first > played.cleared ? 'extra afterwards' : 'extra', ...when };
  }
  if (own.length === 0) return { ...common, outcome: 'missing' };
  const over = own.every(({ received, resolved, lastFired }) =>
    received === undefined ? (lastFired ?? 0) < played.ended - QUIET_MS : resolved !== undefined,
  );
  if (!over && played.case.lasting.includes(alert)) return { ...common, outcome: 'lasts', ...when };
  if (!over) return { ...common, outcome: common.optional ? 'going on' : 'not resolved', ...when };
  if (own.some(({ received }) => received !== undefined)) return { ...common, outcome: 'arrived', ...when };
  const by = holders(own, played.seen, settings);
  if (by.length > 0) return { ...common, outcome: 'held back', ...when, by };
  return { ...common, outcome: 'not delivered', ...when };
}

/** What was seen to fire so shortly before the end fires still. */
const QUIET_MS = 1500;

function timesOf(own: readonly Seen[], { began, cleared, timeScale }: Played) {
  const first = Math.min(...own.map(({ received, fired }) => received ?? fired ?? Infinity));
  const last = Math.max(...own.map(({ resolved, lastFired }) => resolved ?? lastFired ?? 0));
  if (!Number.isFinite(first)) return {};
  const seconds = Math.max(0, first - began) / 1000;
  return {
    seconds: round(seconds),
    simulatedSeconds: Math.round(seconds * timeScale),
    resolvedSeconds: round(Math.max(0, last - cleared) / 1000),
  };
}

/** All of its series must have been held back, each by an alert that fired. */
function holders(own: readonly Seen[], all: readonly Seen[], settings: AlertmanagerSettings): string[] {
  const by = own.map((target) => all.filter((source) => inhibitedBy(settings, target.labels, source.labels)));
  if (by.some((sources) => sources.length === 0)) return [];
  return [...new Set(by.flat().map(({ alert }) => alert))].sort();
}

function round(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
