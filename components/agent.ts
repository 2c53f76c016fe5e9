/** Our agent in a cluster: in the pod of each node that it stands beside, or in a pod of its own on each machine that runs nodes. */
import * as pulumi from '@pulumi/pulumi';
import {
  AGENT_PORT,
  type AgentFacts,
  type AgentSettings,
  agentContainer,
  agentSettings,
  agentSidecar,
} from '../model/kubernetes/agent.ts';
import type { Edge } from '../model/kubernetes/edges.ts';
import { podLabels, secretObject } from '../model/kubernetes/names.ts';
import type { Resources } from '../model/kubernetes/resources.ts';
import { podSecurity } from '../model/kubernetes/security.ts';
import { child, fingerprint, metadata, type Placement } from './base.ts';
import * as k8s from './kubernetesKinds.ts';
import { networkPolicy } from './networkPolicy.ts';

/** On which machines an agent runs in a pod of its own. */
export interface Machines {
  /** Labels of them. @default all */
  readonly labels?: Readonly<Record<string, string>>;
  /** Taints that keep other pods away from them. @default none */
  readonly tolerations?: readonly {
    readonly key: string;
    readonly operator: 'Exists' | 'Equal';
    readonly value?: string;
    readonly effect?: 'NoSchedule' | 'NoExecute';
  }[];
}

export interface AgentArgs extends Placement {
  /** As in its settings file: `source`, `aggregators` or `discovery`, and what differs from the defaults. */
  readonly settings: AgentSettings;
  /** `registry/name@sha256:…` */
  readonly image: pulumi.Input<string>;
  /** Names of Secrets that its registry asks for. @default none: it is a public one */
  readonly imagePullSecrets?: readonly pulumi.Input<string>[];
  /** What it shows to the aggregators. @default nothing */
  readonly token?: pulumi.Input<string>;
  /** A Secret with `ca.crt`, and with `tls.crt` and `tls.key` where `client` says that it shows them. @default what the system trusts */
  readonly certificates?: AgentFacts['certificates'];
  /** Bytes that may wait for an aggregator. @default 256 MiB */
  readonly queue?: number;
  /** A volume of the node's pod where what waits outlives it. Not for `machines`. @default a folder that goes with the pod */
  readonly queueVolume?: string;
  /** @default 50m of a processor, 128Mi, at most 512Mi */
  readonly resources?: Resources;
  /** Where it runs in pods of its own. @default nowhere: `sidecar` stands in the pods of the nodes */
  readonly machines?: Machines;
  /** Namespaces whose Prometheus scrapes pods of its own. @default none */
  readonly scrapedFrom?: readonly string[];
  /** Where pods of its own connect to. @default anywhere: a node on its machine, name servers and aggregators */
  readonly egress?: readonly Edge[];
}

export class Agent extends pulumi.ComponentResource {
  /** What the pod of a node takes in: a container, and its volumes. The pod's `fsGroup` must be 65534. */
  readonly sidecar: ReturnType<typeof agentSidecar<pulumi.Input<string>>>;

  /** @throws RunError for a `queueVolume` with `machines` */
  constructor(name: string, args: AgentArgs, options?: pulumi.ComponentResourceOptions) {
    super('chainwatch:kubernetes:Agent', name, {}, options);
    const { token, machines, queueVolume, image } = args;
    if (machines !== undefined && queueVolume !== undefined)
      throw new pulumi.RunError(`Agent ${name}: queueVolume is a volume of a node's pod; leave it out with machines`);
    const facts: AgentFacts = { ...args, token: token !== undefined };
    const settings = `${JSON.stringify(agentSettings(facts), null, 2)}\n`;
    new k8s.ConfigMap(
      `${name}-settings`,
      { metadata: metadata(args, 'agent-settings'), data: { 'settings.json': settings } },
      child(this),
    );
    if (token !== undefined)
      new k8s.Secret(
        `${name}-secrets`,
        { metadata: metadata(args, secretObject('agent')), stringData: { token: pulumi.secret(token) } },
        child(this),
      );
    if (machines !== undefined) this.#pods(name, args, { facts, machines, settings: fingerprint(settings) });
    this.sidecar = agentSidecar(facts, image);
    this.registerOutputs({ sidecar: this.sidecar });
  }

  #pods(
    name: string,
    args: AgentArgs,
    { facts, machines, settings }: { facts: AgentFacts; machines: Machines; settings: string },
  ) {
    const { image, imagePullSecrets = [], scrapedFrom = [], egress = [{ to: 'anywhere', ports: [] }] } = args;
    const labels = podLabels('agent');
    const { labels: nodeSelector, tolerations = [] } = machines;
    new k8s.DaemonSet(
      `${name}-pods`,
      {
        metadata: metadata(args, 'agent', labels),
        spec: {
          selector: { matchLabels: labels },
          template: {
            metadata: {
              labels: { ...metadata(args, '').labels, ...labels },
              annotations: { 'chainwatch/settings': settings },
            },
            spec: {
              automountServiceAccountToken: false,
              enableServiceLinks: false,
              ...(imagePullSecrets.length > 0 ? { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) } : {}),
              ...(nodeSelector === undefined ? {} : { nodeSelector: { ...nodeSelector } }),
              ...(tolerations.length === 0 ? {} : { tolerations: tolerations.map((each) => ({ ...each })) }),
              securityContext: { ...podSecurity },
              // Longer than it takes to push what it holds.
              terminationGracePeriodSeconds: 30,
              containers: [agentContainer(facts, image)],
              volumes: agentSidecar(facts, image).volumes,
            },
          },
        },
      },
      child(this),
    );
    networkPolicy(
      `${name}-edges`,
      {
        ...args,
        of: 'agent',
        ingress: scrapedFrom.length > 0 ? [{ from: { namespaces: scrapedFrom }, port: AGENT_PORT }] : [],
        egress,
      },
      child(this),
    );
  }
}
