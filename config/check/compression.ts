/** Windows must hold enough scrapes, also when time is compressed. One cause is one fault, however many alerts it concerns. */
import { formatDuration } from '../duration.ts';
import type { Fault, Path } from '../faults.ts';
import type { AlertFacts } from '../knowledge.ts';
import type { Network, Tuning } from '../networks.ts';
import type { Stack } from '../stack.ts';

/** A rate over fewer scrapes than this is not to be trusted; Prometheus' own advice is four. */
const SCRAPES_PER_WINDOW = 4;
const EXAMPLES = 3;

/** Alerts that will exist, of one network or of the environment. */
export interface Scope {
  readonly alerts: readonly AlertFacts[];
  readonly tunings: Readonly<Record<string, Tuning>>;
  /** Of the tunings. */
  readonly path: Path;
  readonly network?: Network;
}

interface Short {
  readonly cause: 'timeScale' | 'scrapeInterval' | Path;
  readonly alert: string;
  /** Seconds of the chain's time. */
  readonly window: number;
  /** Seconds between scrapes. */
  readonly interval: number;
}

export function checkCompression({ kind, prometheus }: Stack, scopes: readonly Scope[]): Fault[] {
  // Where it is refused anyway, nothing needs to be said of what it would do.
  const scale = kind === 'dev' ? prometheus.timeScale : 1;
  const found = scopes.flatMap((scope) => shortIn(scope, prometheus.scrapeInterval, scale));
  const byCause = Map.groupBy(found, ({ cause }) => (typeof cause === 'string' ? cause : JSON.stringify(cause)));
  return [...byCause.values()].flatMap((all) => faultOf(all, scale));
}

function shortIn({ alerts, tunings, path, network }: Scope, stackInterval: number, scale: number): Short[] {
  const interval = network?.scrape.interval ?? stackInterval;
  const least = interval * SCRAPES_PER_WINDOW;
  return alerts.flatMap((alert) => {
    const tuned = tunings[alert.name]?.window;
    const window = shortestWindow(alert, tuned);
    if (window / scale >= least) return [];
    const ofScrapes =
      network?.scrape.interval === undefined
        ? ('scrapeInterval' as const)
        : ['chainwatch:networks', network.name, 'scrape', 'interval'];
    const byItself = window < least ? ofScrapes : ('timeScale' as const);
    const cause = window === tuned && window < least ? [...path, alert.name, 'window'] : byItself;
    return [{ cause, alert: alert.name, window, interval }];
  });
}

function faultOf(all: readonly Short[], scale: number): Fault[] {
  const shortest = all.reduce((best, each) => (each.window < best.window ? each : best), all[0] ?? NONE);
  const { cause, alert, window, interval } = shortest;
  if (shortest === NONE) return [];
  if (typeof cause !== 'string' && cause.at(-1) === 'window')
    return [
      {
        path: cause,
        message: `${alert} would look over ${formatDuration(window)}, fewer than ${SCRAPES_PER_WINDOW} scrapes of ${formatDuration(interval)}: scrape more often, or lengthen its window`,
      },
    ];
  const names = [...new Set(all.map((each) => each.alert))].sort();
  const shown = names.slice(0, EXAMPLES).join(', ');
  const concerns = names.length <= EXAMPLES ? `concerns ${shown}` : `concerns ${names.length} alerts, e.g. ${shown}`;
  const slowest = atMost(window / SCRAPES_PER_WINDOW / (cause === 'timeScale' ? scale : 1));
  const why = `a window of ${formatDuration(window)} must hold ${SCRAPES_PER_WINDOW} scrapes; ${concerns}`;
  if (cause !== 'timeScale') {
    const path = cause === 'scrapeInterval' ? ['chainwatch:prometheus', 'scrapeInterval'] : cause;
    return [{ path, message: `must be at most ${slowest}, not ${formatDuration(interval)}: ${why}` }];
  }
  const rather = Math.floor(window / SCRAPES_PER_WINDOW / interval);
  const message = `timeScale ${scale} needs a scrapeInterval of at most ${slowest}, not ${formatDuration(interval)} (or a timeScale of at most ${rather}): ${why}`;
  return [{ path: ['chainwatch:prometheus', 'timeScale'], message }];
}

const NONE: Short = { cause: 'timeScale', alert: '', window: 0, interval: 0 };

/** In whole seconds where there are any: who sets an interval by hand says no fractions. */
function atMost(seconds: number): string {
  return formatDuration(seconds >= 1 ? Math.floor(seconds) : seconds);
}

/** Seconds; a tuned window takes the place of the one that the alert has by itself. */
function shortestWindow({ window, shortestWindow: own = Infinity }: AlertFacts, tuned: number | undefined): number {
  if (tuned === undefined) return own;
  return own === window ? tuned : Math.min(own, tuned);
}
