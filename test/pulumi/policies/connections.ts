/** The connections that programs make, read from what tells them to: settings, monitors, probes, where alerts go. */
import type { Recorded } from '../../../cli/render/record.ts';
import { type Pod, pods, selected } from './pods.ts';
import { at, type Entity, entities, list, selects, text } from './read.ts';
import { references } from './references.ts';

export interface Connection {
  readonly from: Pod;
  readonly to: Pod | 'anywhere';
  readonly port: number;
  readonly protocol?: string;
  readonly why: string;
}

export function* connections(resources: readonly Recorded[]): Generator<Connection> {
  const objects = entities(resources);
  const all = pods(resources);
  const ofKind = (wanted: string) => objects.filter(({ kind }) => kind === wanted);
  const services = ofKind('Service');
  for (const pod of all) {
    for (const [address, why] of addressesRead(pod, resources, objects))
      yield* toAddress(pod, address, why, services, all);
    const { resource, program } = pod;
    if (program === 'alertmanager' && Number(at(resource.inputs, 'spec', 'replicas') ?? 1) > 1)
      // Replicas tell each other what they sent: by UDP, and what is larger than a packet by TCP.
      for (const protocol of ['TCP', 'UDP'])
        yield { from: pod, to: pod, port: 9094, protocol, why: 'gossip of replicas' };
    if (program !== 'prometheus') continue;
    for (const { name, namespace, spec } of ofKind('ServiceMonitor'))
      for (const service of services.filter((one) => one.namespace === namespace && selects(spec.selector, one.labels)))
        yield* toService(pod, service, undefined, `ServiceMonitor ${name}`, all);
    for (const { name, spec } of ofKind('Probe'))
      yield* toAddress(pod, text(at(spec, 'prober', 'url')), `Probe ${name}`, services, all);
    for (const { name, spec } of ofKind('ScrapeConfig'))
      for (const target of list(spec.staticConfigs).flatMap((config) => list(at(config, 'targets'))))
        yield {
          from: pod,
          to: 'anywhere',
          port: Number(String(target).split(':').at(-1)),
          why: `ScrapeConfig ${name}`,
        };
    for (const target of list(at(resource.inputs, 'spec', 'alerting', 'alertmanagers')))
      for (const service of services.filter(({ name }) => name === text(at(target, 'name'))))
        yield* toService(pod, service, undefined, 'where alerts go', all);
  }
}

/** Addresses of Services in all that a program reads: its settings, and what the operator gives it. */
function* addressesRead(
  pod: Pod,
  resources: readonly Recorded[],
  objects: readonly Entity[],
): Generator<[string, string]> {
  const read = [...references(resources)].filter(({ from }) => from === pod.resource);
  for (const { kind, name, namespace } of read)
    for (const { inputs } of objects.filter(
      (one) => one.kind === kind && one.name === name && one.namespace === namespace,
    ))
      if (kind === 'ConfigMap' || kind === 'Secret')
        for (const [address] of JSON.stringify([at(inputs.data), at(inputs.stringData)]).matchAll(SERVICE))
          yield [address, `${kind} ${name}`];
}

/** `receiver.chainwatch.svc:2021` */
const SERVICE = /\b[a-z0-9-]+\.[a-z0-9-]+\.svc(?:\.cluster\.local)?:\d+/g;

function* toAddress(
  from: Pod,
  address: string,
  why: string,
  services: readonly Entity[],
  all: readonly Pod[],
): Generator<Connection> {
  const [host = '', port] = address.replace(/^https?:\/\//, '').split(':');
  const [name, namespace] = host.split('.');
  for (const service of services.filter((one) => one.name === name && one.namespace === namespace))
    yield* toService(from, service, Number(port), why, all);
}

/** @param at its own port; all of them where none is named */
function* toService(
  from: Pod,
  service: Entity,
  asked: number | undefined,
  why: string,
  all: readonly Pod[],
): Generator<Connection> {
  for (const port of list(service.spec.ports)) {
    if (asked !== undefined && Number(at(port, 'port')) !== asked) continue;
    const target = at(port, 'targetPort') ?? at(port, 'port');
    for (const to of selected(all, service.namespace, { matchLabels: service.spec.selector }))
      yield { from, to, port: to.ports.get(String(target)) ?? Number(target), why };
  }
}
