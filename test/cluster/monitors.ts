/** Objects of the kinds that a Prometheus selects: those that are there, and those of somebody else. */
import { STACK_LABEL } from '../../model/kubernetes/names.ts';
import type { Client, Kind, KubernetesObject } from './client.ts';

/** One object of each kind that Prometheus selects. */
export function somebodys(what: string, namespace: string, labels: Record<string, string>): KubernetesObject[] {
  const metadata = { name: `somebody-${what}`, namespace, labels };
  const selector = { matchLabels: { app: 'somebody' } };
  const group = { name: metadata.name, rules: [{ record: 'somebody:up', expr: 'vector(1)' }] };
  const specs: Readonly<Record<string, object>> = {
    PrometheusRule: { groups: [group] },
    ServiceMonitor: { selector, endpoints: [{ port: 'http' }] },
    PodMonitor: { selector, podMetricsEndpoints: [{ port: 'http' }] },
    Probe: { prober: { url: 'prober.example:80' }, targets: { staticConfig: { static: ['somebody.example'] } } },
    ScrapeConfig: { staticConfigs: [{ targets: ['somebody.example:80'] }] },
  };
  return Object.entries(specs).map(([kind, spec]) => ({ ...monitoring(kind), metadata, spec }));
}

function monitoring(kind: string): Kind {
  return { apiVersion: `monitoring.coreos.com/${kind === 'ScrapeConfig' ? 'v1alpha1' : 'v1'}`, kind };
}

/** `serviceMonitor/<namespace>/<name>`, as the operator calls the scrapes of each. */
export async function monitorsIn(client: Client, namespaces: readonly string[], stack: string): Promise<string[]> {
  const kinds = ['ServiceMonitor', 'PodMonitor', 'Probe', 'ScrapeConfig'];
  const lists = await Promise.all(
    kinds.flatMap((kind) => namespaces.map((namespace) => client.list(monitoring(kind), namespace))),
  );
  return lists
    .flat()
    .filter(({ metadata }) => metadata.labels?.[STACK_LABEL] === stack)
    .map(({ kind, metadata }) => `${kind[0]?.toLowerCase()}${kind.slice(1)}/${metadata.namespace}/${metadata.name}`);
}
