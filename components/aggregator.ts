/** Our aggregator in a cluster: one replica, or several that share a log in NATS JetStream and agree by a Lease on who decides. */
import * as pulumi from '@pulumi/pulumi';
import { type AggregatorPlan, srvName } from '../model/kubernetes/aggregator.ts';
import type { WorkloadPlan } from '../model/kubernetes/cluster.ts';
import { podLabels, secretObject } from '../model/kubernetes/names.ts';
import { natsValues } from '../model/kubernetes/nats.ts';
import type { Resources } from '../model/kubernetes/resources.ts';
import { charts } from '../model/kubernetes/versions.ts';
import { child, fingerprint, metadata, type Placement } from './base.ts';
import * as k8s from './kubernetesKinds.ts';
import { networkPolicy } from './networkPolicy.ts';
import { pickSecrets, type SecretValues } from './secrets.ts';
import { Workload } from './workload.ts';

export interface AggregatorArgs extends Placement {
  /** As of a Workload; the settings of several replicas say how they share their log. */
  readonly workload: WorkloadPlan;
  /** `registry/name@sha256:…` */
  readonly image: pulumi.Input<string>;
  /** Names of Secrets that its registry asks for. @default none: it is a public one */
  readonly imagePullSecrets?: readonly pulumi.Input<string>[];
  /** Values of the secrets that it and its NATS read, by name. @default none */
  readonly secrets?: SecretValues;
  /** Of all claims. @default the cluster's */
  readonly storageClass?: string | undefined;
  /** Whether what holds data may not be deleted. @default false */
  readonly protect?: boolean;
  /** Of each replica. @default 50m of a processor, 128Mi, at most 512Mi */
  readonly resources?: Resources;
  /** How many replicas, their Lease, and the NATS that they share. @default one, which needs neither */
  readonly replication?: AggregatorPlan;
}

/** The port of the headless Service, and so what SRV records are asked for. */
const SRV_PORT = 'aggregator';

export class Aggregator extends pulumi.ComponentResource {
  /** `http://aggregator.<namespace>.svc:<port>`: any replica; `https:` where it speaks TLS. */
  readonly url: pulumi.Output<string>;
  /** What agents in the cluster give as `discovery.srv`. */
  readonly srv: string;

  constructor(name: string, args: AggregatorArgs, options?: pulumi.ComponentResourceOptions) {
    super('chainwatch:kubernetes:Aggregator', name, {}, options);
    const { workload, namespace, replication } = args;
    const account = replication === undefined ? undefined : this.#identity(name, args, replication.lease);
    const nats = replication?.nats === undefined ? [] : this.#nats(name, args, replication);
    this.#replicas(name, args);
    const own = new Workload(
      `${name}-workload`,
      { ...args, replicas: replication?.replicas ?? 1, governing: replicasOf(workload.name), account },
      { parent: this, dependsOn: nats },
    );
    this.srv = srvName(workload.name, namespace);
    this.url = own.url;
    this.registerOutputs({ url: this.url, srv: this.srv });
  }

  /** Each replica by its own name, so that a node finds another when one is away: DNS gives an SRV record of each that is ready. */
  #replicas(name: string, args: AggregatorArgs) {
    const { name: service, port } = args.workload;
    new k8s.Service(
      `${name}-replicas`,
      {
        metadata: metadata(args, replicasOf(service)),
        spec: {
          clusterIP: 'None',
          selector: podLabels(service),
          ports: [{ name: SRV_PORT, port, targetPort: port }],
        },
      },
      child(this),
    );
  }

  /** Who the replicas are, and the one thing that they may do: hold their own Lease. */
  #identity(name: string, args: AggregatorArgs, lease: string): string {
    const account = args.workload.name;
    const called = metadata(args, account);
    new k8s.ServiceAccount(`${name}-account`, { metadata: called }, child(this));
    const apiGroups = ['coordination.k8s.io'];
    new k8s.Role(
      `${name}-role`,
      {
        metadata: called,
        rules: [
          // A name cannot be asked for where there is nothing yet.
          { apiGroups, resources: ['leases'], verbs: ['create'] },
          { apiGroups, resources: ['leases'], resourceNames: [lease], verbs: ['get', 'update'] },
        ],
      },
      child(this),
    );
    new k8s.RoleBinding(
      `${name}-binding`,
      {
        metadata: called,
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: account },
        subjects: [{ kind: 'ServiceAccount', name: account, namespace: args.namespace }],
      },
      child(this),
    );
    return account;
  }

  /** NATS by its own chart, with as many servers as JetStream needs for its votes. */
  #nats(name: string, args: AggregatorArgs, { nats }: AggregatorPlan): pulumi.Resource[] {
    if (nats === undefined) return [];
    const { namespace, secrets = {}, storageClass, protect = false } = args;
    const picked = pickSecrets(secrets, [nats.token], 'NATS');
    const token = new k8s.Secret(
      `${name}-nats-secrets`,
      { metadata: metadata(args, secretObject('nats')), stringData: picked },
      child(this),
    );
    // Nobody finds the token by its mark, and without a secret in them the values can be read in a preview.
    const mark = pulumi.unsecret(pulumi.output(picked).apply((all) => fingerprint(JSON.stringify(all))));
    const release = new k8s.Release(
      `${name}-nats`,
      {
        name: 'nats',
        namespace,
        chart: nats.path ?? charts.nats.ref,
        ...(nats.path === undefined
          ? { version: charts.nats.version, repositoryOpts: { repo: charts.nats.repo } }
          : {}),
        values: natsValues({ ...nats, storageClass, secret: secretObject('nats'), mark }),
      },
      child(this, { dependsOn: [token], ...(protect ? { protect: true, retainOnDelete: true } : {}) }),
    );
    networkPolicy(
      `${name}-nats-edges`,
      {
        ...args,
        of: 'nats',
        ingress: [
          { from: [args.workload.name, 'nats'], port: 4222 },
          { from: ['nats'], port: 6222 },
        ],
        egress: [
          { to: 'nats', port: 4222 },
          { to: 'nats', port: 6222 },
        ],
      },
      child(this),
    );
    return [release];
  }
}

function replicasOf(service: string): string {
  return `${service}-replicas`;
}
