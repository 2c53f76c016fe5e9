/** The way of an alert that Grafana evaluates: by what the plan brings there, and not by what Alertmanager would do. */
import { parseDuration } from '../../config/duration.ts';
import { RECEIVER_TOKEN } from '../../config/ownTokens.ts';
import type { Labels } from '../../model/alertmanager/explain.ts';
import { holdsAt, type MuteTime } from '../../model/alertmanager/muteTimes.ts';
import type { AlertRoute } from '../../model/alertmanager/types.ts';
import type { GrafanaPlan, Integration, MuteInterval, NotificationPolicy, Timings } from '../../model/grafana/types.ts';
import type { Plan } from '../../model/plan/plan.ts';
import type { Told } from './explain.ts';
import type { KnownAlert } from './labels.ts';
import { describeMuteTime } from './muteTimes.ts';
import { type TracedRoute, traceRoutes } from './routes.ts';

export const OUR_RECEIVER = 'our receiver';

export interface GrafanaWay {
  readonly decidedBy: 'rule' | 'policy';
  readonly traced: readonly TracedRoute[];
  readonly told: readonly Told[];
}

/** @param labels of the alert, with those that a person gave: a rule has decided before it knows them, a policy goes by them */
export function grafanaWay(plan: Plan, alert: KnownAlert, labels: Labels, at: Date | undefined): GrafanaWay {
  const { grafana } = plan;
  if (grafana?.policy) return byPolicy(grafana, grafana.policy, labels, at);
  const own = new Set(plan.alertmanager.receivers.flatMap(({ name, own }) => (own ? [name] : [])));
  const traced = traceRoutes(plan.alertmanager.route, alert.labels);
  const settings = grafana && settingsOf(grafana, alert);
  return {
    decidedBy: 'rule',
    // What our receiver hears is in the rule's contact point or nowhere: a route to it would promise what nobody does.
    traced: traced.filter(({ route, path }) => path.length === 0 || !own.has(route.receiver)),
    told: grafana && settings ? [told(grafana, settings.contactPoint, settings, '', labels, at)] : [],
  };
}

function settingsOf({ ruleGroups }: GrafanaPlan, { owner, rule: { name } }: KnownAlert) {
  const rules = ruleGroups.filter((group) => group.owner === owner).flatMap((group) => group.rules);
  const found = rules.find(({ kind, title }) => kind === 'alert' && title === name);
  return found?.kind === 'alert' ? found.notificationSettings : undefined;
}

function byPolicy(grafana: GrafanaPlan, policy: NotificationPolicy, labels: Labels, at: Date | undefined): GrafanaWay {
  const policies = new Map<AlertRoute, NotificationPolicy>();
  const routeOf = (node: NotificationPolicy): AlertRoute => {
    const route: AlertRoute = {
      receiver: node.contactPoint,
      matchers: node.matchers.map(({ label, match: op, value }) => ({ label, op, value })),
      ...secondsOf(node),
      muteTimes: node.muteTimings,
      continue: node.continue,
      routes: node.policies.map(routeOf),
    };
    policies.set(route, node);
    return route;
  };
  const traced = traceRoutes(routeOf(policy), labels);
  const acting = traced.filter(({ outcome }) => outcome === 'acts');
  return {
    decidedBy: 'policy',
    traced,
    told: acting.flatMap(({ route, path }) => {
      const node = policies.get(route);
      return node ? [told(grafana, node.contactPoint, node, path.join('.'), labels, at)] : [];
    }),
  };
}

function secondsOf(timings: Timings) {
  return {
    groupBy: timings.groupBy,
    groupWait: parseDuration(timings.groupWait),
    groupInterval: parseDuration(timings.groupInterval),
    repeatInterval: parseDuration(timings.repeatInterval),
  };
}

function told(
  { contactPoints, muteTimings }: GrafanaPlan,
  contactPoint: string,
  timings: Timings,
  route: string,
  labels: Labels,
  at: Date | undefined,
): Told {
  const made = contactPoints.find(({ name }) => name === contactPoint);
  // Every alert of a rule is in the same folder, whose title may be somebody else's.
  const parted = timings.groupBy.filter((label) => label !== 'grafana_folder');
  const asked = parted.includes('...') ? Object.keys(labels) : parted;
  return {
    receiver: contactPoint,
    channels: made?.integrations.map(inWords) ?? [],
    ...(made ? {} : { existing: true }),
    route,
    ...secondsOf(timings),
    group: Object.fromEntries(asked.map((label) => [label, labels[label] ?? ''])),
    muteTimes: timings.muteTimings.map((name) => {
      const times = (muteTimings.find((timing) => timing.name === name)?.intervals ?? []).map(muteInterval);
      return { name, when: describeMuteTime(times), ...(at ? { holds: holdsAt(times, at) } : {}) };
    }),
  };
}

function muteInterval({ daysOfMonths, ...interval }: MuteInterval): MuteTime[number] {
  return { ...interval, ...(daysOfMonths ? { daysOfMonth: daysOfMonths } : {}) };
}

/** As `cli/channels.ts` words them; secrets by name only. */
function inWords(integration: Integration): string {
  const { type } = integration;
  switch (type) {
    case 'slack':
      return `slack ${integration.recipient ?? `secret ${integration.url.secret}`}`;
    case 'discord':
      return `discord secret ${integration.url.secret}`;
    case 'email':
      return `email ${integration.addresses.join(', ')}`;
    case 'pagerduty':
      return `pagerduty secret ${integration.integrationKey.secret}`;
    case 'telegram':
      return `telegram chat ${integration.chatId}`;
    case 'webhook': {
      const { url, authorizationCredentials } = integration;
      const address = typeof url === 'string' ? url : `secret ${url.secret}`;
      const ours = authorizationCredentials?.secret === RECEIVER_TOKEN;
      return `webhook ${ours ? `${OUR_RECEIVER}, ${address}` : address}`;
    }
  }
}
