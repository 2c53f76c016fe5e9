/** What names something else: it must be there, or a pod waits for it for ever. */
import type { Recorded } from '../../../cli/render/record.ts';
import { containers, pods, selected } from './pods.ts';
import { at, entities, fields, list, selects, stringsOf, text, texts } from './read.ts';
import type { Found, Policy } from './types.ts';

interface Reference {
  readonly from: Recorded;
  readonly kind: 'ConfigMap' | 'Secret' | 'ServiceAccount' | 'Service';
  readonly namespace: string;
  readonly name: string;
  /** Of a ConfigMap or Secret, where one is named. */
  readonly key?: string;
}

const exist: Policy = {
  name: 'whatever is named is there',
  *find(resources, { given = [] }): Generator<Found> {
    const objects = entities(resources);
    for (const { from, kind, namespace, name, key } of references(resources)) {
      if (kind === 'Secret' && given.includes(`${namespace}/${name}`)) continue;
      const found = objects.find((one) => one.kind === kind && one.namespace === namespace && one.name === name);
      if (!found) yield [from, `names ${kind} ${namespace}/${name}, which is not there`];
      else if (key !== undefined) {
        const held = { ...fields(found.inputs.data), ...fields(found.inputs.stringData) };
        if (!(key in held)) yield [from, `names ${key} in ${kind} ${namespace}/${name}, which has none`];
      }
    }
  },
};

const selectors: Policy = {
  name: 'every Service and every monitor leads to a program that listens there',
  *find(resources): Generator<Found> {
    const objects = entities(resources);
    const all = pods(resources);
    const services = objects.filter(({ kind }) => kind === 'Service');
    for (const { resource, namespace, spec } of services) {
      const chosen = selected(all, namespace, { matchLabels: spec.selector });
      if (chosen.length === 0) yield [resource, 'selects no pod'];
      for (const port of list(spec.ports)) {
        const target = at(port, 'targetPort') ?? at(port, 'port');
        const deaf = chosen.filter(
          ({ ports }) => !ports.has(String(target)) && ![...ports.values()].includes(Number(target)),
        );
        if (deaf.length > 0) yield [resource, `leads to port ${target}, at which ${deaf[0]?.program} does not listen`];
      }
    }
    for (const { resource, kind, namespace, spec } of objects) {
      if (kind !== 'ServiceMonitor') continue;
      const chosen = services.filter((one) => one.namespace === namespace && selects(spec.selector, one.labels));
      if (chosen.length !== 1) yield [resource, `selects ${chosen.length} Services instead of one`];
      const names = chosen.flatMap((one) => list(one.spec.ports).map((port) => text(at(port, 'name'))));
      for (const endpoint of list(spec.endpoints))
        if (!names.includes(text(at(endpoint, 'port'))))
          yield [resource, `its port ${at(endpoint, 'port')} is not there`];
    }
  },
};

/** What a node shows a registry, and no program sees. */
const PULLED = '.dockerconfigjson';
/** Whom to trust: anybody may know it. */
const AUTHORITY = 'ca.crt';

/** Which resource reads which Secret, as `namespace/name`. */
export function* secretsReadBy(resources: readonly Recorded[]): Generator<[Recorded, string]> {
  for (const { from, kind, namespace, name, key } of references(resources))
    if (kind === 'Secret' && key !== PULLED && key !== AUTHORITY) yield [from, `${namespace}/${name}`];
}

export function* references(resources: readonly Recorded[]): Generator<Reference> {
  for (const { resource: from, namespace, spec } of pods(resources)) {
    const make = (kind: Reference['kind'], name: unknown, key?: unknown): Reference[] =>
      text(name) === ''
        ? []
        : [{ from, kind, namespace, name: text(name), ...(text(key) === '' ? {} : { key: text(key) }) }];
    if (spec === undefined) {
      if (!from.type.includes('monitoring.coreos.com')) continue;
      const operated = fields(from.inputs.spec);
      yield* make('ServiceAccount', operated.serviceAccountName);
      yield* make(
        'Secret',
        operated.configSecret,
        operated.configSecret === undefined ? undefined : 'alertmanager.yaml',
      );
      for (const name of texts(operated.secrets)) yield* make('Secret', name);
      for (const name of texts(operated.configMaps)) yield* make('ConfigMap', name);
      for (const write of list(operated.remoteWrite)) {
        const { name, key } = fields(at(write, 'authorization', 'credentials'));
        yield* make('Secret', name, key);
      }
      for (const alertmanager of list(at(operated, 'alerting', 'alertmanagers')))
        yield {
          from,
          kind: 'Service',
          namespace: text(at(alertmanager, 'namespace')),
          name: text(at(alertmanager, 'name')),
        };
      continue;
    }
    yield* make('ServiceAccount', spec.serviceAccountName);
    yield* make('Service', at(from.inputs, 'spec', 'serviceName'));
    for (const secret of list(spec.imagePullSecrets)) yield* make('Secret', at(secret, 'name'), PULLED);
    for (const volume of list(spec.volumes)) {
      const sources = [volume, ...list(at(volume, 'projected', 'sources'))];
      for (const source of sources) {
        yield* make('ConfigMap', at(source, 'configMap', 'name'));
        const secret = at(source, 'secret', 'secretName') ?? at(source, 'secret', 'name');
        const keys = list(at(source, 'secret', 'items')).map((item) => at(item, 'key'));
        for (const key of keys.length > 0 ? keys : [undefined]) yield* make('Secret', secret, key);
      }
    }
    for (const { fields: container } of containers(spec)) {
      for (const each of list(container.env)) {
        const source = fields(at(each, 'valueFrom'));
        yield* make('Secret', at(source.secretKeyRef, 'name'), at(source.secretKeyRef, 'key'));
        yield* make('ConfigMap', at(source.configMapKeyRef, 'name'), at(source.configMapKeyRef, 'key'));
      }
      for (const each of list(container.envFrom)) {
        yield* make('Secret', at(each, 'secretRef', 'name'));
        yield* make('ConfigMap', at(each, 'configMapRef', 'name'));
      }
    }
  }
}

const mounts: Policy = {
  name: 'every volume that is mounted exists, and every claim is kept where the program writes',
  *find(resources): Generator<Found> {
    for (const { resource, spec } of pods(resources)) {
      if (spec === undefined) continue;
      const claims = list(at(resource.inputs, 'spec', 'volumeClaimTemplates')).map((claim) =>
        text(at(claim, 'metadata', 'name')),
      );
      const volumes = [...list(spec.volumes).map((volume) => text(at(volume, 'name'))), ...claims];
      const used = containers(spec).flatMap(({ fields: container }) =>
        list(container.volumeMounts).map((mount) => stringsOf(mount).name ?? ''),
      );
      for (const name of used) if (!volumes.includes(name)) yield [resource, `volume ${name} is not there`];
      for (const name of volumes) if (!used.includes(name)) yield [resource, `volume ${name} is mounted nowhere`];
    }
  },
};

export const referencePolicies: readonly Policy[] = [exist, selectors, mounts];
