/** All that a stack has in a Grafana: the components put together, as the plan says. No cluster is needed for it. */
import * as pulumi from '@pulumi/pulumi';
import type { Dashboard } from '../model/dashboards/dashboard.ts';
import type { GrafanaPlan } from '../model/grafana/types.ts';
import type { Plan } from '../model/plan/plan.ts';
import { GrafanaNetwork } from './grafanaNetwork.ts';
import { grafanaProvider } from './grafanaProvider.ts';
import { GrafanaRouting } from './grafanaRouting.ts';
import type { SecretValues } from './secrets.ts';

export interface GrafanaMonitoringArgs {
  readonly grafana: GrafanaPlan;
  /** All of the plan; they are brought where `grafana.dashboards` says so. */
  readonly dashboards: readonly Dashboard[];
  /** Stands before the paths of runbooks. */
  readonly runbooks: string;
  readonly secrets: SecretValues;
}

export interface GrafanaCounts {
  readonly rules: number;
  readonly dashboards: number;
}

export class GrafanaMonitoring extends pulumi.ComponentResource {
  readonly url: string;
  /** By network, and of the environment itself under `system`. */
  readonly counts: Readonly<Record<string, GrafanaCounts>>;
  /** Of the folders, by the same names. */
  readonly folders: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, args: GrafanaMonitoringArgs, options?: pulumi.ComponentResourceOptions) {
    super('chainwatch:grafana:GrafanaMonitoring', name, {}, options);
    const { contactPoints, muteTimings, policy } = args.grafana;
    const told = { contactPoints, muteTimings, policy, secrets: args.secrets };
    const routing = new GrafanaRouting(`${name}-routing`, told, { parent: this });
    const networks = this.#networks(name, args, routing);
    this.url = args.grafana.url;
    this.counts = mapped(networks, ({ rules, dashboards }) => ({ rules, dashboards }));
    this.folders = mapped(networks, ({ url }) => url);
    this.registerOutputs({ url: this.url, counts: this.counts, folders: this.folders });
  }

  #networks(name: string, args: GrafanaMonitoringArgs, routing: GrafanaRouting): Record<string, GrafanaNetwork> {
    const { grafana, runbooks } = args;
    const dashboards = grafana.dashboards ? args.dashboards : [];
    const entries = grafana.folders.map((folder): [string, GrafanaNetwork] => [
      folder.owner,
      new GrafanaNetwork(
        `${name}-${folder.owner}`,
        {
          folder,
          ruleGroups: grafana.ruleGroups.filter(({ owner }) => owner === folder.owner),
          dashboards: dashboards.filter(({ owner }) => owner === folder.owner),
          adoptedDashboards: grafana.adoptedDashboards,
          runbooks,
        },
        // Grafana refuses a rule whose contact point there is not.
        { parent: this, dependsOn: [routing] },
      ),
    ]);
    return Object.fromEntries(entries);
  }
}

/** The Grafana of a stack, by a provider of its own; nothing where the stack file names none. */
export function deployGrafana(
  { grafana, dashboards }: Plan,
  runbooks: string,
  secrets: SecretValues,
): GrafanaMonitoring | undefined {
  if (grafana === undefined) return undefined;
  const provider = grafanaProvider('grafana', grafana, secrets);
  const args = { grafana, dashboards, runbooks, secrets };
  return new GrafanaMonitoring('chainwatch-grafana', args, { providers: [provider] });
}

function mapped<From, To>(all: Readonly<Record<string, From>>, read: (from: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(all).map(([key, value]) => [key, read(value)]));
}
