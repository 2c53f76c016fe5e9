/** Tuning of alerts: the name exists, the alert has what is tuned, the unit fits, warning comes before critical. */
import { type Fault, type Path, unknownName } from '../faults.ts';
import type { AlertFacts, ChainFacts, Knowledge } from '../knowledge.ts';
import type { Tuning } from '../networks.ts';
import { ALL_READ, type Unread } from '../readable.ts';
import type { Stack } from '../stack.ts';
import { convert, formatQuantity, parseQuantity, UnitError } from '../units.ts';
import { checkCompression, type Scope } from './compression.ts';
import { limitFault, waitFaults } from './limits.ts';

/** @param timing whether the settings of Prometheus could be read, so that windows can be counted in scrapes */
export function checkAlerts(stack: Stack, knowledge: Knowledge, timing: boolean, unread: Unread = ALL_READ): Fault[] {
  const scopes = scopesOf(stack, knowledge);
  const own = scopes.flatMap((scope) => checkScope(scope, knowledge, unread));
  return timing
    ? [
        ...own,
        ...checkCompression(
          stack,
          scopes.flatMap((scope) => readScope(scope, unread)),
        ),
      ]
    : own;
}

interface ScopeOfChain extends Scope {
  readonly chain: ChainFacts;
  readonly applies: (alert: AlertFacts) => boolean;
}

function scopesOf(stack: Stack, knowledge: Knowledge): ScopeOfChain[] {
  const ofNetworks = stack.networks.flatMap((network) => {
    const chain = knowledge.get(network.chain);
    if (!chain) return [];
    const applies = (alert: AlertFacts) => chain.applies(alert, network);
    const path = ['chainwatch:networks', network.name, 'alerts'];
    return [
      { chain, tunings: network.alerts, path, applies, network, alerts: enabledIn(chain, network.alerts, applies) },
    ];
  });
  const chain = knowledge.get('system');
  if (!chain) return ofNetworks;
  const tunings = stack.system.alerts;
  const applies = () => true;
  const alerts = enabledIn(chain, tunings, applies);
  return [...ofNetworks, { chain, tunings, path: ['chainwatch:system', 'alerts'], applies, alerts }];
}

/** Without the alerts of which something could not be read: of what stands there instead nobody is accused. */
function readScope(scope: ScopeOfChain, { touched }: Unread): ScopeOfChain[] {
  const { network, alerts, path } = scope;
  if (network && touched(['chainwatch:networks', network.name, 'scrape'])) return [];
  return [{ ...scope, alerts: alerts.filter(({ name }) => !touched([...path, name])) }];
}

type Tunings = Readonly<Record<string, Tuning>>;
type Applies = (alert: AlertFacts) => boolean;

/** Alerts that will exist here. */
function enabledIn(chain: ChainFacts, tunings: Tunings, applies: Applies): AlertFacts[] {
  return [...chain.alerts.values()].filter((alert) => applies(alert) && tunings[alert.name]?.enabled !== false);
}

function checkScope(scope: ScopeOfChain, knowledge: Knowledge, { touched }: Unread): Fault[] {
  const { chain, tunings, path, applies, network, alerts } = scope;
  const faults: Fault[] = [];
  for (const [name, tuning] of Object.entries(tunings)) {
    const alert = chain.alerts.get(name);
    const here = [...path, name];
    if (!alert) faults.push({ path: here, message: unknownAlert(name, chain, knowledge) });
    else if (!applies(alert)) {
      faults.push({
        path: here,
        message: `is about ${alert.component}, of which ${network?.name} lists no node: list one or remove this`,
      });
    } else faults.push(...checkTuning(alert, tuning, here));
  }
  const read = alerts.filter(({ name }) => !touched([...path, name]));
  return [...faults, ...checkPairs(read, tunings, path)];
}

function unknownAlert(name: string, chain: ChainFacts, knowledge: Knowledge): string {
  const system = knowledge.get('system');
  if (system !== chain && system?.alerts.has(name))
    return `${name} is about the environment, not about a network: tune it under chainwatch:system.alerts`;
  const former = chain.former?.(name);
  if (former !== undefined) return `is a name of an older set-up: ${name} ${former}`;
  return unknownName('alert', name, [...chain.alerts.keys()], 'npx chainwatch rules list');
}

function checkTuning(alert: AlertFacts, tuning: Tuning, path: Path): Fault[] {
  if (alert.severity === 'none')
    return [{ path, message: `${alert.name} proves that alerts travel; it cannot be tuned: remove this` }];
  const faults: Fault[] = waitFaults(tuning, path);
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
  return faults;
}

function quantityFault(threshold: string | number, alert: AlertFacts): string | undefined {
  try {
    const value = convert(parseQuantity(threshold), alert.unit);
    return Number.isFinite(value) ? limitFault(value, alert) : 'is not a finite number';
  } catch (error) {
    if (error instanceof UnitError) return error.message;
    throw error;
  }
}

const MILDEST_FIRST: readonly string[] = ['info', 'warning', 'critical'];

/** Two alerts on one reading: the limit of the milder must be reached before that of the other, or it is never seen. */
function checkPairs(alerts: readonly AlertFacts[], tunings: Tunings, path: Path): Fault[] {
  const alike = Map.groupBy(alerts, ({ reading, subject }) => JSON.stringify([reading, subject]));
  return [...alike.values()].flatMap((group) =>
    group.flatMap((worse) =>
      group.filter((milder) => isMilder(milder, worse, tunings)).flatMap((milder) => pairFault(milder, worse)),
    ),
  );

  function pairFault(milder: AlertFacts, worse: AlertFacts): Fault[] {
    // What the pack says by itself its own check has seen.
    const tuned = tunedFieldOf([milder, worse], tunings);
    const [low, high] = [limitOf(milder, tunings), limitOf(worse, tunings)];
    if (!tuned || low === undefined || high === undefined || !isAfter(low, high, worse.threshold?.op)) return [];
    const say = (alert: AlertFacts, limit: number) =>
      `${severityOf(alert, tunings)} ${alert.name} (${formatQuantity(limit, alert.unit)})`;
    return [{ path: [...path, ...tuned], message: `the ${say(milder, low)} would come after the ${say(worse, high)}` }];
  }
}

function isMilder(milder: AlertFacts, worse: AlertFacts, tunings: Tunings): boolean {
  const rank = (alert: AlertFacts) => MILDEST_FIRST.indexOf(severityOf(alert, tunings));
  return rank(milder) >= 0 && rank(milder) < rank(worse);
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
