/** What each program asks of a node, and how much memory it may take: the one place for it, of which pods and quota are made. */

export interface Resources {
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly memory: string };
}

/** Of memory a request and a limit; of processor time only a request, since a limit would slow scrapes down when it matters most. */
export function resources(cpu: string, memory: string, limit: string): Resources {
  return { requests: { cpu, memory }, limits: { memory: limit } };
}

/** Measured figures are in docs/performance.md; a limit of twice the request leaves room for a large query. */
export function prometheusResources({ shards }: { readonly shards: number }): Resources {
  return shards > 1 ? resources('500m', '4Gi', '8Gi') : resources('250m', '2Gi', '4Gi');
}

/** Of each container. */
export const needs = {
  alertmanager: resources('20m', '64Mi', '256Mi'),
  blackbox: resources('10m', '32Mi', '128Mi'),
  gate: resources('20m', '32Mi', '256Mi'),
  grafana: resources('50m', '128Mi', '512Mi'),
  grafanaSidecar: resources('10m', '64Mi', '128Mi'),
  kubeStateMetrics: resources('20m', '64Mi', '256Mi'),
  nats: resources('100m', '256Mi', '1Gi'),
  natsReloader: resources('10m', '32Mi', '64Mi'),
  nodeExporter: resources('20m', '32Mi', '128Mi'),
  operator: resources('50m', '128Mi', '256Mi'),
  /** One of our own. */
  service: resources('50m', '128Mi', '512Mi'),
  /** A container that says nothing, such as those that the operator puts beside Prometheus: the namespace's LimitRange. */
  unsaid: resources('10m', '32Mi', '256Mi'),
} as const;
