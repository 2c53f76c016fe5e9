/** All that a Grafana is to hold for one stack, dashboards apart (those every Grafana gets, whoever evaluates the rules). */
import type { Stack } from '../../config/stack.ts';
import type { AlertmanagerPlan } from '../alertmanager/types.ts';
import type { Dashboard } from '../dashboards/dashboard.ts';
import { dashboardDelivery } from '../dashboards/delivery.ts';
import type { PlannedGroup } from '../rules/instantiate.ts';
import { checkAdopted } from './adopt.ts';
import { withoutAlertSeries } from './alertSeries.ts';
import { folderOf } from './naming.ts';
import { routingOf } from './routing.ts';
import { networkOf, type PanelPlace, ruleGroup } from './rules.ts';
import type { GrafanaFolder, GrafanaPlan, GrafanaRuleGroup } from './types.ts';
import { assertUnique } from './uid.ts';

export interface GrafanaInputs {
  readonly stack: Stack;
  /** Those of engine `grafana` are taken. */
  readonly ruleGroups: readonly PlannedGroup[];
  readonly alertmanager: AlertmanagerPlan;
  readonly dashboards: readonly Dashboard[];
  /** Seconds. */
  readonly evaluationInterval: number;
}

/**
 * `undefined` where the stack file names no Grafana.
 * @throws DuplicateUidError, TemplateError; ConfigError where it adopts what the plan has not
 */
export function planGrafana(inputs: GrafanaInputs): GrafanaPlan | undefined {
  const { stack } = inputs;
  const { grafana } = stack;
  if (!grafana) return undefined;
  const own = inputs.ruleGroups.filter((group) => group.engine === 'grafana');
  const groups = withoutAlertSeries(own, inputs.evaluationInterval);
  const { provider } = dashboardDelivery(stack, inputs.dashboards);
  const brought = provider !== undefined;
  const dashboards = provider ?? [];
  checkAdopted(stack, groups, dashboards);
  const routing = routingOf(stack, inputs.alertmanager);
  const ruleGroups = groups.map((group) =>
    ruleGroup(group, {
      stack,
      dataSourceUid: grafana.dataSourceUid,
      folder: folderOf(stack, networkOf(group)),
      evaluationInterval: inputs.evaluationInterval,
      routing,
      panelOf: (alert) => panelOf(dashboards, group.owner, alert),
    }),
  );
  const owners = new Set([...groups, ...dashboards].map(({ owner }) => owner));
  const folders = [...owners].map((owner) => folderOf(stack, networkOf({ owner }))).sort(byUid);
  assertUniqueUids(ruleGroups, dashboards, folders);
  return {
    url: grafana.url,
    ...(grafana.auth ? { auth: grafana.auth } : {}),
    preflight: grafana.preflight,
    dataSourceUid: grafana.dataSourceUid,
    routing: grafana.routing,
    dashboards: brought,
    adoptedDashboards: brought ? Object.values(grafana.adopt.dashboards).sort() : [],
    folders,
    ruleGroups: ruleGroups.sort((a, b) => (`${a.folderUid} ${a.name}` < `${b.folderUid} ${b.name}` ? -1 : 1)),
    contactPoints: routing.contactPoints(),
    existingContactPoints: routing.existingContactPoints(),
    muteTimings: routing.muteTimings(),
    ...(routing.policy ? { policy: routing.policy } : {}),
  };
}

/** The panel in most depth: a component's rather than the overview's, which comes first among the dashboards of its owner. */
export function panelOf(dashboards: readonly Dashboard[], owner: string, alert: string): PanelPlace | undefined {
  const places = dashboards
    .filter((dashboard) => dashboard.owner === owner)
    .flatMap(({ uid, overview, panels }) =>
      panels
        .filter((panel) => panel.alerts.includes(alert))
        .map((panel) => ({ overview, place: { dashboardUid: uid, panelId: panel.id } })),
    );
  return (places.find(({ overview }) => !overview) ?? places[0])?.place;
}

function byUid(a: GrafanaFolder, b: GrafanaFolder): number {
  return a.uid < b.uid ? -1 : 1;
}

/** Rules are a name space of their own; dashboards and folders share one. */
function assertUniqueUids(
  groups: readonly GrafanaRuleGroup[],
  dashboards: readonly Dashboard[],
  folders: readonly GrafanaFolder[],
): void {
  assertUnique(
    groups.flatMap(({ name, rules }) => rules.map((rule) => [rule.uid, `rule ${rule.title} (${name})`] as const)),
  );
  assertUnique(
    groups.map(
      ({ owner, folderUid, name, title = name }) =>
        [`${folderUid}:${title}`, `rule group ${name} of ${owner}`] as const,
    ),
    'group',
  );
  assertUnique([
    ...dashboards.map(({ uid, title }) => [uid, `dashboard ${title}`] as const),
    ...folders.map(({ uid, title }) => [uid, `folder ${title}`] as const),
  ]);
}
