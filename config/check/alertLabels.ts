/** Which labels the alerts of a stack may have, and with which values: what a route can ask for. */
import type { AlertFacts, ChainFacts, Knowledge } from '../knowledge.ts';
import type { Tuning } from '../networks.ts';
import type { Stack } from '../stack.ts';

/** The values that a label may have. A list: these and no others, an empty text for alerts without the label. */
export type Values = readonly string[] | 'any' | { readonly not: ReadonlySet<string> };

/** One alert, or all those of others of which only this is known. */
export type Carried = (label: string) => Values;

/** `sure`: whatever could be, is taken to be. `likely`: nothing is there of which nothing is known. */
export type Certainty = 'sure' | 'likely';

export const SEVERITIES: readonly string[] = ['critical', 'warning', 'info'];
/** It has routes of its own before all others, which take it. */
const WATCHDOG = 'Watchdog';
/** Of whatever is scraped. */
const OF_TARGETS: readonly string[] = ['instance', 'job', 'inhibits', 'le', 'quantile'];
/** Of what runs in a cluster: from discovery, and from the rules that a cluster brings. */
const OF_CLUSTERS: readonly string[] = [
  'cluster',
  'condition',
  'container',
  'controller',
  'cronjob',
  'daemonset',
  'deployment',
  'endpoint',
  'horizontalpodautoscaler',
  'integration',
  'job_name',
  'namespace',
  'node',
  'persistentvolume',
  'persistentvolumeclaim',
  'phase',
  'pod',
  'poddisruptionbudget',
  'prometheus',
  'reason',
  'replicaset',
  'resource',
  'rule_group',
  'service',
  'statefulset',
  'status',
  'uid',
  'workload',
  'workload_type',
];
const OF_GRAFANA: readonly string[] = ['grafana_folder', 'datasource_uid', 'ref_id', 'alert_rule_uid'];

export function carriedLabels(stack: Stack, knowledge: Knowledge, certainty: Certainty): Carried[] {
  const alerts = alertsOf(stack, knowledge).filter(({ facts }) => facts.name !== WATCHDOG);
  const others = bringsOthers(stack) ? [ofOthers(stack, knowledge, certainty)] : [];
  const brought = certainty === 'sure' ? undefined : labelsBrought(stack, knowledge);
  return [...alerts.map((alert) => ofAlert(alert, stack, brought)), ...others];
}

/** A cluster brings rules of its own, and so does whoever scrapes a network for us. */
export function bringsOthers({ kubernetes, networks }: Stack): boolean {
  return kubernetes !== undefined || networks.some(({ matchers }) => matchers !== undefined);
}

/** An alert of a network, or of the environment. */
export interface OwnAlert {
  readonly facts: AlertFacts;
  readonly tuning: Tuning;
  readonly labels: Readonly<Record<string, string>>;
}

export function alertsOf(stack: Stack, knowledge: Knowledge): OwnAlert[] {
  const own = (alerts: Iterable<AlertFacts>, tunings: Readonly<Record<string, Tuning>>, labels: OwnAlert['labels']) =>
    [...alerts].map((facts) => ({ facts, tuning: tunings[facts.name] ?? {}, labels }));
  const ofNetworks = stack.networks.flatMap((network) => {
    const chain = knowledge.get(network.chain);
    const alerts = [...(chain?.alerts.values() ?? [])].filter((alert) => chain?.applies(alert, network));
    return own(alerts, network.alerts, { ...network.labels, network: network.name, chain: network.chain });
  });
  const system = own(knowledge.get('system')?.alerts.values() ?? [], stack.system.alerts, { chain: 'system' });
  return [...ofNetworks, ...system].filter(({ tuning }) => tuning.enabled !== false);
}

/** What rules, tunings and networks set is known; of what an expression brings along only that it may be there. */
function ofAlert({ facts, tuning, labels }: OwnAlert, stack: Stack, brought?: ReadonlySet<string>): Carried {
  const { name, component, subject, severity } = facts;
  const set: Readonly<Record<string, string>> = {
    component,
    subject,
    severity: tuning.severity ?? severity,
    ...tuning.labels,
    ...labels,
    environment: stack.environment,
    alertname: name,
  };
  const networks = ['', ...stack.networks.map((network) => network.name)];
  return (label) => {
    const value = Object.hasOwn(set, label) ? set[label] : undefined;
    if (value !== undefined) return value.includes('{{') ? 'any' : [value];
    if (label === 'network') return networks;
    if (brought === undefined || brought.has(label)) return 'any';
    return [stack.prometheus.externalLabels[label] ?? ''];
  };
}

function ofOthers(stack: Stack, knowledge: Knowledge, certainty: Certainty): Carried {
  const { networks, environment, prometheus } = stack;
  const known = (pick: (facts: AlertFacts) => string) =>
    new Set(factsOf(stack, knowledge).flatMap(({ alerts }) => [...alerts.values()].map(pick)));
  const likely: ReadonlyMap<string, Values> = new Map<string, Values>([
    // Whose names are ours, is ours.
    ['alertname', { not: known(({ name }) => name) }],
    ['component', { not: known(({ component }) => component) }],
    ['subject', { not: known(({ subject }) => subject) }],
    ['network', ['']],
    ['chain', ['']],
    ...[...ownLabels(stack).keys()].map((label): [string, Values] => [label, [prometheus.externalLabels[label] ?? '']]),
  ]);
  const sure: ReadonlyMap<string, Values> = new Map<string, Values>([
    ['alertname', { not: new Set([WATCHDOG]) }],
    ['severity', ['', ...SEVERITIES]],
    ['network', ['', ...networks.map(({ name }) => name)]],
    ['chain', ['', 'system', ...networks.map(({ chain }) => chain)]],
    ['environment', ['', environment]],
  ]);
  const brought = labelsBrought(stack, knowledge);
  return (label) => {
    const values = (certainty === 'likely' ? likely.get(label) : undefined) ?? sure.get(label);
    if (values !== undefined) return values;
    return certainty === 'sure' || brought.has(label) ? 'any' : [prometheus.externalLabels[label] ?? ''];
  };
}

/** Labels that only this stack sets, with what it sets them to. */
export function ownLabels({ networks, system, prometheus }: Stack): Map<string, string[]> {
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

/** Of the chains that the stack has: packs of others need not be read. */
function factsOf(stack: Stack, knowledge: Knowledge): ChainFacts[] {
  const chains = new Set(['system', ...stack.networks.map(({ chain }) => chain)]);
  return [...chains].flatMap((chain) => knowledge.get(chain) ?? []);
}

function labelsBrought(stack: Stack, knowledge: Knowledge): ReadonlySet<string> {
  return new Set([
    ...OF_TARGETS,
    ...factsOf(stack, knowledge).flatMap(({ labels }) => [...labels]),
    // Whoever scrapes for us tells networks apart by labels of their own.
    ...stack.networks.flatMap(({ matchers = {} }) => Object.keys(matchers)),
    ...(bringsOthers(stack) ? OF_CLUSTERS : []),
    ...(stack.grafana ? OF_GRAFANA : []),
    ...(stack.kubernetes?.ingestion?.attributes ?? []).map((name) => name.replace(/[^A-Za-z0-9_]/g, '_')),
  ]);
}
