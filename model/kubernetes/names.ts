/** What objects are called in the cluster. Names are fixed, so that a person finds them and a second preview is empty. */
import type { ServiceName } from '../places.ts';
import type { GateName } from './edges.ts';

/** Prometheus and Alertmanager objects; the operator makes `prometheus-chainwatch-0` and so on of it. */
export const OBJECT = 'chainwatch';
/** What Helm calls what it installs, in the stack's namespace. */
export const RELEASES = { crds: 'prometheus-operator-crds', stack: 'kube-prometheus-stack' } as const;
/** On everything of a stack; the operator's objects are selected by it and by nothing else. */
export const STACK_LABEL = 'chainwatch/stack';
/** Where programs read the secrets that they need, one file each. */
export const SECRETS_PATH = '/etc/chainwatch/secrets';
export const SETTINGS_PATH = '/etc/chainwatch/settings';
export const DATA_PATH = '/var/lib/chainwatch';

/** The labels that every object of a stack has. */
export function stackLabels(stack: string): Record<string, string> {
  return { 'app.kubernetes.io/part-of': 'chainwatch', [STACK_LABEL]: stack };
}

/** What a Service, a NetworkPolicy and a spread select the pods of a program by. */
export function podLabels(service: ServiceName | GateName | 'agent' | 'nats'): Record<string, string> {
  if (service === 'prometheus' || service === 'alertmanager')
    // Set by the operator.
    return { 'app.kubernetes.io/name': service, 'app.kubernetes.io/instance': OBJECT };
  return { 'app.kubernetes.io/name': service, 'app.kubernetes.io/part-of': 'chainwatch' };
}

/** The Secret that holds what one program reads; no program sees another's. */
export function secretObject(reader: ServiceName | GateName | 'agent' | 'nats'): string {
  return `${reader}-secrets`;
}

/** A name of the Kubernetes kind from names that may hold slashes and underscores; they are lower case and short already. */
export function objectName(...parts: readonly string[]): string {
  return parts.join('-').replaceAll(/[/_]/g, '-');
}
