/**
 * The Plan: plain data, everything that will exist. Made from a Stack by pure functions: no clock, no environment, no network,
 * no disk. The same stack gives the same bytes. Backends only translate it.
 */
import type { EnvironmentKind, Stack } from '../../config/stack.ts';
import { planAlertmanager } from '../alertmanager/routes.ts';
import type { AlertmanagerPlan } from '../alertmanager/types.ts';
import type { Dashboard } from '../dashboards/dashboard.ts';
import { planGrafana } from '../grafana/plan.ts';
import type { GrafanaPlan } from '../grafana/types.ts';
import { appliesTo, type Known } from '../knowledge.ts';
import type { Catalogue } from '../rules/catalogue.ts';
import { compressDuration } from '../rules/compress.ts';
import { instantiate, type PlannedAlert, type PlannedGroup, type Scope } from '../rules/instantiate.ts';
import { limitGroups } from '../rules/limitSeries.ts';
import { type Probe, probes, type ScrapeJob, scrapeJobs, simulatedComponents, systemComponents } from './jobs.ts';
import { secretsIn } from './secrets.ts';
import { type PlannedService, plannedServices } from './services.ts';

export interface PlannedNetwork {
  readonly name: string;
  readonly chain: string;
  readonly engine: 'prometheus' | 'grafana';
  readonly simulated: boolean;
}

export interface Plan {
  readonly environment: string;
  readonly kind: EnvironmentKind;
  readonly timeScale: number;
  readonly networks: readonly PlannedNetwork[];
  readonly prometheus: PrometheusPlan;
  readonly scrapeJobs: readonly ScrapeJob[];
  readonly probes: readonly Probe[];
  /** Of both engines; each group says which owns it. */
  readonly ruleGroups: readonly PlannedGroup[];
  readonly alertmanager: AlertmanagerPlan;
  /** Absent where the stack file names no Grafana. */
  readonly grafana?: GrafanaPlan;
  readonly dashboards: readonly Dashboard[];
  readonly services: readonly PlannedService[];
  /** Names of all secrets that something in the plan reads. Sorted. */
  readonly secrets: readonly string[];
  /** `<chain>/<alert>` → Markdown. */
  readonly runbooks: Readonly<Record<string, string>>;
  /** What the stack file says stands before the paths of runbooks; absent: the place of our status service. */
  readonly runbookBase?: string;
}

export interface PrometheusPlan {
  /** Seconds. */
  readonly scrapeInterval: number;
  /** Seconds, compressed. */
  readonly evaluationInterval: number;
  /** Seconds. */
  readonly retention: number;
  /** Bytes. */
  readonly retentionSize?: number | undefined;
  readonly externalLabels: Readonly<Record<string, string>>;
  readonly remoteWrite: Stack['prometheus']['remoteWrite'];
  readonly replicas: number;
  readonly shards: number;
  /** Bytes. */
  readonly storage: number;
}

export interface PlanOptions {
  /** Whether each limit is a series beside its alert. Where nobody draws them it is nearly half of all rules for nothing. */
  readonly limits?: boolean;
}

export function makePlan(stack: Stack, known: Known, { limits = true }: PlanOptions = {}): Plan {
  const prometheus = prometheusPlan(stack);
  const ofPacks = [...networkRules(stack, known, prometheus), ...systemRules(stack, known, prometheus)];
  const ruleGroups = [...ofPacks, ...(limits ? limitGroups(ofPacks) : [])];
  const runbooks = runbooksFor(ruleGroups, known);
  const services = plannedServices(stack, known.chains, Object.keys(runbooks));
  const alertmanager = planAlertmanager(stack);
  const dashboards = dashboardsFor(stack, known, ruleGroups);
  const { evaluationInterval } = prometheus;
  const grafana = planGrafana({ stack, ruleGroups, alertmanager, dashboards, evaluationInterval });
  return {
    environment: stack.environment,
    kind: stack.kind,
    timeScale: stack.prometheus.timeScale,
    networks: stack.networks.map(({ name, chain, engine, simulated }) => ({ name, chain, engine, simulated })),
    prometheus,
    scrapeJobs: scrapeJobs(stack, known.chains),
    probes: probes(stack, known.chains),
    ruleGroups,
    alertmanager,
    ...(grafana ? { grafana } : {}),
    dashboards,
    services,
    secrets: secretsIn([services, alertmanager, prometheus, grafana]),
    runbooks,
    ...(stack.runbooks === undefined ? {} : { runbookBase: stack.runbooks }),
  };
}

function prometheusPlan({ prometheus, environment }: Stack): PrometheusPlan {
  const { scrapeInterval, retention, retentionSize, remoteWrite, replicas, shards, storage, timeScale } = prometheus;
  return {
    scrapeInterval,
    // Evaluating more often than scraping sees nothing new.
    evaluationInterval:
      timeScale === 1
        ? prometheus.evaluationInterval
        : Math.max(scrapeInterval, compressDuration(prometheus.evaluationInterval, timeScale)),
    retention,
    retentionSize,
    externalLabels: { ...prometheus.externalLabels, environment },
    remoteWrite,
    replicas,
    shards,
    storage,
  };
}

function networkRules(stack: Stack, known: Known, prometheus: PrometheusPlan): PlannedGroup[] {
  const shared = known.packs.get('system');
  return stack.networks.flatMap((network) => {
    const chain = known.chains.get(network.chain);
    const pack = known.packs.get(network.chain);
    if (!chain || !pack) return [];
    const matchers = network.matchers ?? { network: network.name };
    const scope: Scope = {
      ...commonScope(stack, prometheus),
      owner: network.name,
      engine: network.engine,
      simulated: network.simulated,
      matchers: Object.entries(matchers)
        .sort()
        .map(([label, value]) => ({ label, op: '=', value })),
      labels: { ...network.labels, network: network.name, chain: network.chain, environment: stack.environment },
      alerts: network.alerts,
      applies: (alert) => appliesTo(chain, alert, network),
      lacks: chain.lacks(network),
    };
    return instantiate(pack, scope, shared ? [shared] : []);
  });
}

/** Rules about the environment exist once; their expressions are as the pack has them. */
function systemRules(stack: Stack, known: Known, prometheus: PrometheusPlan): PlannedGroup[] {
  const pack = known.packs.get('system');
  if (!pack) return [];
  const present = systemComponents(stack, known.chains);
  const scope: Scope = {
    ...commonScope(stack, prometheus),
    owner: 'system',
    engine: 'prometheus',
    simulated: false,
    simulatedComponents: simulatedComponents(stack, known.chains),
    matchers: [],
    labels: { chain: 'system', environment: stack.environment },
    alerts: stack.system.alerts,
    applies: (alert) => present.has(alert.component),
  };
  return instantiate(pack, scope);
}

function commonScope(stack: Stack, prometheus: PrometheusPlan): Pick<Scope, 'timeScale' | 'evaluationInterval'> {
  return { timeScale: stack.prometheus.timeScale, evaluationInterval: prometheus.evaluationInterval };
}

function dashboardsFor(stack: Stack, known: Known, groups: readonly PlannedGroup[]): Dashboard[] {
  const system = known.packs.get('system');
  // One list for all networks of a chain: what is found out about a query with it serves them all.
  const catalogues = new Map<string, Catalogue[]>();
  const drawn = [...stack.networks, undefined].flatMap((network) => {
    const chain = network?.chain ?? 'system';
    const pack = known.packs.get(chain);
    if (!pack) return [];
    const read = catalogues.get(chain) ?? [...new Set([pack, system ?? pack])].map((each) => each.catalogue);
    catalogues.set(chain, read);
    const alerts = alertsOf(groups, network?.name ?? 'system');
    return known.chains.get(chain)?.dashboards({ stack, network, pack, alerts, catalogues: read }) ?? [];
  });
  return drawn.sort((a, b) => (a.uid < b.uid ? -1 : 1));
}

function alertsOf(groups: readonly PlannedGroup[], owner: string): Map<string, PlannedAlert> {
  const rules = groups.filter((group) => group.owner === owner).flatMap((group) => group.rules);
  return new Map(rules.flatMap((rule) => (rule.kind === 'alert' ? [[rule.name, rule]] : [])));
}

function runbooksFor(groups: readonly PlannedGroup[], known: Known): Record<string, string> {
  const pages = new Map<string, string>();
  for (const group of groups) {
    for (const rule of group.rules) {
      const text = rule.kind === 'alert' ? known.packs.get(group.chain)?.runbooks.get(rule.name) : undefined;
      if (text !== undefined) pages.set(`${group.chain}/${rule.name}`, text);
    }
  }
  return Object.fromEntries([...pages].sort(([a], [b]) => (a < b ? -1 : 1)));
}
