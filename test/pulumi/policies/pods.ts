/** Every pod that a stack brings about: those of its own workloads, those that the operator makes, those of the chart. */
import type { Recorded } from '../../../cli/render/record.ts';
import { at, type Entity, entities, type Fields, fields, list, releases, selects, stringsOf, text } from './read.ts';

export interface Pod {
  readonly resource: Recorded;
  /** `receiver`, `prometheus`. */
  readonly program: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Of our own workloads; the operator and the chart make the others. */
  readonly spec: Fields | undefined;
  /** At which it listens, by name. */
  readonly ports: ReadonlyMap<string, number>;
}

export function pods(resources: readonly Recorded[]): Pod[] {
  const objects = entities(resources);
  return [...objects.flatMap(ownPod), ...objects.flatMap(operatedPod), ...releases(resources).flatMap(chartPods)];
}

function ownPod(entity: Entity): Pod[] {
  const template = templateOf(entity);
  if (template === undefined) return [];
  const spec = fields(at(template, 'spec'));
  const ports = list(spec.containers)
    .flatMap((container) => list(at(container, 'ports')))
    .map((port): [string, number] => [text(at(port, 'name')), Number(at(port, 'containerPort'))]);
  return [
    {
      resource: entity.resource,
      program: entity.name,
      namespace: entity.namespace,
      labels: stringsOf(at(template, 'metadata', 'labels')),
      spec,
      ports: new Map(ports),
    },
  ];
}

function templateOf({ kind, spec, inputs }: Entity): unknown {
  switch (kind) {
    case 'Deployment':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'ReplicaSet':
    case 'Job':
      return spec.template;
    case 'CronJob':
      return at(spec, 'jobTemplate', 'spec', 'template');
    case 'Pod':
      return inputs;
    default:
      return undefined;
  }
}

const OPERATED: Readonly<Record<string, readonly (readonly [string, number])[]>> = {
  Prometheus: [['web', 9090]],
  Alertmanager: [
    ['web', 9093],
    ['mesh', 9094],
  ],
};

function operatedPod({ resource, kind, name, namespace, spec }: Entity): Pod[] {
  const ports = OPERATED[kind];
  if (ports === undefined) return [];
  const program = kind.toLowerCase();
  const labels = {
    ...stringsOf(at(spec, 'podMetadata', 'labels')),
    'app.kubernetes.io/name': program,
    'app.kubernetes.io/instance': name,
  };
  const called = ports.map(([port, number]): [string, number] => [port === 'web' ? text(spec.portName) : port, number]);
  // The StatefulSet's controller tells each of its pods from the others.
  return Array.from({ length: Number(spec.replicas ?? 1) }, (_, index) => ({
    resource,
    program,
    namespace,
    labels: { ...labels, 'statefulset.kubernetes.io/pod-name': `${program}-${name}-${index}` },
    spec: undefined,
    ports: new Map(called),
  }));
}

/** What the chart runs, by the labels that it gives: https://github.com/prometheus-community/helm-charts. */
function chartPods(resource: Recorded): Pod[] {
  const { chart, namespace, values } = resource.inputs;
  if (!/kube-prometheus-stack/.test(`${text(chart)} ${resource.inputs.name}`)) return [];
  const make = (program: string, name: string, port: readonly [string, number]): Pod => ({
    resource,
    program,
    namespace: text(at(values, program, 'namespaceOverride')) || text(namespace),
    labels: { ...stringsOf(at(values, program, 'podLabels')), 'app.kubernetes.io/name': name },
    spec: undefined,
    ports: new Map([port]),
  });
  return [
    make('operator', 'kube-prometheus-stack-prometheus-operator', ['http', 8080]),
    make('kube-state-metrics', 'kube-state-metrics', ['http', 8080]),
    make('prometheus-node-exporter', 'prometheus-node-exporter', ['http-metrics', 9100]),
    ...(at(values, 'grafana', 'enabled') === true ? [make('grafana', 'grafana', ['http-web', 3000])] : []),
  ];
}

export interface Container {
  readonly name: string;
  /** One that has to go on running, and so is asked how it is. */
  readonly lasting: boolean;
  readonly fields: Fields;
}

export function containers(spec: Fields): Container[] {
  const of = (key: string) => list(spec[key]).map(fields);
  const make = (each: Fields, lasting: boolean) => ({ name: text(each.name), lasting, fields: each });
  return [
    ...of('initContainers').map((each) => make(each, each.restartPolicy === 'Always')),
    ...of('containers').map((each) => make(each, true)),
  ];
}

/** The pods of a namespace that a selector of labels selects. */
export function selected(all: readonly Pod[], namespace: string, selector: unknown): Pod[] {
  return all.filter((pod) => pod.namespace === namespace && selects(selector, pod.labels));
}
