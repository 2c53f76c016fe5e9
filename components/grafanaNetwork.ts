/** What a Grafana holds of one network, or of the environment: its folder, rules that Grafana evaluates, dashboards. */
import * as pulumi from '@pulumi/pulumi';
import type { Dashboard } from '../model/dashboards/dashboard.ts';
import type { GrafanaFolder, GrafanaRuleGroup } from '../model/grafana/types.ts';
import { placeLinks } from '../model/runbooks.ts';
import { child } from './base.ts';
import * as grafana from './grafanaKinds.ts';
import { canonicalJson, ruleArgs } from './grafanaRule.ts';

export interface GrafanaNetworkArgs {
  readonly folder: GrafanaFolder;
  /** @default none */
  readonly ruleGroups?: readonly GrafanaRuleGroup[];
  /** @default none */
  readonly dashboards?: readonly Dashboard[];
  /** UIDs of those dashboards that are there already and are to be replaced. @default none */
  readonly adoptedDashboards?: readonly string[];
  /** Stands before the paths of runbooks. */
  readonly runbooks: string;
}

export class GrafanaNetwork extends pulumi.ComponentResource {
  readonly folder: grafana.Folder;
  readonly url: pulumi.Output<string>;
  readonly rules: number;
  readonly dashboards: number;

  constructor(name: string, args: GrafanaNetworkArgs, options?: pulumi.ComponentResourceOptions) {
    super('chainwatch:grafana:GrafanaNetwork', name, {}, options);
    this.folder = this.#folder(name, args);
    this.#dashboards(name, args);
    this.#ruleGroups(name, args);
    this.url = this.folder.url;
    this.rules = (args.ruleGroups ?? []).reduce((sum, { rules }) => sum + rules.length, 0);
    this.dashboards = args.dashboards?.length ?? 0;
    this.registerOutputs({ url: this.url, rules: this.rules, dashboards: this.dashboards });
  }

  /** People put things of their own beside ours: a folder goes only when it is empty, and one that was there never. */
  #folder(name: string, { folder: { uid, title, adopted } }: GrafanaNetworkArgs) {
    const there = { import: uid, ignoreChanges: ['title', 'parentFolderUid', 'preventDestroyIfNotEmpty'] };
    return new grafana.Folder(
      `${name}-folder`,
      { uid, title, preventDestroyIfNotEmpty: true },
      child(this, adopted ? { ...there, retainOnDelete: true } : {}),
    );
  }

  /** `overwrite` only where the stack file says so: else a dashboard of somebody else with our UID would be gone in silence. */
  #dashboards(name: string, { dashboards = [], adoptedDashboards = [], runbooks }: GrafanaNetworkArgs) {
    for (const { uid, slug, json } of dashboards)
      new grafana.Dashboard(
        `${name}-dashboard-${slug}`,
        {
          folder: this.folder.uid,
          configJson: canonicalJson(placeLinks(json, runbooks)),
          ...(adoptedDashboards.includes(uid) ? { overwrite: true } : {}),
        },
        child(this),
      );
  }

  /**
   * A group is deleted before one takes its place: both hold rules of the same UIDs, so the new one takes them over, and then
   * the provider finds nothing to delete and fails.
   */
  #ruleGroups(name: string, { ruleGroups = [], runbooks }: GrafanaNetworkArgs) {
    for (const group of ruleGroups) {
      const called = group.title ?? group.name;
      const there = { import: `${group.folderUid}:${called}`, ignoreChanges: ['rules', 'intervalSeconds'] };
      new grafana.RuleGroup(
        `${name}-rules-${group.name}`,
        {
          name: called,
          folderUid: this.folder.uid,
          intervalSeconds: group.intervalSeconds,
          rules: group.rules.map((rule) => ruleArgs(rule, runbooks)),
        },
        child(this, { deleteBeforeReplace: true, ...(group.adopted ? there : {}) }),
      );
    }
  }
}
