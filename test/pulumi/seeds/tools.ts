/** Offences to be seeded into what a stack really registers. */
import type { Recorded } from '../../../cli/render/record.ts';
import { at, called, type Fields, fields, list, plain } from '../policies/read.ts';

/** A copy of a value, with what is at a path replaced; `undefined` takes it away. */
function put(value: unknown, [key, ...rest]: readonly (string | number)[], what: unknown): unknown {
  if (key === undefined) return what;
  const inner = plain(value);
  if (Array.isArray(inner)) return inner.map((item, index) => (index === key ? put(item, rest, what) : item));
  const changed = put(fields(inner)[key], rest, what);
  const others = Object.entries(fields(inner)).filter(([name]) => name !== key);
  return Object.fromEntries(changed === undefined ? others : [...others, [String(key), changed]]);
}

export type Seed = (resources: readonly Recorded[]) => readonly Recorded[];

/** @param who by name, such as `StatefulSet chainwatch/receiver` */
export function change(who: string, how: (resource: Recorded) => Recorded): Seed {
  return (resources) => {
    if (!resources.some((resource) => called(resource) === who)) throw new Error(`there is no ${who}`);
    return resources.map((resource) => (called(resource) === who ? how(resource) : resource));
  };
}

export function set(who: string, path: string, what: unknown): Seed {
  const keys = path.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key));
  return change(who, (resource) => ({ ...resource, inputs: fields(put(resource.inputs, keys, what)) }));
}

export function option(who: string, options: Partial<Recorded>): Seed {
  return change(who, (resource) => ({ ...resource, ...options }));
}

export function without(who: string): Seed {
  return (resources) => resources.filter((resource) => called(resource) !== who);
}

/** As one of a stack, in a component, so that nothing is wrong with it but what is meant. */
export function add(type: string, inputs: Fields): Seed {
  const metadata = { namespace: 'chainwatch', labels: { 'chainwatch/stack': 'mainnet' }, ...fields(inputs.metadata) };
  return (resources) => [
    ...resources,
    {
      type,
      name: 'chainwatch-seeded',
      custom: true,
      inputs: { ...inputs, metadata },
      parent: 'chainwatch',
      protect: false,
      retainOnDelete: false,
      ignoreChanges: [],
    },
  ];
}

/** The rules of a policy without those that lead from or to a program. */
export function withoutPeer(who: string, side: 'ingress' | 'egress', peer: string): Seed {
  return change(who, (resource) => {
    const rules = list(at(resource.inputs, 'spec', side)).map((rule) => {
      const key = side === 'ingress' ? 'from' : 'to';
      const kept = list(at(rule, key)).filter(
        (one) => !JSON.stringify(one).includes(`"app.kubernetes.io/name":"${peer}"`),
      );
      return { ...fields(rule), [key]: kept };
    });
    const left = rules.filter((rule) => list(at(rule, side === 'ingress' ? 'from' : 'to')).length > 0);
    return { ...resource, inputs: fields(put(resource.inputs, ['spec', side], left)) };
  });
}

/** A policy without the rules of one side in which a text stands. */
export function withoutRule(who: string, side: 'ingress' | 'egress', holding: string): Seed {
  return change(who, (resource) => {
    const left = list(at(resource.inputs, 'spec', side)).filter((rule) => !JSON.stringify(rule).includes(holding));
    return { ...resource, inputs: fields(put(resource.inputs, ['spec', side], left)) };
  });
}

export const RECEIVER = 'StatefulSet chainwatch/receiver';
export const EXPORTER = 'Deployment chainwatch/exporter';
export const PROMETHEUS = 'Prometheus chainwatch/chainwatch';
export const CHART = 'Release chainwatch-operator-chart';
export const ROLE = 'ClusterRole chainwatch-prometheus';
export const CONTAINER = 'spec.template.spec.containers.0';

/** Policy by a part of its name, who offends, how it is said, and the offence. */
export type Seeded = readonly [policy: string, offender: string, problem: RegExp, seed: Seed];
