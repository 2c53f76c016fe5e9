/** What a route asks for must be something that an alert of this stack may have: a typo would never match, and nobody would know. */
import { type Fault, nearest, type Path, unknownName } from '../faults.ts';
import type { AlertFacts, Knowledge } from '../knowledge.ts';
import type { Route } from '../notifications.ts';
import type { Unread } from '../readable.ts';
import type { Stack } from '../stack.ts';

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
  return stack.notifications.routes.flatMap((route, index) => visit(route, [...ROOT, index]));
}

const SEVERITIES: readonly string[] = ['critical', 'warning', 'info'];

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
  const whole = new RegExp(`^(?:${pattern})$`, 's');
  if (['', ...known].some((value) => whole.test(value))) return [];
  const message = `would never match: "${pattern}" is no ${label} of this stack; known: ${known.join(', ') || 'none'}`;
  return [{ path, message }];
}

/** Labels that only this stack sets, with what it sets them to. */
function ownLabels({ networks, system, prometheus }: Stack): Map<string, string[]> {
  const sets = [
    prometheus.externalLabels,
    ...networks.map(({ labels }) => labels),
    ...[...networks.map(({ alerts }) => alerts), system.alerts].flatMap((tunings) =>
      Object.values(tunings).map(({ labels = {} }) => labels),
    ),
  ];
  const values = new Map<string, string[]>();
  for (const [label, value] of sets.flatMap((set) => Object.entries(set)))
    values.set(label, [...(values.get(label) ?? []), value]);
  return values;
}

function valuesOf(stack: Stack, knowledge: Knowledge): Values {
  const alerts = alertsOf(stack, knowledge);
  const values = new Map([
    ['severity', SEVERITIES],
    ['network', stack.networks.map(({ name }) => name)],
    ['chain', sorted([...stack.networks.map(({ chain }) => chain), 'system'])],
    ['environment', [stack.environment]],
  ]);
  // A cluster brings rules of its own, and so does whoever scrapes a network for us.
  if (stack.kubernetes === undefined && stack.networks.every(({ matchers }) => matchers === undefined)) {
    values.set('alertname', sorted(alerts.map(({ name }) => name)));
    values.set('component', sorted(alerts.map(({ component }) => component)));
    values.set('subject', sorted(alerts.map(({ subject }) => subject)));
  }
  return values;
}

function alertsOf(stack: Stack, knowledge: Knowledge): AlertFacts[] {
  const system = [...(knowledge.get('system')?.alerts.values() ?? [])];
  const ofNetworks = stack.networks.flatMap((network) => {
    const chain = knowledge.get(network.chain);
    if (!chain) return [];
    return [...chain.alerts.values()].filter(
      (alert) => chain.applies(alert, network) && network.alerts[alert.name]?.enabled !== false,
    );
  });
  return [...ofNetworks, ...system.filter(({ name }) => stack.system.alerts[name]?.enabled !== false)];
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
