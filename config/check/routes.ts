/** What a route asks for must be something that an alert of this stack may have: a typo would never match, and nobody would know. */
import { type Fault, formatPath, isBelow, nearest, type Path, unknownName } from '../faults.ts';
import type { Knowledge } from '../knowledge.ts';
import type { Route } from '../notifications.ts';
import type { Unread } from '../readable.ts';
import { wholeMatch } from '../regex.ts';
import type { Stack } from '../stack.ts';
import { alertsOf, bringsOthers, carriedLabels, ownLabels, SEVERITIES } from './alertLabels.ts';
import { type Matcher, type Unreached, unreachedRoutes } from './reach.ts';

const ROOT: Path = ['chainwatch:notifications', 'routes'];
/** What every alert of ours may have, by its rule or by what it is about. */
const OF_RULES: readonly string[] = [
  'alertname',
  'chain',
  'component',
  'environment',
  'inhibits',
  'instance',
  'job',
  'network',
  'severity',
  'subject',
];

/** The values that a label may have; absent where they are not known. */
type Values = ReadonlyMap<string, readonly string[]>;

export function checkRoutes(stack: Stack, knowledge: Knowledge, { touched }: Unread): Fault[] {
  const unreadable = touched(['chainwatch:networks']) || touched(['chainwatch:system']);
  const values = unreadable ? new Map([['severity', SEVERITIES]]) : valuesOf(stack, knowledge);
  const labels = [...new Set([...OF_RULES, ...ownLabels(stack).keys()])];
  const visit = (route: Route, path: Path): Fault[] => [
    ...(['match', 'matchRegex'] as const).flatMap((kind) =>
      Object.entries(route[kind]).flatMap(([label, wanted]) => {
        const here = [...path, kind, label];
        const misspelt = misspeltLabel(label, labels);
        if (misspelt) return [{ path: here, message: misspelt }];
        const known = values.get(label);
        if (known === undefined) return [];
        return kind === 'match'
          ? valueFaults(label, wanted, known, here)
          : patternFault(label, String(wanted), known, here);
      }),
    ),
    ...route.routes.flatMap((inner, index) => visit(inner, [...path, 'routes', index])),
  ];
  const found = stack.notifications.routes.flatMap((route, index) => visit(route, [...ROOT, index]));
  if (DECIDES.some((section) => touched([section]))) return found;
  const said = (path: Path) =>
    found.some((fault) => isBelow(fault.path, path) && !isBelow(fault.path, [...path, 'routes']));
  return [
    ...found,
    ...unreachedRoutes(stack.notifications.routes, ROOT, carriedLabels(stack, knowledge, 'sure'), said).map(
      ({ path, ...why }) => ({ path, message: `would never match: ${reasonOf(why)}` }),
    ),
  ];
}

/** What labels alerts have, and which routes there are. */
const DECIDES = [
  'chainwatch:networks',
  'chainwatch:system',
  'chainwatch:prometheus',
  'chainwatch:kubernetes',
  ROOT[0] ?? '',
];

/** A warning of each route that no alert reaches as far as anybody can know: other rules than ours, and series, bring labels of their own. */
export function unlikelyRoutes(stack: Stack, knowledge: Knowledge): Fault[] {
  const likely = carriedLabels(stack, knowledge, 'likely');
  const never = ({ label, matches }: Matcher) =>
    !matches('') && likely.every((carried) => JSON.stringify(carried(label)) === '[""]');
  return unreachedRoutes(stack.notifications.routes, ROOT, likely).map(({ path, ...why }) => {
    const foreign = why.asks.find(never);
    if (foreign === undefined) return { path, message: `most likely never matches: ${reasonOf(why)}` };
    const { label, pattern } = foreign;
    const message = `most likely never matches: no rule, network or target of this stack is known to give alerts a label "${label}"; set it under "labels" of a network or of an alert's tuning, or remove it`;
    return { path: [...path, pattern ? 'matchRegex' : 'match', label], message };
  });
}

function reasonOf({ asks, takenBy }: Omit<Unreached, 'path'>): string {
  if (takenBy.length > 0) {
    const [before, them] = takenBy.length === 1 ? ['takes', 'that one'] : ['take', 'those'];
    return `${takenBy.map(formatPath).join(' and ')} before it ${before} every alert that it asks for; put it above ${them}, or let ${them} "continue: true"`;
  }
  if (asks.some(({ label, pattern, values }) => label === 'alertname' && !pattern && values.includes('Watchdog')))
    return 'the Watchdog has a route of its own before all others: chainwatch:notifications.watchdog.receiver';
  const all = asks.map(
    ({ label, pattern, values }) => `${label} ${pattern ? `matching "${values[0]}"` : `"${values.join('" or "')}"`}`,
  );
  return `no alert of this stack has all of this at once: ${all.join(', ')}`;
}

/** Series bring labels of their own, so of one that is like no other nothing is said. */
function misspeltLabel(label: string, known: readonly string[]): string | undefined {
  if (known.includes(label)) return undefined;
  const near = nearest(label, known);
  // Part of a name is a name: cAdvisor's "name" is no "alertname".
  if (near === undefined || near.includes(label)) return undefined;
  return `no alert has a label "${label}", so this would never match; did you mean "${near}"?`;
}

function valueFaults(label: string, wanted: string | readonly string[], known: readonly string[], path: Path): Fault[] {
  const all = [wanted].flat();
  // Several stacks may share a list of networks or chains; of severities there are no others.
  const shared = label !== 'severity' && all.some((value) => known.includes(value));
  // An empty text asks for alerts without the label.
  return all
    .filter((value) => value !== '' && !known.includes(value))
    .filter((value) => !shared || nearest(value, known) !== undefined)
    .map((value) => ({ path, message: `would never match: ${unknownName(label, value, known)}` }));
}

function patternFault(label: string, pattern: string, known: readonly string[], path: Path): Fault[] {
  const whole = wholeMatch(pattern);
  if (['', ...known].some((value) => whole.test(value))) return [];
  const message = `would never match: "${pattern}" is no ${label} of this stack; known: ${known.join(', ') || 'none'}`;
  return [{ path, message }];
}

function valuesOf(stack: Stack, knowledge: Knowledge): Values {
  const alerts = alertsOf(stack, knowledge).map(({ facts }) => facts);
  const values = new Map([
    ['severity', SEVERITIES],
    ['network', stack.networks.map(({ name }) => name)],
    ['chain', sorted([...stack.networks.map(({ chain }) => chain), 'system'])],
    ['environment', [stack.environment]],
  ]);
  if (!bringsOthers(stack)) {
    values.set('alertname', sorted(alerts.map(({ name }) => name)));
    values.set('component', sorted(alerts.map(({ component }) => component)));
    values.set('subject', sorted(alerts.map(({ subject }) => subject)));
  }
  return values;
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
