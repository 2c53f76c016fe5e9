/** Reading what was registered, of which nothing is known but that it was JSON. */
import type { Recorded } from '../../../cli/render/record.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** How Pulumi marks a value that it keeps encrypted. */
export const SIGNATURE = '4dabf18193072939515e22adb298388d';

export function fields(value: unknown): Fields {
  const inner = plain(value);
  return typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? { ...inner } : {};
}

/** The value at a path of keys; secrets on the way are in clear. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let found: unknown = plain(value);
  for (const key of path) found = plain(fields(found)[key]);
  return found;
}

export function list(value: unknown): readonly unknown[] {
  const inner = plain(value);
  return Array.isArray(inner) ? inner : [];
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function texts(value: unknown): string[] {
  return list(value).map(String);
}

/** Without the mark of a secret around it. */
export function plain(value: unknown): unknown {
  return isSecret(value) ? value.value : value;
}

export function isSecret(value: unknown): value is { readonly value: unknown } {
  return typeof value === 'object' && value !== null && SIGNATURE in value && 'value' in value;
}

/** Kinds that live in no namespace. */
const OF_CLUSTER = new Set([
  'Namespace',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'GatewayClass',
  'IngressClass',
  'PersistentVolume',
  'PriorityClass',
  'StorageClass',
]);

/** An object of Kubernetes. */
export interface Entity {
  readonly resource: Recorded;
  readonly kind: string;
  readonly name: string;
  /** Empty for what lives in none. */
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly namespaced: boolean;
  readonly spec: Fields;
  readonly inputs: Fields;
}

export function entities(resources: readonly Recorded[]): Entity[] {
  return resources.filter(isObject).map((resource) => {
    const { inputs } = resource;
    const kind = resource.type.slice(resource.type.lastIndexOf(':') + 1);
    return {
      resource,
      kind,
      name: text(at(inputs, 'metadata', 'name')),
      namespace: text(at(inputs, 'metadata', 'namespace')),
      labels: stringsOf(at(inputs, 'metadata', 'labels')),
      namespaced: !OF_CLUSTER.has(kind),
      spec: fields(inputs.spec),
      inputs,
    };
  });
}

function isObject({ type, custom }: Recorded): boolean {
  return custom && type.startsWith('kubernetes:') && !type.startsWith('kubernetes:helm.sh/');
}

export function releases(resources: readonly Recorded[]): Recorded[] {
  return resources.filter(({ type }) => type.startsWith('kubernetes:helm.sh/'));
}

export function stringsOf(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(fields(value)).map(([key, inner]) => [key, String(inner)]));
}

/** How a message calls it. */
export function called(resource: Recorded): string {
  const entity = entities([resource])[0];
  if (!entity) return `${resource.type.slice(resource.type.lastIndexOf(':') + 1)} ${resource.name}`;
  return `${entity.kind} ${entity.namespace === '' ? '' : `${entity.namespace}/`}${entity.name || `(${resource.name})`}`;
}

/** Whether labels meet `{ matchLabels, matchExpressions }`; an empty selector meets all. */
export function selects(selector: unknown, labels: Readonly<Record<string, string>>): boolean {
  const equal = Object.entries(stringsOf(at(selector, 'matchLabels'))).every(([key, value]) => labels[key] === value);
  return equal && list(at(selector, 'matchExpressions')).every((expression) => meets(expression, labels));
}

function meets(expression: unknown, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[text(at(expression, 'key'))];
  const values = texts(at(expression, 'values'));
  switch (at(expression, 'operator')) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    default:
      return value === undefined;
  }
}
