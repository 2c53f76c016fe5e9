/** Brings into a cluster what the program registers, in the order that `render` tells people to. */

import { stepOf } from '../../cli/render/applyOrder.ts';
import type { Recorded } from '../../cli/render/record.ts';
import { fields, plain, text } from '../pulumi/policies/read.ts';
import { type Applied, type Client, type KubernetesObject, kubernetesObject } from './client.ts';

/** A chart that is to be installed. */
export interface Release {
  readonly name: string;
  readonly namespace: string;
  readonly chart: string;
  readonly values: unknown;
}

export interface Registered {
  /** In the order in which they go in. */
  readonly objects: readonly KubernetesObject[];
  readonly releases: readonly Release[];
  /** Types of what no cluster takes: Grafana's, passwords at random. Sorted. */
  readonly others: readonly string[];
}

const RELEASE = 'kubernetes:helm.sh/v3:Release';

export function registered(recorded: readonly Recorded[]): Registered {
  const objects: KubernetesObject[] = [];
  const releases: Release[] = [];
  const others = new Set<string>();
  for (const { type, custom, inputs } of recorded) {
    if (!custom || type.startsWith('pulumi:')) continue;
    if (type === RELEASE) releases.push(release(inputs));
    else if (type.startsWith('kubernetes:')) objects.push(kubernetesObject.parse(inClear(inputs)));
    else others.add(type);
  }
  objects.sort((a, b) => stepOf(a.kind) - stepOf(b.kind));
  return { objects, releases, others: [...others].sort() };
}

/** @throws Error with what each refused object was refused for */
export async function applyAll(
  client: Client,
  objects: readonly KubernetesObject[],
  manager?: string,
): Promise<Applied[]> {
  const applied: Applied[] = [];
  const faults: string[] = [];
  for (const object of objects)
    await client.apply(object, manager === undefined ? {} : { manager }).then(
      (one) => applied.push(one),
      (error: Error) => faults.push(error.message),
    );
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return applied;
}

function release(inputs: Recorded['inputs']): Release {
  const { name, namespace, chart, values } = fields(inClear(inputs));
  return { name: text(name), namespace: text(namespace), chart: text(chart), values: values ?? {} };
}

/** Without the marks that Pulumi puts around secrets. */
function inClear(value: unknown): unknown {
  const inner = plain(value);
  if (Array.isArray(inner)) return inner.map(inClear);
  if (typeof inner !== 'object' || inner === null) return inner;
  return Object.fromEntries(Object.entries(inner).map(([key, each]) => [key, inClear(each)]));
}
