/** What holds data is not lost by a slip, and a slip is seen in the preview. */
import type { Recorded } from '../../../cli/render/record.ts';
import { amount } from './podSecurity.ts';
import { containers, type Pod, pods } from './pods.ts';
import { at, entities, fields, list, releases, text } from './read.ts';
import type { Found, Policy } from './types.ts';

const CRDS = 'CRDs, with which every object of their kinds would go';

/** What is lost with a resource. */
function* precious(resources: readonly Recorded[]): Generator<[Recorded, string]> {
  for (const { resource, kind, spec } of entities(resources)) {
    if (kind === 'Namespace') yield [resource, 'a namespace, with which everything in it would go'];
    if (kind === 'CustomResourceDefinition') yield [resource, CRDS];
    const claims = [...list(spec.volumeClaimTemplates), ...Object.keys(fields(at(spec, 'storage')))];
    if (claims.length > 0 || kind.startsWith('PersistentVolume')) yield [resource, 'a claim, with its data'];
  }
  for (const release of releases(resources)) if (/crds?$/.test(text(release.inputs.chart))) yield [release, CRDS];
}

const protect: Policy = {
  name: 'on mainnet what holds data is protected',
  *find(resources, { kind }): Generator<Found> {
    for (const [resource, what] of precious(resources)) {
      if (kind === 'mainnet' && !resource.protect) yield [resource, `is not protected: ${what}`];
      if (kind === 'mainnet' && !resource.retainOnDelete) yield [resource, `is not retained: ${what}`];
      if (kind !== 'mainnet' && resource.protect)
        yield [resource, `is protected, so that ${kind} cannot be taken down`];
      if (what === CRDS && !resource.retainOnDelete) yield [resource, `is not retained: ${what}`];
    }
  },
};

const claims: Policy = {
  name: 'a claim outlives its pods',
  *find(resources): Generator<Found> {
    for (const { resource, kind, spec } of entities(resources)) {
      if (kind !== 'StatefulSet' || list(spec.volumeClaimTemplates).length === 0) continue;
      for (const when of ['whenDeleted', 'whenScaled'])
        if (at(spec, 'persistentVolumeClaimRetentionPolicy', when) !== 'Retain')
          yield [resource, `${when} is not Retain`];
    }
  },
};

const inPlace: Policy = {
  name: 'what is read while it changes is changed in place',
  *find(resources): Generator<Found> {
    // Otherwise a new value deletes the Secret or ConfigMap and makes another of the same name, and whoever reads between finds none.
    for (const resource of resources.filter(({ type }) => type === 'pulumi:providers:kubernetes'))
      for (const key of ['enableConfigMapMutable', 'enableSecretMutable'])
        if (String(resource.inputs[key]) !== 'true') yield [resource, `${key} is not set`];
    for (const { resource, inputs } of entities(resources))
      if (inputs.immutable === true) yield [resource, 'is immutable, so a change would replace it'];
    // What is taken over from somebody else keeps what is theirs, such as the title of a folder.
    for (const resource of resources.filter((each) => each.import === undefined))
      if (resource.ignoreChanges.length > 0)
        yield [resource, `changes of ${resource.ignoreChanges.join(', ')} are ignored`];
  },
};

/** Components and what the engine itself is told of; a provider has no parent by nature. */
const parents: Policy = {
  name: 'every resource belongs to a component',
  *find(resources): Generator<Found> {
    const components = new Set(resources.filter(({ custom }) => !custom).map(({ name }) => name));
    for (const resource of resources) {
      if (!resource.custom || resource.type.startsWith('pulumi:')) continue;
      if (resource.parent === '' || !components.has(resource.parent))
        yield [resource, 'has no component as its parent'];
      else if (resource.name !== resource.parent && !resource.name.startsWith(`${resource.parent}-`))
        yield [resource, `is a child of ${resource.parent} and does not carry its name`];
    }
  },
};

const quota: Policy = {
  name: 'the quota of a namespace has room for what is asked of it',
  *find(resources): Generator<Found> {
    for (const { resource, namespace, spec } of entities(resources).filter(({ kind }) => kind === 'ResourceQuota')) {
      const asked = askedOf(resources, namespace);
      for (const [key, total] of Object.entries(asked)) {
        const hard = amount(at(spec, 'hard', key));
        if (hard !== undefined && total > hard) yield [resource, `${key}: ${total} are asked for, ${hard} allowed`];
      }
    }
  },
};

function askedOf(resources: readonly Recorded[], namespace: string): Record<string, number> {
  const total: Record<string, number> = {
    pods: 0,
    'requests.cpu': 0,
    'requests.memory': 0,
    'limits.memory': 0,
  };
  const add = (key: string, value: number) => {
    total[key] = (total[key] ?? 0) + value;
  };
  for (const pod of pods(resources).filter((one) => one.namespace === namespace)) {
    const { resource, spec } = pod;
    const own = fields(resource.inputs.spec);
    const operated = resource.type.includes('monitoring.coreos.com');
    // Of what the operator makes each replica is listed, of our own one stands for all.
    const count = operated ? Number(own.shards ?? 1) : Number(own.replicas ?? 1);
    add('pods', count);
    const all = operated ? [own.resources, RELOADER] : containers(spec ?? {}).map((one) => one.fields.resources);
    for (const each of [...all, ...ofChart(pod)])
      for (const [side, what] of [
        ['requests', 'cpu'],
        ['requests', 'memory'],
        ['limits', 'memory'],
      ] as const)
        add(`${side}.${what}`, count * (amount(at(each, side, what)) ?? 0));
  }
  return total;
}

/** What the namespace's LimitRange gives a container that says nothing. */
const RELOADER = { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '256Mi' } };
const VALUES_OF: Readonly<Record<string, string>> = { operator: 'prometheusOperator' };

function ofChart({ resource, program }: Pod): unknown[] {
  const values = at(resource.inputs, 'values', VALUES_OF[program] ?? program);
  return [at(values, 'resources'), ...(program === 'grafana' ? Array(2).fill(at(values, 'sidecar', 'resources')) : [])];
}

export const protectionPolicies: readonly Policy[] = [protect, claims, inPlace, parents, quota];
