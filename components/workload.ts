/** One of our services in a cluster: everything that all of them share, so that a service is data. */
import * as pulumi from '@pulumi/pulumi';
import { quantity } from '../model/kubernetes/claim.ts';
import type { WorkloadPlan } from '../model/kubernetes/cluster.ts';
import { PORT_NAME } from '../model/kubernetes/monitors.ts';
import { podLabels, secretObject } from '../model/kubernetes/names.ts';
import type { Resources } from '../model/kubernetes/resources.ts';
import { child, fingerprint, guarded, metadata, type Placement } from './base.ts';
import * as k8s from './kubernetesKinds.ts';
import { networkPolicy } from './networkPolicy.ts';
import { pickSecrets, type SecretValues } from './secrets.ts';
import { servicePod } from './servicePod.ts';

export interface WorkloadArgs extends Placement {
  readonly workload: WorkloadPlan;
  /** `registry/name@sha256:…` */
  readonly image: pulumi.Input<string>;
  /** Names of Secrets that its registry asks for. @default none: it is a public one */
  readonly imagePullSecrets?: readonly pulumi.Input<string>[];
  /** Values of the secrets that it reads, by name. @default none */
  readonly secrets?: SecretValues;
  /** @default 1; more than one needs a service that shares its state */
  readonly replicas?: number;
  /** Of its claim. @default the cluster's */
  readonly storageClass?: string | undefined;
  /** Whether its claim may not be deleted. @default false */
  readonly protect?: boolean;
  /** @default 50m of a processor, 128Mi, at most 512Mi */
  readonly resources?: Resources;
  /** The headless Service that names its pods, where it has a claim. @default its own Service, so that they have no names of their own */
  readonly governing?: string;
  /** The ServiceAccount whose token it carries. @default none */
  readonly account?: string | undefined;
}

export class Workload extends pulumi.ComponentResource {
  /** `http://name.namespace.svc:port`; `https:` where it speaks TLS */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: WorkloadArgs, options?: pulumi.ComponentResourceOptions) {
    super('chainwatch:kubernetes:Workload', name, {}, options);
    const { workload, namespace } = args;
    const settings = this.#settings(name, args);
    this.#secrets(name, args);
    this.#service(name, args);
    this.#pods(name, args, fingerprint(settings));
    networkPolicy(
      `${name}-edges`,
      {
        ...args,
        of: workload.name,
        ingress: [
          { from: workload.ingress, port: workload.port },
          ...(workload.from === undefined ? [] : [{ from: { namespaces: workload.from }, port: workload.port }]),
        ],
        egress: workload.egress,
      },
      child(this),
    );
    this.#disruption(name, args);
    const scheme = workload.secure === undefined ? 'http' : 'https';
    this.url = pulumi.output(`${scheme}://${workload.name}.${namespace}.svc:${workload.port}`);
    this.registerOutputs({ url: this.url });
  }

  #settings(name: string, args: WorkloadArgs): string {
    const text = `${JSON.stringify(args.workload.settings, null, 2)}\n`;
    new k8s.ConfigMap(
      `${name}-settings`,
      { metadata: metadata(args, `${args.workload.name}-settings`), data: { 'settings.json': text } },
      child(this),
    );
    return text;
  }

  /** Services read a secret's file again when it changes, so nothing about it needs to stand on the pods. */
  #secrets(name: string, args: WorkloadArgs) {
    const { workload, secrets = {} } = args;
    if (workload.secrets.length === 0) return;
    new k8s.Secret(
      `${name}-secrets`,
      {
        metadata: metadata(args, secretObject(workload.name)),
        stringData: pickSecrets(secrets, workload.secrets, workload.name),
      },
      child(this),
    );
  }

  #service(name: string, args: WorkloadArgs) {
    const { name: service, port } = args.workload;
    new k8s.Service(
      `${name}-service`,
      {
        metadata: metadata(args, service, podLabels(service)),
        spec: { selector: podLabels(service), ports: [{ name: PORT_NAME, port, targetPort: PORT_NAME }] },
      },
      child(this),
    );
  }

  /** A StatefulSet where something must outlive the pod, otherwise a Deployment. */
  #pods(name: string, args: WorkloadArgs, settings: string) {
    const { workload, replicas = 1, storageClass, protect = false } = args;
    const labels = podLabels(workload.name);
    const template = {
      metadata: {
        labels: { ...metadata(args, '').labels, ...labels },
        annotations: { 'chainwatch/settings': settings },
      },
      spec: servicePod(args),
    };
    const common = { replicas, selector: { matchLabels: labels }, template };
    const called = metadata(args, workload.name, labels);
    if (workload.storage === undefined) {
      new k8s.Deployment(`${name}-pods`, { metadata: called, spec: common }, child(this));
      return;
    }
    const claim = {
      metadata: { name: 'data' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
        resources: { requests: { storage: quantity(workload.storage) } },
      },
    };
    new k8s.StatefulSet(
      `${name}-pods`,
      {
        metadata: called,
        spec: {
          ...common,
          // Replicas that wait for each other to be ready would wait for ever where each needs another.
          ...(replicas > 1 ? { podManagementPolicy: 'Parallel' } : {}),
          serviceName: args.governing ?? workload.name,
          volumeClaimTemplates: [claim],
          // The claim outlives the set: whoever wants its data gone says so by hand.
          persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
        },
      },
      child(this, guarded(protect)),
    );
  }

  #disruption(name: string, args: WorkloadArgs) {
    const { workload, replicas = 1 } = args;
    // With one replica a budget would keep a node from ever being emptied.
    if (replicas < 2) return;
    new k8s.PodDisruptionBudget(
      `${name}-disruption`,
      {
        metadata: metadata(args, workload.name),
        spec: { maxUnavailable: 1, selector: { matchLabels: podLabels(workload.name) } },
      },
      child(this),
    );
  }
}
