import { Counter, collectDefaultMetrics, Gauge, Histogram, type Registry } from 'prom-client';

/** One row of a service's metric catalogue; the same row makes the metric, so that the two cannot differ. */
export interface MetricSpec<L extends string = string> {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly L[];
  readonly unit: string;
  readonly help: string;
  /** Upper bounds; histograms only. */
  readonly buckets?: readonly number[];
}

/** Metrics that every service has. Those of the process itself (`process_*`, `nodejs_*`) come from prom-client. */
export const sharedMetrics = {
  httpRequestSeconds: {
    name: 'chainwatch_http_request_duration_seconds',
    type: 'histogram',
    labels: ['method', 'route', 'code'],
    unit: 's',
    help: 'Time from the head of a request to the end of its answer.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5],
  },
  ready: {
    name: 'chainwatch_service_ready',
    type: 'gauge',
    labels: [],
    unit: 'bool',
    help: '1 while the service can do its work (what /readyz answers), else 0.',
  },
  tlsExpiry: {
    name: 'chainwatch_tls_certificate_expiry_timestamp_seconds',
    type: 'gauge',
    labels: [],
    unit: 's',
    help: 'When the certificate that the service shows ends. Only where it speaks TLS.',
  },
  tlsHandshakeFailures: {
    name: 'chainwatch_tls_handshake_failures_total',
    type: 'counter',
    labels: [],
    unit: 'connections',
    help: 'Connections that ended before both sides agreed on TLS: no or a wrong client certificate, plain HTTP, or our certificate not trusted.',
  },
} as const satisfies Record<string, MetricSpec>;

export function counter<L extends string>(registry: Registry, spec: MetricSpec<L>): Counter<L> {
  return new Counter({ name: spec.name, help: spec.help, labelNames: [...spec.labels], registers: [registry] });
}

/** @param collect called at each scrape; when it throws, the value is unknown (NaN, or no series), and the other metrics are served */
export function gauge<L extends string>(
  registry: Registry,
  spec: MetricSpec<L>,
  collect?: (gauge: Gauge<L>) => void,
): Gauge<L> {
  return new Gauge({
    name: spec.name,
    help: spec.help,
    labelNames: [...spec.labels],
    registers: [registry],
    ...(collect === undefined
      ? {}
      : {
          collect() {
            try {
              collect(this);
            } catch {
              this.reset();
              if (spec.labels.length === 0) this.set(Number.NaN);
            }
          },
        }),
  });
}

export function histogram<L extends string>(registry: Registry, spec: MetricSpec<L>): Histogram<L> {
  return new Histogram({
    name: spec.name,
    help: spec.help,
    labelNames: [...spec.labels],
    buckets: [...(spec.buckets ?? [])],
    registers: [registry],
  });
}

/** Memory, CPU, event loop and file descriptors of this process. */
export function processMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
}
