/** A whole stack in a cluster: the components put together, as the plan says. */
import * as pulumi from '@pulumi/pulumi';
import type { ClusterPlan } from '../model/kubernetes/cluster.ts';
import { gatesBefore } from '../model/kubernetes/exposure.ts';
import { clusterPlaces } from '../model/kubernetes/places.ts';
import type { Plan } from '../model/plan/plan.ts';
import { secretsIn } from '../model/plan/secrets.ts';
import { RECEIVER_TOKEN } from '../model/plan/services.ts';
import { runbookBase } from '../model/runbooks.ts';
import { Aggregator } from './aggregator.ts';
import { AlertRouting } from './alertRouting.ts';
import { child } from './base.ts';
import { BlackboxExporter } from './blackboxExporter.ts';
import { Exposure } from './exposure.ts';
import { imagePullSecret } from './imagePullSecret.ts';
import { Ingestion } from './ingestion.ts';
import { KubePrometheus } from './kubePrometheus.ts';
import { MonitoringNamespace } from './monitoringNamespace.ts';
import { NetworkMonitoring } from './networkMonitoring.ts';
import type { SecretValues } from './secrets.ts';
import { Workload } from './workload.ts';

export interface ClusterMonitoringArgs {
  readonly plan: Plan;
  readonly cluster: ClusterPlan;
  /** Values of all secrets that the plan names. */
  readonly secrets: SecretValues;
  /** Of our services, by digest. @default none: they are left out */
  readonly image?: pulumi.Input<string> | undefined;
}

export interface OwnerCounts {
  readonly targets: number;
  readonly rules: number;
}

export class ClusterMonitoring extends pulumi.ComponentResource {
  readonly namespace: string;
  readonly urls: Readonly<Record<'prometheus' | 'alertmanager', string>>;
  /** By network, and of the environment itself under `system`. */
  readonly counts: Readonly<Record<string, OwnerCounts>>;

  constructor(name: string, args: ClusterMonitoringArgs, options?: pulumi.ComponentResourceOptions) {
    super('chainwatch:kubernetes:ClusterMonitoring', name, {}, options);
    const { cluster } = args;
    const places = clusterPlaces(cluster.facts, 'prometheus');
    this.namespace = cluster.namespace;
    this.urls = { prometheus: places.publicUrl('prometheus'), alertmanager: places.publicUrl('alertmanager') };
    const namespace = this.#namespace(name, args);
    const routing = this.#routing(name, args, namespace);
    const operator = this.#operator(name, args, [namespace, routing]);
    const workloads = this.#workloads(name, args, namespace);
    this.#doors(name, args, [namespace, operator, ...workloads]);
    this.#probing(name, args, namespace);
    this.counts = this.#networks(name, args, operator);
    this.registerOutputs({ namespace: this.namespace, urls: this.urls, counts: this.counts });
  }

  #place({ cluster: { stack, namespace } }: ClusterMonitoringArgs) {
    return { stack, namespace };
  }

  #namespace(name: string, { cluster }: ClusterMonitoringArgs) {
    const { stack, namespace, nodesNamespace, protect, quota, nameServers } = cluster;
    const args = { stack, namespace, nodesNamespace, protect, quota, nameServers };
    return new MonitoringNamespace(`${name}-namespace`, args, { parent: this });
  }

  #routing(name: string, args: ClusterMonitoringArgs, namespace: MonitoringNamespace) {
    const { plan, cluster, secrets } = args;
    const places = clusterPlaces(cluster.facts, 'alertmanager');
    const secretNames = alertmanagerSecrets(plan);
    return new AlertRouting(
      `${name}-routing`,
      { ...this.#place(args), alertmanager: plan.alertmanager, places, secretNames, secrets },
      { parent: this, dependsOn: [namespace] },
    );
  }

  #operator(name: string, args: ClusterMonitoringArgs, dependsOn: pulumi.Resource[]) {
    const { plan, cluster, secrets } = args;
    const { nodesNamespace, egress, scraped, install, chart, grafana, storageClass, protect, alertmanagerReplicas } =
      cluster;
    return new KubePrometheus(
      `${name}-operator`,
      {
        ...this.#place(args),
        nodesNamespace,
        prometheus: plan.prometheus,
        alertmanager: {
          replicas: alertmanagerReplicas,
          retention: plan.alertmanager.retention,
          secrets: alertmanagerSecrets(plan).length > 0,
        },
        egress,
        scraped,
        gates: gatesOf(cluster),
        receivers: cluster.ingestion?.receivers,
        urls: this.urls,
        install,
        chart,
        grafana,
        grafanaUrl: cluster.facts.exposed?.grafana,
        secrets,
        storageClass,
        protect,
      },
      { parent: this, dependsOn },
    );
  }

  #workloads(name: string, args: ClusterMonitoringArgs, namespace: MonitoringNamespace): pulumi.Resource[] {
    const { cluster, image, secrets } = args;
    if (image === undefined) return [];
    const { storageClass, protect } = cluster;
    const imagePullSecrets = this.#pullSecrets(name, args, namespace);
    return cluster.workloads.map((workload) => {
      const facts = { ...this.#place(args), workload, image, imagePullSecrets, secrets, storageClass, protect };
      const called = `${name}-${workload.name}`;
      const options = { parent: this, dependsOn: [namespace] };
      if (workload.name !== 'aggregator') return new Workload(called, facts, options);
      const { aggregator } = cluster;
      return new Aggregator(called, { ...facts, ...(aggregator ? { replication: aggregator } : {}) }, options);
    });
  }

  #pullSecrets(name: string, args: ClusterMonitoringArgs, namespace: MonitoringNamespace): pulumi.Input<string>[] {
    const { cluster, secrets } = args;
    if (cluster.imagePullSecret === undefined) return [];
    const facts = { ...this.#place(args), imagePullSecret: cluster.imagePullSecret, secrets };
    return [imagePullSecret(`${name}-image-pull`, facts, child(this, { dependsOn: [namespace] }))];
  }

  /** Ways in from outside. After what they lead to: nginx asks for each Service by name, once, when it starts. */
  #doors(name: string, args: ClusterMonitoringArgs, dependsOn: pulumi.Resource[]) {
    const { secrets, cluster } = args;
    const { exposure, ingestion } = cluster;
    const common = { ...this.#place(args), secrets };
    const options = { parent: this, dependsOn };
    if (ingestion) new Ingestion(`${name}-ingestion`, { ...common, ingestion }, options);
    if (exposure) new Exposure(`${name}-exposure`, { ...common, exposure }, options);
  }

  #probing(name: string, args: ClusterMonitoringArgs, namespace: MonitoringNamespace) {
    const { probes } = args.plan;
    if (probes.length === 0) return;
    const pings = probes.some(({ module }) => module === 'icmp');
    const options = { parent: this, dependsOn: [namespace] };
    new BlackboxExporter(`${name}-blackbox`, { ...this.#place(args), pings }, options);
  }

  #networks(name: string, args: ClusterMonitoringArgs, operator: KubePrometheus): Record<string, OwnerCounts> {
    const { plan, cluster } = args;
    const places = clusterPlaces(cluster.facts, 'prometheus');
    const runbooks = runbookBase(plan, places);
    const owners = [...plan.networks.map((network) => network.name), 'system'];
    const entries = owners.map((owner): [string, OwnerCounts] => {
      const { targets, rules } = new NetworkMonitoring(
        `${name}-${owner}`,
        {
          ...this.#place(args),
          owner,
          scrapeJobs: plan.scrapeJobs.filter((job) => job.owner === owner),
          probes: plan.probes.filter((probe) => probe.owner === owner),
          ruleGroups: plan.ruleGroups.filter((group) => group.owner === owner),
          dashboards: cluster.dashboards.filter((dashboard) => dashboard.owner === owner),
          runbooks,
          places,
          secured: cluster.facts.secured,
        },
        { parent: this, dependsOn: [operator] },
      );
      return [owner, { targets, rules }];
    });
    return Object.fromEntries(entries);
  }
}

function gatesOf({ exposure, ingestion }: ClusterPlan) {
  const before = (program: string) => gatesBefore(program, exposure, ingestion);
  return { prometheus: before('prometheus'), alertmanager: before('alertmanager'), grafana: before('grafana') };
}

function alertmanagerSecrets({ alertmanager, services }: Plan): string[] {
  const own = services.some(({ name }) => name === 'receiver') ? [RECEIVER_TOKEN] : [];
  return [...new Set([...secretsIn(alertmanager), ...own])].sort();
}
