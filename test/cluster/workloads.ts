/** Whether what runs in a namespace was made, let in, scheduled and became ready. */
import { z } from 'zod';
import type { Client, KubernetesObject } from './client.ts';

const KINDS = ['DaemonSet', 'Deployment', 'StatefulSet'] as const;
const counts = z.looseObject({
  observedGeneration: z.number().optional(),
  readyReplicas: z.number().optional(),
  updatedReplicas: z.number().optional(),
  numberReady: z.number().optional(),
  desiredNumberScheduled: z.number().optional(),
});
const spec = z.looseObject({ replicas: z.number().optional() });
const event = z.looseObject({ reason: z.string().nullish(), message: z.string().nullish() });

/** `Deployment receiver`, each with how many pods it has; a fault for each that is not as it should be. */
export interface Running {
  readonly pods: Readonly<Record<string, number>>;
  readonly faults: readonly string[];
}

export async function workloadsOf(client: Client, namespace: string): Promise<Running> {
  const lists = await Promise.all(KINDS.map((kind) => client.list({ apiVersion: 'apps/v1', kind }, namespace)));
  const states = lists.flat().map(stateOf);
  return {
    pods: Object.fromEntries(states.map(({ name, wanted }) => [name, wanted])),
    faults: states.flatMap(({ name, wanted, ready, seen }) => {
      if (!seen) return [`${name}: its controller has not seen it`];
      return ready === wanted ? [] : [`${name}: ${ready} of ${wanted} pods ready`];
    }),
  };
}

function stateOf(object: KubernetesObject) {
  const { kind, metadata } = object;
  const status = counts.parse(object.status ?? {});
  const daemons = kind === 'DaemonSet';
  return {
    name: `${kind} ${metadata.name}`,
    wanted: daemons ? (status.desiredNumberScheduled ?? -1) : (spec.parse(object.spec).replicas ?? 1),
    ready: (daemons ? status.numberReady : status.readyReplicas) ?? 0,
    seen: status.observedGeneration === metadata.generation,
  };
}

/** What was refused for good: that a claim was not bound yet passes. */
const REFUSALS = new Set(['FailedCreate', 'InvalidConfiguration', 'FailedMount', 'Failed', 'BackOff']);

export async function refusals(client: Client, namespace: string): Promise<string[]> {
  const events = await client.list({ apiVersion: 'v1', kind: 'Event' }, namespace);
  return events
    .map((object) => event.parse(object))
    .filter(({ reason }) => REFUSALS.has(reason ?? ''))
    .map(({ reason, message }) => `${reason}: ${message}`);
}
