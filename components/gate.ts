/** A gate: nginx that asks who comes, before programs that do not ask themselves. Restricted like every pod of ours. */
import * as pulumi from '@pulumi/pulumi';
import type { Edge, GateName, Source } from '../model/kubernetes/edges.ts';
import { GATE_FOLDER, GATE_PORT, HEALTH_PATH } from '../model/kubernetes/gate.ts';
import { gateCommand } from '../model/kubernetes/gateStart.ts';
import { PORT_NAME } from '../model/kubernetes/monitors.ts';
import type { MountPlan } from '../model/kubernetes/mounts.ts';
import { podLabels, SECRETS_PATH, secretObject } from '../model/kubernetes/names.ts';
import { GATE_REPLICAS } from '../model/kubernetes/quota.ts';
import { needs } from '../model/kubernetes/resources.ts';
import { containerSecurity, podSecurity } from '../model/kubernetes/security.ts';
import { images } from '../model/kubernetes/versions.ts';
import { child, fingerprint, metadata, type Placement } from './base.ts';
import * as k8s from './kubernetesKinds.ts';
import { filesOf, volumeMountsOf, volumesOf } from './mounts.ts';
import { networkPolicy } from './networkPolicy.ts';

export interface GateArgs extends Placement {
  /** What its objects are called. */
  readonly called: GateName;
  /** nginx.conf */
  readonly config: string;
  /** Files of its Secret, by name. @default none */
  readonly files?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Secrets that are there already, of which the files are named that nginx reads. @default none */
  readonly mounts?: readonly MountPlan[];
  /** Who may connect to it. */
  readonly from: Source;
  readonly egress: readonly Edge[];
  /** @default 2: while one is replaced the other answers */
  readonly replicas?: number;
  /** @default the pinned release of `model/kubernetes/versions.ts` */
  readonly image?: pulumi.Input<string> | undefined;
}

export class Gate extends pulumi.ComponentResource {
  /** `http://gate.<namespace>.svc:8080` */
  readonly url: string;

  constructor(name: string, args: GateArgs, options?: pulumi.ComponentResourceOptions) {
    super('chainwatch:kubernetes:Gate', name, {}, options);
    const { called, namespace, from, egress } = args;
    networkPolicy(`${name}-edges`, { ...args, of: called, ingress: [{ from, port: GATE_PORT }], egress }, child(this));
    this.#files(name, args);
    this.#pods(name, args);
    this.#service(name, args);
    this.url = `http://${called}.${namespace}.svc:${GATE_PORT}`;
    this.registerOutputs({ url: this.url });
  }

  #files(name: string, args: GateArgs) {
    const { called, config, files = {} } = args;
    new k8s.ConfigMap(
      `${name}-config`,
      { metadata: metadata(args, `${called}-config`), data: { 'nginx.conf': config } },
      child(this),
    );
    if (Object.keys(files).length > 0)
      new k8s.Secret(
        `${name}-secrets`,
        { metadata: metadata(args, secretObject(called)), stringData: { ...files } },
        child(this),
      );
  }

  #pods(name: string, args: GateArgs) {
    const { called, config, files = {}, replicas = GATE_REPLICAS } = args;
    const labels = podLabels(called);
    // nginx reads its files once, so a change of any of them has to roll the pods; what is there already it reads again by itself.
    const settings = pulumi.output({ config, ...files }).apply((all) => fingerprint(JSON.stringify(all)));
    new k8s.Deployment(
      `${name}-pods`,
      {
        metadata: metadata(args, called, labels),
        spec: {
          replicas,
          selector: { matchLabels: labels },
          template: {
            metadata: {
              labels: { ...metadata(args, '').labels, ...labels },
              annotations: { 'chainwatch/settings': settings },
            },
            spec: podOf(args, labels),
          },
        },
      },
      child(this),
    );
    if (replicas > 1)
      new k8s.PodDisruptionBudget(
        `${name}-disruption`,
        { metadata: metadata(args, called), spec: { maxUnavailable: 1, selector: { matchLabels: labels } } },
        child(this),
      );
  }

  #service(name: string, args: GateArgs) {
    const labels = podLabels(args.called);
    new k8s.Service(
      `${name}-service`,
      {
        metadata: metadata(args, args.called, labels),
        spec: { selector: labels, ports: [{ name: PORT_NAME, port: GATE_PORT, targetPort: PORT_NAME }] },
      },
      child(this),
    );
  }
}

function podOf({ called, files = {}, mounts = [], image = images.gate }: GateArgs, labels: Record<string, string>) {
  const secret = Object.keys(files).length > 0;
  const health = { httpGet: { path: HEALTH_PATH, port: PORT_NAME } };
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: { ...podSecurity },
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: labels },
      },
    ],
    containers: [
      {
        name: 'nginx',
        image,
        command: gateCommand(filesOf(mounts)),
        ports: [{ name: PORT_NAME, containerPort: GATE_PORT }],
        livenessProbe: { ...health, periodSeconds: 10 },
        readinessProbe: { ...health, periodSeconds: 5 },
        resources: needs.gate,
        securityContext: containerSecurity(),
        volumeMounts: [
          { name: 'config', mountPath: GATE_FOLDER, readOnly: true },
          { name: 'tmp', mountPath: '/tmp' },
          ...(secret ? [{ name: 'secrets', mountPath: SECRETS_PATH, readOnly: true }] : []),
          ...volumeMountsOf(mounts),
        ],
      },
    ],
    volumes: [
      { name: 'config', configMap: { name: `${called}-config` } },
      // Bodies on their way.
      { name: 'tmp', emptyDir: { sizeLimit: '512Mi' } },
      ...(secret ? [{ name: 'secrets', secret: { secretName: secretObject(called), defaultMode: 0o440 } }] : []),
      ...volumesOf(mounts),
    ],
  };
}
