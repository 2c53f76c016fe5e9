/** Tuning of alerts: the name exists, the alert has what is tuned, the unit fits, warning comes before critical. */
import { formatDuration } from '../duration.ts';
import { type Fault, type Path, unknownName } from '../faults.ts';
import type { AlertFacts, ChainFacts, Knowledge } from '../knowledge.ts';
import type { Network, Tuning } from '../networks.ts';
import type { Stack } from '../stack.ts';
import { convert, formatQuantity, parseQuantity, UnitError } from '../units.ts';

/** A rate over fewer scrapes than this is not to be trusted; Prometheus' own advice is four. */
const SCRAPES_PER_WINDOW = 4;

export function checkAlerts(stack: Stack, knowledge: Knowledge): Fault[] {
  const faults: Fault[] = [];
  for (const network of stack.networks) {
    const chain = knowledge.get(network.chain);
    if (!chain) continue;
    const applies = (alert: AlertFacts) => chain.applies(alert, network);
    faults.push(
      ...checkScope(stack, chain, network.alerts, ['chainwatch:networks', network.name, 'alerts'], applies, network),
    );
  }
  const system = knowledge.get('system');
  if (system)
    faults.push(...checkScope(stack, system, stack.system.alerts, ['chainwatch:system', 'alerts'], () => true));
  return faults;
}

function checkScope(
  stack: Stack,
  chain: ChainFacts,
  tunings: Readonly<Record<string, Tuning>>,
  path: Path,
  applies: (alert: AlertFacts) => boolean,
  network?: Network,
): Fault[] {
  const faults: Fault[] = [];
  const alerts = [...chain.alerts.values()].filter(applies);
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
  const enabled = alerts.filter((alert) => tunings[alert.name]?.enabled !== false);
  faults.push(...checkPairs(enabled, tunings, path), ...checkCompression(stack, enabled, tunings, path, network));
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

/** Two alerts on one reading: the limit of the warning must be reached before that of the critical one. */
function checkPairs(alerts: readonly AlertFacts[], tunings: Readonly<Record<string, Tuning>>, path: Path): Fault[] {
  const faults: Fault[] = [];
  for (const critical of alerts.filter((alert) => severityOf(alert, tunings) === 'critical')) {
    for (const warning of alerts.filter((alert) => severityOf(alert, tunings) === 'warning')) {
      if (warning.reading !== critical.reading || warning.subject !== critical.subject) continue;
      if (!tunings[warning.name]?.threshold && !tunings[critical.name]?.threshold) continue;
      const [low, high] = [limitOf(warning, tunings), limitOf(critical, tunings)];
      if (low === undefined || high === undefined) continue;
      const falling = critical.threshold?.op?.startsWith('<') ?? false;
      if (falling ? low >= high : low <= high) continue;
      const where = tunings[warning.name]?.threshold ? warning : critical;
      faults.push({
        path: [...path, where.name, 'threshold'],
        message: `the warning ${warning.name} (${formatQuantity(low, warning.unit)}) would come after the critical ${critical.name} (${formatQuantity(high, critical.unit)})`,
      });
    }
  }
  return faults;
}

function severityOf(alert: AlertFacts, tunings: Readonly<Record<string, Tuning>>): string {
  return tunings[alert.name]?.severity ?? alert.severity;
}

/** In the alert's unit; `undefined` where a tuned one cannot be read (that is a fault of its own). */
function limitOf(alert: AlertFacts, tunings: Readonly<Record<string, Tuning>>): number | undefined {
  const tuned = tunings[alert.name]?.threshold;
  if (tuned === undefined) return alert.threshold?.value;
  return quantityFault(tuned, alert) === undefined ? convert(parseQuantity(tuned), alert.unit) : undefined;
}

function checkCompression(
  { prometheus }: Stack,
  alerts: readonly AlertFacts[],
  tunings: Readonly<Record<string, Tuning>>,
  path: Path,
  network?: Network,
): Fault[] {
  const interval = network?.scrape.interval ?? prometheus.scrapeInterval;
  const least = interval * SCRAPES_PER_WINDOW;
  return alerts.flatMap((alert) => {
    const shortest = Math.min(alert.shortestWindow ?? Infinity, tunings[alert.name]?.window ?? Infinity);
    if (shortest / prometheus.timeScale >= least) return [];
    const scaled = formatDuration(shortest / prometheus.timeScale);
    const tuned = tunings[alert.name]?.window !== undefined;
    return [
      {
        path: tuned
          ? [...path, alert.name, 'window']
          : ['chainwatch:prometheus', prometheus.timeScale === 1 ? 'scrapeInterval' : 'timeScale'],
        message: `${alert.name} would look over ${scaled}, fewer than ${SCRAPES_PER_WINDOW} scrapes of ${formatDuration(interval)}`,
      },
    ];
  });
}
