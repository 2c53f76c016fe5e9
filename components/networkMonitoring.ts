/** Everything that one network (or the environment itself) is watched by: what is scraped and probed, rules, dashboards. */
import * as pulumi from '@pulumi/pulumi';
import type { Dashboard } from '../model/dashboards/dashboard.ts';
import { DASHBOARD_LABEL, FOLDER_ANNOTATION } from '../model/kubernetes/chartValues.ts';
import { monitorsOf } from '../model/kubernetes/monitors.ts';
import { objectName } from '../model/kubernetes/names.ts';
import type { ClusterFacts } from '../model/kubernetes/places.ts';
import { probeSpec } from '../model/kubernetes/probes.ts';
import { prometheusRuleSpec } from '../model/kubernetes/rules.ts';
import type { Places } from '../model/places.ts';
import type { Probe, ScrapeJob } from '../model/plan/jobs.ts';
import type { PlannedGroup } from '../model/rules/instantiate.ts';
import { placeLinks } from '../model/runbooks.ts';
import { child, metadata, type Placement } from './base.ts';
import * as k8s from './kubernetesKinds.ts';
import { operatorObject } from './operatorObject.ts';

export interface NetworkMonitoringArgs extends Placement {
  /** The network's name, or `system`: all objects start with it. */
  readonly owner: string;
  readonly scrapeJobs: readonly ScrapeJob[];
  /** What the blackbox exporter asks. @default nothing */
  readonly probes?: readonly Probe[];
  /** Those of the other engine are left out. */
  readonly ruleGroups: readonly PlannedGroup[];
  /** For the Grafana in the cluster. @default none */
  readonly dashboards?: readonly Dashboard[];
  /** Stands before the paths of runbooks. */
  readonly runbooks: string;
  /** As Prometheus sees them. */
  readonly places: Places;
  /** Our programs that speak TLS: by which name, and whom to trust. @default none does */
  readonly secured?: ClusterFacts['secured'];
}

export class NetworkMonitoring extends pulumi.ComponentResource {
  /** How many targets the monitors of the network have, and how many rules. */
  readonly targets: number;
  readonly rules: number;

  constructor(name: string, args: NetworkMonitoringArgs, options?: pulumi.ComponentResourceOptions) {
    super('chainwatch:kubernetes:NetworkMonitoring', name, {}, options);
    this.#monitors(name, args);
    this.#probes(name, args);
    this.rules = this.#rules(name, args);
    this.#dashboards(name, args);
    this.targets = args.scrapeJobs.reduce((sum, { targets }) => sum + targets.length, 0);
    this.registerOutputs({ targets: this.targets, rules: this.rules });
  }

  #monitors(name: string, args: NetworkMonitoringArgs) {
    for (const monitor of args.scrapeJobs.flatMap((job) => monitorsOf(job, args.secured))) {
      const resource = `${name}-${monitor.name}`;
      const called = metadata(args, monitor.name);
      if (monitor.kind === 'ScrapeConfig')
        operatorObject('ScrapeConfig', resource, { metadata: called, spec: monitor.spec }, child(this));
      else if (monitor.kind === 'PodMonitor')
        operatorObject('PodMonitor', resource, { metadata: called, spec: monitor.spec }, child(this));
      else operatorObject('ServiceMonitor', resource, { metadata: called, spec: monitor.spec }, child(this));
    }
  }

  #probes(name: string, args: NetworkMonitoringArgs) {
    for (const probe of args.probes ?? []) {
      const called = metadata(args, objectName('probe', probe.name));
      const spec = probeSpec(probe, args.places);
      operatorObject('Probe', `${name}-probe-${probe.name}`, { metadata: called, spec }, child(this));
    }
  }

  #rules(name: string, args: NetworkMonitoringArgs): number {
    const spec = prometheusRuleSpec(args.ruleGroups, args.runbooks);
    const groups = spec.groups ?? [];
    if (groups.length > 0)
      operatorObject('PrometheusRule', `${name}-rules`, { metadata: metadata(args, args.owner), spec }, child(this));
    return groups.reduce((sum, { rules }) => sum + (rules?.length ?? 0), 0);
  }

  /** One ConfigMap each, since one may hold no more than a mebibyte. */
  #dashboards(name: string, args: NetworkMonitoringArgs) {
    for (const { uid, folder, json } of args.dashboards ?? []) {
      const called = metadata(args, objectName('dashboard', uid), { [DASHBOARD_LABEL]: '1' });
      const text = JSON.stringify(placeLinks(json, args.runbooks));
      new k8s.ConfigMap(
        `${name}-dashboard-${uid}`,
        {
          metadata: { ...called, annotations: { [FOLDER_ANNOTATION]: folder } },
          data: { [`${uid}.json`]: text },
        },
        child(this),
      );
    }
  }
}
