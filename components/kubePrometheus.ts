/** The Prometheus operator with what belongs to it, and the Prometheus and the Alertmanager that it runs for a stack. */
import * as pulumi from '@pulumi/pulumi';
import { type AlertmanagerFacts, alertmanagerSpec } from '../model/kubernetes/alertmanager.ts';
import { chartValues } from '../model/kubernetes/chartValues.ts';
import type { Edge } from '../model/kubernetes/edges.ts';
import type { ReceiversPlan } from '../model/kubernetes/exposure.ts';
import { PORT_NAME } from '../model/kubernetes/monitors.ts';
import { OBJECT, podLabels, RELEASES, secretObject } from '../model/kubernetes/names.ts';
import { prometheusSpec } from '../model/kubernetes/prometheus.ts';
import { charts, versions } from '../model/kubernetes/versions.ts';
import type { PrometheusPlan } from '../model/plan/plan.ts';
import { child, guarded, metadata, type Placement } from './base.ts';
import { grafanaAdmin } from './grafanaAdmin.ts';
import { type InstallationFacts, installationEdges } from './installationEdges.ts';
import * as k8s from './kubernetesKinds.ts';
import { networkPolicy } from './networkPolicy.ts';
import { operatorObject } from './operatorObject.ts';
import { prometheusIdentity } from './prometheusIdentity.ts';
import { pickSecrets, type SecretValues } from './secrets.ts';

export interface KubePrometheusArgs extends Placement {
  /** For node-exporter. */
  readonly nodesNamespace: string;
  readonly prometheus: PrometheusPlan;
  readonly alertmanager: Pick<AlertmanagerFacts, 'replicas' | 'retention' | 'secrets'>;
  /** Connections that Prometheus and Alertmanager make. */
  readonly egress: Readonly<Record<'prometheus' | 'alertmanager', readonly Edge[]>>;
  /** Namespaces of nodes that run in the cluster. @default none */
  readonly scraped?: readonly string[];
  /** Gates before them. @default none */
  readonly gates?: InstallationFacts['gates'];
  /** What Prometheus takes that is pushed. @default nothing */
  readonly receivers?: ReceiversPlan | undefined;
  /** What a person types to reach them. */
  readonly urls: Readonly<Record<'prometheus' | 'alertmanager', string>>;
  /** False adopts an operator that is there: then neither CRDs nor chart are installed. @default true */
  readonly install?: boolean;
  /** @default the version and OCI reference of `model/kubernetes/versions.ts` */
  readonly chart?: { readonly version?: string; readonly path?: string; readonly crdsPath?: string };
  /** Whether the chart's Grafana is wanted. @default false */
  readonly grafana?: boolean;
  /** What a person types to reach it. @default it is not told */
  readonly grafanaUrl?: string | undefined;
  /** Values of the secrets that remote write needs, by name. @default none */
  readonly secrets?: SecretValues;
  /** @default the cluster's */
  readonly storageClass?: string | undefined;
  /** Whether Prometheus, Alertmanager and the CRDs may not be deleted. @default false */
  readonly protect?: boolean;
}

export class KubePrometheus extends pulumi.ComponentResource {
  readonly prometheus: k8s.CustomResource;
  readonly alertmanager: k8s.CustomResource;
  /** What objects of the operator have to wait for. */
  readonly operator: readonly pulumi.Resource[];

  constructor(name: string, args: KubePrometheusArgs, options?: pulumi.ComponentResourceOptions) {
    super('chainwatch:kubernetes:KubePrometheus', name, {}, options);
    this.operator = args.install === false ? [] : this.#install(name, args);
    this.prometheus = this.#prometheus(name, args);
    this.alertmanager = this.#alertmanager(name, args);
    this.#services(name, args);
    this.#edges(name, args);
    this.registerOutputs({});
  }

  /** CRDs first and on their own: their record would be too large inside the other release, and they outlive it. */
  #install(name: string, args: KubePrometheusArgs): pulumi.Resource[] {
    const { chart = {}, stack, namespace, nodesNamespace, grafana = false } = args;
    const crds = new k8s.Release(
      `${name}-crds`,
      {
        name: RELEASES.crds,
        namespace,
        chart: chart.crdsPath ?? charts.crds.ref,
        ...(chart.crdsPath === undefined ? { version: charts.crds.version } : {}),
      },
      child(this, { retainOnDelete: true, ...(args.protect ? { protect: true } : {}) }),
    );
    const admin = grafana ? [grafanaAdmin(`${name}-grafana-admin`, args, child(this))] : [];
    const release = new k8s.Release(
      `${name}-chart`,
      {
        name: RELEASES.stack,
        namespace,
        chart: chart.path ?? charts.stack.ref,
        ...(chart.path === undefined ? { version: chart.version ?? charts.stack.version } : {}),
        skipCrds: true,
        values: chartValues({ stack, nodesNamespace, grafana, grafanaUrl: args.grafanaUrl }),
      },
      child(this, { dependsOn: [crds, ...admin] }),
    );
    return [crds, release];
  }

  #prometheus(name: string, args: KubePrometheusArgs) {
    const { prometheus, nodesNamespace, install = true, storageClass, urls, secrets = {}, protect = false } = args;
    const seen = { ...args, wholeCluster: install, namespaces: args.scraped ?? [] };
    const { account } = prometheusIdentity(`${name}-prometheus`, seen, child(this));
    const tokens = prometheus.remoteWrite.flatMap(({ token }) => (token ? [token.secret] : []));
    if (tokens.length > 0)
      new k8s.Secret(
        `${name}-prometheus-secrets`,
        {
          metadata: metadata(args, secretObject('prometheus')),
          stringData: pickSecrets(secrets, tokens, 'remote write of Prometheus'),
        },
        child(this),
      );
    const spec = prometheusSpec(prometheus, {
      stack: args.stack,
      namespace: args.namespace,
      version: versions.prometheus,
      ...(install ? { nodesNamespace } : {}),
      ...(storageClass === undefined ? {} : { storageClass }),
      externalUrl: urls.prometheus,
      serviceAccountName: account,
      ...(args.receivers === undefined ? {} : { receivers: args.receivers }),
    });
    const options = child(this, { dependsOn: [...this.operator], ...guarded(protect) });
    return operatorObject('Prometheus', `${name}-prometheus`, { metadata: metadata(args, OBJECT), spec }, options);
  }

  #alertmanager(name: string, args: KubePrometheusArgs) {
    const { stack, alertmanager, storageClass, urls, protect = false } = args;
    const spec = alertmanagerSpec({
      stack,
      ...alertmanager,
      version: versions.alertmanager,
      ...(storageClass === undefined ? {} : { storageClass }),
      externalUrl: urls.alertmanager,
    });
    const options = child(this, { dependsOn: [...this.operator], ...guarded(protect) });
    return operatorObject('Alertmanager', `${name}-alertmanager`, { metadata: metadata(args, OBJECT), spec }, options);
  }

  /** One address each: what the operator makes has no cluster address, and is found by no monitor of ours. */
  #services(name: string, args: Placement) {
    for (const [program, port] of [
      ['prometheus', 9090],
      ['alertmanager', 9093],
    ] as const) {
      const labels = podLabels(program);
      new k8s.Service(
        `${name}-${program}-service`,
        {
          metadata: metadata(args, program, labels),
          spec: { selector: labels, ports: [{ name: PORT_NAME, port, targetPort: PORT_NAME }] },
        },
        child(this),
      );
    }
  }

  #edges(name: string, args: KubePrometheusArgs) {
    const { install = true, grafana = false } = args;
    for (const facts of installationEdges({ ...args, install, grafana }))
      networkPolicy(`${name}-${facts.of}-edges`, facts, child(this));
  }
}
