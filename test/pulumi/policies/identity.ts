/** What objects are called, how they are found again, and what the API server takes. */
import { STACK_LABEL } from '../../../model/kubernetes/names.ts';
import { pods } from './pods.ts';
import { at, entities, fields, releases, stringsOf, text } from './read.ts';
import type { Found, Policy } from './types.ts';

const fixed: Policy = {
  name: 'every object has a fixed name in a namespace of the stack, and its label',
  *find(resources, { stack }): Generator<Found> {
    const objects = entities(resources);
    const namespaces = objects.filter(({ kind }) => kind === 'Namespace').map(({ name }) => name);
    for (const { resource, name, namespace, namespaced, labels, inputs } of objects) {
      if (name === '' || at(inputs, 'metadata', 'generateName') !== undefined)
        yield [resource, 'has no fixed metadata.name'];
      if (namespaced && !namespaces.includes(namespace))
        yield [resource, `namespace "${namespace}" is none of the stack's`];
      if (labels[STACK_LABEL] !== stack) yield [resource, `label ${STACK_LABEL} is not ${stack}`];
    }
    for (const { resource, labels, program } of pods(resources).filter(
      ({ resource: { type } }) => !type.includes('helm'),
    ))
      if (labels[STACK_LABEL] !== stack)
        yield [resource, `label ${STACK_LABEL} of the pods of ${program} is not ${stack}`];
    for (const release of releases(resources)) {
      if (text(release.inputs.name) === '') yield [release, 'has no fixed name'];
      if (!namespaces.includes(text(release.inputs.namespace))) yield [release, 'is in no namespace of the stack'];
    }
  },
};

const unique: Policy = {
  name: 'no two resources are the same object',
  *find(resources): Generator<Found> {
    const seen = new Set<string>();
    for (const { resource, kind, namespace, name } of entities(resources)) {
      const key = `${kind} ${namespace}/${name}`;
      if (seen.has(key)) yield [resource, 'another resource is the same object'];
      seen.add(key);
    }
  },
};

const LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const LABEL_VALUE = /^([A-Za-z0-9]([\w.-]*[A-Za-z0-9])?)?$/;
/** Names that become part of another name, which the cluster makes. */
const LENGTHS: Readonly<Record<string, number>> = {
  Namespace: 63,
  Service: 63,
  Deployment: 52,
  // With the hash of its revision it becomes a label's value.
  StatefulSet: 52,
  // `prometheus-<name>-shard-<n>` is a StatefulSet.
  Prometheus: 36,
  Alertmanager: 39,
};
const NO_DOTS = new Set(Object.keys(LENGTHS));

const dns: Policy = {
  name: 'every name, label and key is one that Kubernetes takes',
  *find(resources): Generator<Found> {
    for (const { resource, kind, name, labels, inputs } of entities(resources)) {
      if (!(NO_DOTS.has(kind) ? LABEL : SUBDOMAIN).test(name)) yield [resource, `"${name}" is no DNS name`];
      if (kind === 'Service' && /^\d/.test(name)) yield [resource, `"${name}" starts with a digit`];
      const longest = LENGTHS[kind] ?? 253;
      if (name.length > longest) yield [resource, `"${name}" is longer than ${longest}`];
      for (const [key, value] of Object.entries(labels))
        if (value.length > 63 || !LABEL_VALUE.test(value))
          yield [resource, `label ${key}: "${value}" is no label's value`];
      for (const key of Object.keys({ ...fields(inputs.data), ...fields(inputs.stringData) }))
        if (!/^[-.\w]{1,253}$/.test(key) && (kind === 'ConfigMap' || kind === 'Secret'))
          yield [resource, `"${key}" is no key`];
    }
    for (const { resource, ports, spec } of pods(resources))
      for (const port of spec === undefined ? [] : ports.keys())
        if (!LABEL.test(port) || port.length > 15) yield [resource, `"${port}" is no name of a port`];
  },
};

/** Bytes that a ConfigMap or a Secret may hold; of anything else etcd takes half as much again. */
const MEBIBYTE = 2 ** 20;

const size: Policy = {
  name: 'no object is larger than a mebibyte',
  *find(resources): Generator<Found> {
    for (const { resource, inputs } of entities(resources)) {
      const held = Buffer.byteLength(JSON.stringify(inputs));
      if (held >= MEBIBYTE) yield [resource, `holds ${held} bytes`];
      const notes = Buffer.byteLength(JSON.stringify(stringsOf(at(inputs, 'metadata', 'annotations'))));
      if (notes >= MEBIBYTE / 4) yield [resource, `has ${notes} bytes of annotations`];
    }
  },
};

export const identityPolicies: readonly Policy[] = [fixed, unique, dns, size];
