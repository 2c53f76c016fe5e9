/** Pod Security `restricted`, and what goes beyond: a root file system that nothing writes to, bounds, probes, no token, pinned images. */
import { images as pinned } from './images.ts';
import { type Container, containers, pods } from './pods.ts';
import { at, entities, type Fields, fields, list, text, texts } from './read.ts';
import type { Found, Policy } from './types.ts';

const VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];
const SYSCTLS = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_syncookies',
];

/** https://kubernetes.io/docs/concepts/security/pod-security-standards */
const restricted: Policy = {
  name: 'every pod meets Pod Security restricted',
  *find(resources): Generator<Found> {
    for (const { resource, spec } of pods(resources)) {
      // Of a pod that the operator makes, its object has the same fields; what its containers may do, the operator says.
      const pod = spec ?? (resource.type.includes('monitoring.coreos.com') ? fields(resource.inputs.spec) : undefined);
      if (pod === undefined) continue;
      for (const problem of podProblems(pod)) yield [resource, problem];
      for (const container of containers(pod))
        for (const problem of containerProblems(container, spec !== undefined)) yield [resource, problem];
    }
  },
};

function* podProblems(pod: Fields): Generator<string> {
  const security = fields(pod.securityContext);
  if (security.runAsNonRoot !== true) yield 'securityContext.runAsNonRoot is not true';
  if (security.runAsUser === 0) yield 'securityContext.runAsUser is root';
  if (at(security, 'seccompProfile', 'type') !== 'RuntimeDefault') yield 'seccompProfile is not RuntimeDefault';
  for (const host of ['hostNetwork', 'hostPID', 'hostIPC']) if (pod[host] === true) yield `${host} is set`;
  for (const volume of list(pod.volumes).map(fields))
    for (const kind of Object.keys(volume))
      if (kind !== 'name' && !VOLUMES.includes(kind)) yield `volume ${volume.name} is a ${kind}`;
  for (const sysctl of list(security.sysctls))
    if (!SYSCTLS.includes(text(at(sysctl, 'name')))) yield `sysctl ${at(sysctl, 'name')} is not a safe one`;
}

function* containerProblems({ name, fields: container }: Container, whole: boolean): Generator<string> {
  const security = fields(container.securityContext);
  const of = `container ${name}`;
  if (security.privileged === true) yield `${of} is privileged`;
  if (security.runAsNonRoot === false || security.runAsUser === 0) yield `${of} may run as root`;
  if (list(at(security, 'capabilities', 'add')).length > 0) yield `${of} adds capabilities`;
  for (const port of list(container.ports))
    if (at(port, 'hostPort') !== undefined) yield `${of} takes a port of the host`;
  const profile = at(security, 'seccompProfile', 'type');
  if (profile !== undefined && profile !== 'RuntimeDefault') yield `${of} has its own seccompProfile`;
  if (!whole) return;
  if (security.allowPrivilegeEscalation !== false) yield `${of}: allowPrivilegeEscalation is not false`;
  if (security.readOnlyRootFilesystem !== true) yield `${of}: readOnlyRootFilesystem is not true`;
  if (!texts(at(security, 'capabilities', 'drop')).includes('ALL')) yield `${of} does not drop ALL capabilities`;
}

const bounds: Policy = {
  name: 'every container asks for what it needs, and has a limit of memory',
  *find(resources): Generator<Found> {
    for (const { resource, spec } of pods(resources)) {
      if (resource.type.includes('monitoring.coreos.com')) {
        for (const problem of boundProblems(at(resource.inputs, 'spec', 'resources'))) yield [resource, problem];
        continue;
      }
      for (const { name, fields: container } of containers(spec ?? {}))
        for (const problem of boundProblems(container.resources)) yield [resource, `container ${name}: ${problem}`];
    }
  },
};

function* boundProblems(resources: unknown): Generator<string> {
  for (const path of [
    ['requests', 'cpu'],
    ['requests', 'memory'],
    ['limits', 'memory'],
  ])
    if (text(at(resources, ...path)) === '') yield `resources.${path.join('.')} is not set`;
  const [request, limit] = ['requests', 'limits'].map((side) => amount(at(resources, side, 'memory')));
  if (request !== undefined && limit !== undefined && request > limit) yield 'more memory is requested than allowed';
}

const UNITS: Readonly<Record<string, number>> = { '': 1, m: 1e-3, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

/** A quantity of Kubernetes: bytes, or processors. */
export function amount(quantity: unknown): number | undefined {
  const [, digits, unit] = /^([\d.]+)(m|[KMGT]i)?$/.exec(String(quantity ?? '')) ?? [];
  const factor = UNITS[unit ?? ''];
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}

const probes: Policy = {
  name: 'every container says whether it lives and is ready',
  *find(resources): Generator<Found> {
    for (const { resource, spec } of pods(resources))
      for (const { name, lasting, fields: container } of containers(spec ?? {})) {
        if (!lasting) continue;
        const ports = list(container.ports).flatMap((port) => [at(port, 'name'), at(port, 'containerPort')]);
        for (const probe of ['livenessProbe', 'readinessProbe']) {
          const asked = fields(container[probe]);
          if (Object.keys(asked).length === 0) yield [resource, `container ${name} has no ${probe}`];
          const port = at(asked, 'httpGet', 'port') ?? at(asked, 'tcpSocket', 'port');
          if (port !== undefined && !ports.includes(port))
            yield [resource, `container ${name}: its ${probe} asks at ${port}, where it does not listen`];
        }
      }
  },
};

const tokens: Policy = {
  name: 'no pod has a token of the API server that it does not use',
  *find(resources): Generator<Found> {
    const objects = entities(resources);
    const bound = objects
      .filter(({ kind }) => kind === 'RoleBinding' || kind === 'ClusterRoleBinding')
      .flatMap(({ inputs }) =>
        list(inputs.subjects).map((subject) => `${at(subject, 'namespace')}/${at(subject, 'name')}`),
      );
    for (const { resource, namespace, spec } of pods(resources)) {
      const operated = resource.type.includes('monitoring.coreos.com');
      if (spec === undefined && !operated) continue;
      const pod = spec ?? fields(resource.inputs.spec);
      if (pod.automountServiceAccountToken === false) continue;
      const account = text(pod.serviceAccountName) || 'default';
      if (!bound.includes(`${namespace}/${account}`))
        yield [resource, `automountServiceAccountToken is not false, and account ${account} may do nothing`];
    }
  },
};

export const podPolicies: readonly Policy[] = [restricted, bounds, probes, tokens, pinned];
