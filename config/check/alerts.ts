/** Tuning of alerts: the name exists, the alert has what is tuned, the unit fits, warning comes before critical. */
import { formatDuration } from '../duration.ts';
import { type Fault, type Path, unknownName } from '../faults.ts';
import type { AlertFacts, ChainFacts, Knowledge } from '../knowledge.ts';
import type { Network, Tuning } from '../networks.ts';
import type { Stack } from '../stack.ts';
import { convert, formatQuantity, parseQuantity, UnitError } from '../units.ts';

/** A rate over fewer scrapes than this is not to be trusted; Prometheus' own advice is four. */
const SCRAPES_PER_WINDOW = 4;

/** @param timing whether the settings of Prometheus could be read, so that windows can be counted in scrapes */
export function checkAlerts(stack: Stack, knowledge: Knowledge, timing: boolean): Fault[] {
  const faults: Fault[] = [];
  for (const network of stack.networks) {
    const chain = knowledge.get(network.chain);
    if (!chain) continue;
    const applies = (alert: AlertFacts) => chain.applies(alert, network);
    const path = ['chainwatch:networks', network.name, 'alerts'];
    faults.push(...checkScope(chain, network.alerts, path, applies, network));
    if (timing) faults.push(...checkCompression(stack, chain, network.alerts, path, applies, network));
  }
  const system = knowledge.get('system');
  if (system) {
    const path = ['chainwatch:system', 'alerts'];
    faults.push(...checkScope(system, stack.system.alerts, path, () => true));
    if (timing) faults.push(...checkCompression(stack, system, stack.system.alerts, path, () => true));
  }
  return faults;
}

type Tunings = Readonly<Record<string, Tuning>>;
type Applies = (alert: AlertFacts) => boolean;

/** Alerts that will exist here. */
function enabledIn(chain: ChainFacts, tunings: Tunings, applies: Applies): AlertFacts[] {
  return [...chain.alerts.values()].filter((alert) => applies(alert) && tunings[alert.name]?.enabled !== false);
}

function checkScope(chain: ChainFacts, tunings: Tunings, path: Path, applies: Applies, network?: Network): Fault[] {
  const faults: Fault[] = [];
  for (const [name, tuning] of Object.entries(tunings)) {
    const alert = chain.alerts.get(name);
    const here = [...path, name];
    if (!alert) faults.push({ path: here, message: unknownName('alert', name, [...chain.alerts.keys()]) });
    else if (!applies(alert)) {
      faults.push({
        path: here,
        message: `is about ${alert.component}, of which ${network?.name} lists no node: list one or remove this`,
      });
    } else faults.push(...checkTuning(alert, tuning, here));
  }
  faults.push(...checkPairs(enabledIn(chain, tunings, applies), tunings, path));
  return faults;
}

function checkTuning(alert: AlertFacts, tuning: Tuning, path: Path): Fault[] {
  const faults: Fault[] = [];
  if (tuning.threshold !== undefined) {
    if (!alert.threshold)
      faults.push({ path: [...path, 'threshold'], message: `${alert.name} has no threshold to tune` });
    else {
      const message = quantityFault(tuning.threshold, alert);
      if (message) faults.push({ path: [...path, 'threshold'], message });
    }
  }
  if (tuning.window !== undefined && alert.window === undefined) {
    faults.push({ path: [...path, 'window'], message: `${alert.name} looks over no window that could be tuned` });
  }
  if (tuning.severity !== undefined && alert.severity === 'none') {
    faults.push({
      path: [...path, 'severity'],
      message: `${alert.name} proves that alerts travel; it has no severity`,
    });
  }
  return faults;
}

function quantityFault(threshold: string | number, alert: AlertFacts): string | undefined {
  try {
    const value = convert(parseQuantity(threshold), alert.unit);
    return Number.isFinite(value) ? undefined : 'is not a finite number';
  } catch (error) {
    if (error instanceof UnitError) return error.message;
    throw error;
  }
}

const MILDEST_FIRST: readonly string[] = ['info', 'warning', 'critical'];

/** Two alerts on one reading: the limit of the milder must be reached before that of the other, or it is never seen. */
function checkPairs(alerts: readonly AlertFacts[], tunings: Tunings, path: Path): Fault[] {
  const rank = (alert: AlertFacts) => MILDEST_FIRST.indexOf(severityOf(alert, tunings));
  return alerts.flatMap((worse) =>
    alerts.flatMap((milder) => {
      const pair = rank(milder) >= 0 && rank(milder) < rank(worse);
      if (!pair || milder.reading !== worse.reading || milder.subject !== worse.subject) return [];
      // What the pack says by itself its own check has seen.
      const tuned = tunedFieldOf([milder, worse], tunings);
      const [low, high] = [limitOf(milder, tunings), limitOf(worse, tunings)];
      if (!tuned || low === undefined || high === undefined || !isAfter(low, high, worse.threshold?.op)) return [];
      const say = (alert: AlertFacts, limit: number) =>
        `${severityOf(alert, tunings)} ${alert.name} (${formatQuantity(limit, alert.unit)})`;
      return [
        { path: [...path, ...tuned], message: `the ${say(milder, low)} would come after the ${say(worse, high)}` },
      ];
    }),
  );
}

function tunedFieldOf(pair: readonly AlertFacts[], tunings: Tunings): Path | undefined {
  const fields = (['threshold', 'severity'] as const).flatMap((field) =>
    pair.filter(({ name }) => tunings[name]?.[field] !== undefined).map(({ name }) => [name, field]),
  );
  return fields[0];
}

/** Equal limits are taken: then whoever set them wants only the worse. */
function isAfter(milder: number, worse: number, op = ''): boolean {
  return op.startsWith('<') ? milder < worse : op.startsWith('>') && milder > worse;
}

function severityOf(alert: AlertFacts, tunings: Tunings): string {
  return tunings[alert.name]?.severity ?? alert.severity;
}

/** In the alert's unit; `undefined` where a tuned one cannot be read (that is a fault of its own). */
function limitOf(alert: AlertFacts, tunings: Tunings): number | undefined {
  const tuned = tunings[alert.name]?.threshold;
  if (tuned === undefined) return alert.threshold?.value;
  return quantityFault(tuned, alert) === undefined ? convert(parseQuantity(tuned), alert.unit) : undefined;
}

function checkCompression(
  { prometheus }: Stack,
  chain: ChainFacts,
  tunings: Tunings,
  path: Path,
  applies: Applies,
  network?: Network,
): Fault[] {
  const interval = network?.scrape.interval ?? prometheus.scrapeInterval;
  const least = interval * SCRAPES_PER_WINDOW;
  const cause =
    prometheus.timeScale !== 1
      ? ['chainwatch:prometheus', 'timeScale']
      : network?.scrape.interval === undefined
        ? ['chainwatch:prometheus', 'scrapeInterval']
        : ['chainwatch:networks', network.name, 'scrape', 'interval'];
  return enabledIn(chain, tunings, applies).flatMap((alert) => {
    const tuned = tunings[alert.name]?.window;
    const shortest = shortestWindow(alert, tuned);
    if (shortest / prometheus.timeScale >= least) return [];
    const scaled = formatDuration(shortest / prometheus.timeScale);
    const message = `${alert.name} would look over ${scaled}, fewer than ${SCRAPES_PER_WINDOW} scrapes of ${formatDuration(interval)}: scrape more often, or lengthen its window`;
    return [{ path: shortest === tuned ? [...path, alert.name, 'window'] : cause, message }];
  });
}

/** Seconds; a tuned window takes the place of the one that the alert has by itself. */
function shortestWindow({ window, shortestWindow: own = Infinity }: AlertFacts, tuned: number | undefined): number {
  if (tuned === undefined) return own;
  return own === window ? tuned : Math.min(own, tuned);
}
