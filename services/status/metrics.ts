import type { MetricSpec } from '../shared/metrics.ts';

/** Every metric of the status service; those that all services have are in ../shared/metrics.ts. */
export const statusMetrics = {
  upstreamUp: {
    name: 'status_upstream_up',
    type: 'gauge',
    labels: ['upstream'],
    unit: 'bool',
    help: '1 where the last question was answered, else 0. upstream: prometheus, alertmanager. Asked only while somebody looks.',
  },
  upstreamSeconds: {
    name: 'status_upstream_request_duration_seconds',
    type: 'histogram',
    labels: ['upstream'],
    unit: 's',
    help: 'Time of a question to Prometheus or Alertmanager, failed ones included.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  },
  upstreamErrors: {
    name: 'status_upstream_errors_total',
    type: 'counter',
    labels: ['upstream'],
    unit: 'errors',
    help: 'Questions that were not answered, or not in a form that we know.',
  },
} as const satisfies Record<string, MetricSpec>;
