/** The bounds of a namespace: room for what the plan asks, so that no pod of a stack is ever refused, and an end to what runs away. */
import { needs, prometheusResources, type Resources } from './resources.ts';

export interface QuotaFacts {
  readonly prometheus: { readonly replicas: number; readonly shards: number };
  readonly alertmanagerReplicas: number;
  /** How many pods of our services there are. */
  readonly services: number;
  /** How many servers of NATS are brought along. @default 0 */
  readonly nats?: number;
  /** How many gates: before exposed services, before what takes pushed metrics. */
  readonly gates: number;
  readonly blackbox: boolean;
  /** Whether the operator and its exporters run here. */
  readonly install: boolean;
  /** Whether the chart's Grafana runs here. */
  readonly grafana: boolean;
}

/** Pods that are alike. */
interface Pods {
  readonly count: number;
  readonly containers: readonly Resources[];
}

/** As much again: the new pods of a rollout stand beside the old, and somebody may look into something with a pod of their own. */
const ROOM = 2;
const GIB = 2 ** 30;
/** For a stack of usual size, which may grow without its bounds being changed first. Processors, and GiB. */
const LEAST = { pods: 60, cpu: 16, memory: 48, limit: 96 } as const;
/** A gate has two pods: while one is replaced the other answers. */
export const GATE_REPLICAS = 2;

/**
 * As a ResourceQuota has them. Claims are not counted: those of replicas that are gone stay, and would take the place of new ones.
 * @param facts absent: for a stack of usual size
 */
export function quotaOf(facts?: QuotaFacts): Record<string, string> {
  const pods = facts ? podsOf(facts) : [];
  const containers = pods.flatMap(({ count, containers: each }) => each.map((asked) => ({ count, asked })));
  const sum = (read: (asked: Resources) => string) =>
    containers.reduce((total, { count, asked }) => total + count * amountOf(read(asked)), 0);
  const count = pods.reduce((total, { count: more }) => total + more, 0);
  const bound = (asked: number, least: number) => Math.max(Math.ceil(asked * ROOM), least);
  return {
    pods: String(bound(count, LEAST.pods)),
    'requests.cpu': String(
      bound(
        sum(({ requests }) => requests.cpu),
        LEAST.cpu,
      ),
    ),
    'requests.memory': `${bound(sum(({ requests }) => requests.memory) / GIB, LEAST.memory)}Gi`,
    'limits.memory': `${bound(sum(({ limits }) => limits.memory) / GIB, LEAST.limit)}Gi`,
  };
}

function podsOf(facts: QuotaFacts): Pods[] {
  const { prometheus, alertmanagerReplicas, services, nats = 0, gates, blackbox, install, grafana } = facts;
  const installed = install ? 1 : 0;
  return [
    // The operator puts a container beside each that reads its configuration again.
    { count: prometheus.replicas * prometheus.shards, containers: [prometheusResources(prometheus), needs.unsaid] },
    { count: alertmanagerReplicas, containers: [needs.alertmanager, needs.unsaid] },
    { count: services, containers: [needs.service] },
    { count: nats, containers: [needs.nats, needs.natsReloader] },
    { count: gates * GATE_REPLICAS, containers: [needs.gate] },
    { count: blackbox ? 1 : 0, containers: [needs.blackbox] },
    { count: installed, containers: [needs.operator] },
    { count: installed, containers: [needs.kubeStateMetrics] },
    // With a sidecar for dashboards, and one for data sources.
    { count: grafana ? installed : 0, containers: [needs.grafana, needs.grafanaSidecar, needs.grafanaSidecar] },
  ];
}

const UNITS: Readonly<Record<string, number>> = { '': 1, m: 1e-3, Mi: 2 ** 20, Gi: GIB };

/** A quantity of ours: processors, or bytes. @throws where it has a unit that none of ours has */
function amountOf(quantity: string): number {
  const [, digits, unit = ''] = /^(\d+)([A-Za-z]*)$/.exec(quantity) ?? [];
  const factor = UNITS[unit];
  if (digits === undefined || factor === undefined) throw new Error(`${quantity} is no quantity of ours`);
  return Number(digits) * factor;
}
