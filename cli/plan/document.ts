/**
 * The plan as a document: what `diff` compares. Each revision of Chainwatch writes it by its own code, so its format is a promise: within a
 * format things may be added, never changed or removed; whoever changes one makes a new number.
 *
 * Durations are seconds, thresholds are in the alert's unit, all in the chain's own time (`timeScale` not applied).
 */
import { z } from 'zod';
import { selectionText } from '../../config/inCluster.ts';
import { formatMatcher } from '../../model/alertmanager/config.ts';
import type { AlertRoute } from '../../model/alertmanager/types.ts';
import type { Address } from '../../model/places.ts';
import type { ScrapeJob } from '../../model/plan/jobs.ts';
import type { Plan } from '../../model/plan/plan.ts';
import { oneLine } from '../../model/promql/syntax.ts';
import type { PlannedAlert, PlannedGroup } from '../../model/rules/instantiate.ts';
import { LIMIT_SERIES } from '../../model/rules/limitSeries.ts';
import { channelsOf, formatChannel } from '../channels.ts';
import { limitsOf } from './alert.ts';

const alertEntry = z.object({
  owner: z.string(),
  alert: z.string(),
  severity: z.string(),
  unit: z.string(),
  threshold: z.number().nullable(),
  op: z.string().nullable(),
  window: z.number().nullable(),
  for: z.number(),
  keepFiringFor: z.number(),
  engine: z.string(),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  /** In one line, to be looked at. */
  expr: z.string(),
  reading: z.string(),
  /** As it is evaluated, comments and all. Plans of older revisions are without it. */
  promql: z.string().optional(),
  /** Seconds between evaluations, where its group has its own. */
  interval: z.number().optional(),
});
export type AlertEntry = Readonly<z.infer<typeof alertEntry>>;

/** What the receivers of our own service are called, and no other may be. */
const OWN = 'chainwatch';

/** Things by a name that stays the same while they change. */
const section = z.record(z.string(), z.record(z.string(), z.json()));
export type Section = Readonly<z.infer<typeof section>>;

export const SECTIONS = [
  'networks',
  'routes',
  'receivers',
  'muteTimes',
  'inhibitions',
  'targets',
  'probes',
  'recordings',
  'dashboards',
  'services',
  'prometheus',
] as const;
export type SectionName = (typeof SECTIONS)[number];

export const FORMAT = 1;
export const planDocument = z.object({
  format: z.literal(FORMAT),
  stack: z.string(),
  timeScale: z.number(),
  alerts: z.record(z.string(), alertEntry),
  ...(Object.fromEntries(SECTIONS.map((name) => [name, section])) as Record<SectionName, typeof section>),
  secrets: z.array(z.string()),
});
export type PlanDocument = Readonly<z.infer<typeof planDocument>>;

/** @param plan in the chain's own time */
export function makeDocument(plan: Plan, timeScale: number): PlanDocument {
  const { alertmanager, prometheus } = plan;
  const { remoteWrite, externalLabels, ...settings } = prometheus;
  return planDocument.parse({
    format: FORMAT,
    stack: plan.environment,
    timeScale,
    alerts: byKey(plan.ruleGroups.flatMap(alertsOf)),
    networks: byKey(plan.networks.map(({ name, ...rest }) => [name, rest])),
    routes: byKey(routesBelow(alertmanager.route)),
    receivers: byKey(
      alertmanager.receivers.map((receiver) => {
        const { name, channels = {} } = receiver;
        return [name, { channels: channelsOf(receiver).map(formatChannel), settings: plain(channels) }];
      }),
    ),
    muteTimes: byKey(Object.entries(alertmanager.muteTimes).map(([name, times]) => [name, { times: plain(times) }])),
    inhibitions: byKey(
      alertmanager.inhibitRules.map(({ name, source, target, equal }) => [
        name,
        { source: source.map(formatMatcher), target: target.map(formatMatcher), equal: [...equal] },
      ]),
    ),
    targets: byKey(plan.scrapeJobs.flatMap(targetsOf)),
    probes: byKey(plan.probes.map(({ name, url, module, interval }) => [name, { url, module, interval }])),
    recordings: byKey(plan.ruleGroups.flatMap(recordingsOf)),
    dashboards: byKey(
      plan.dashboards.map(({ uid, title, folder, json }) => [uid, { title, folder, json: plain(json) }]),
    ),
    services: byKey([
      ...plan.services.map(({ name, port, settings }): [string, unknown] => [
        name,
        { port, settings: plain(settings) },
      ]),
      // In the alerts their pages are paths: one change of the place is one change.
      ...(plan.runbookBase === undefined ? [] : [['runbooks', { base: plan.runbookBase }] as [string, unknown]]),
    ]),
    prometheus: {
      settings: plain(settings),
      externalLabels: plain(externalLabels),
      remoteWrite: { to: plain(remoteWrite) },
    },
    secrets: [...plan.secrets],
  });
}

/** Of a stack that is not there: beside it everything of the other is new, or gone. */
export function emptyDocument(other: PlanDocument | undefined): PlanDocument {
  const sections = Object.fromEntries(SECTIONS.map((name) => [name, {}]));
  const { stack = '', timeScale = 1 } = other ?? {};
  return planDocument.parse({ format: FORMAT, stack, timeScale, alerts: {}, secrets: [], ...sections });
}

function alertsOf({ owner, engine, interval, rules }: PlannedGroup): [string, AlertEntry][] {
  const alerts = rules.filter((rule): rule is PlannedAlert => rule.kind === 'alert');
  return alerts.map(
    ({ name, severity, unit, keepFiringFor, labels, annotations: { limit: _, ...texts }, expr, ...rest }) => {
      // The limit in words says what threshold, window and `for` say: one change of one is one change.
      const entry = {
        ...{ owner, alert: name, severity, unit, ...limitsOf(expr), for: rest.for, keepFiringFor, engine },
        ...{ labels: { ...labels }, annotations: texts, expr: oneLine(expr), promql: expr },
        ...(interval === undefined ? {} : { interval }),
      };
      return [`${owner}/${name}`, entry];
    },
  );
}

function recordingsOf({ owner, rules }: PlannedGroup): [string, unknown][] {
  return rules.flatMap((rule) =>
    // A limit that is recorded is said by its alert.
    rule.kind === 'recording' && rule.name !== LIMIT_SERIES
      ? [[`${owner}/${rule.name}`, { expr: oneLine(rule.expr), labels: { ...rule.labels } }]]
      : [],
  );
}

/**
 * A route has no name: what leads to it is what tells it from the others. Those to our own receiver come and go with it, so they are
 * told apart from those of the stack file that match the same.
 */
function routesBelow(root: AlertRoute): [string, unknown][] {
  const below = ({ matchers, routes, ...route }: AlertRoute, above: readonly string[]): [string, unknown][] => {
    const ours = route.receiver === OWN || route.receiver.startsWith(`${OWN}/`);
    const way = matchers.length === 0 ? above : [...above, matchers.map(formatMatcher).join(', ')];
    const key = `${ours ? 'our receiver: ' : ''}${way.join(' → ') || 'everything'}`;
    return [[key, plain(route)], ...routes.flatMap((child) => below(child, way))];
  };
  const { routes, matchers: _, ...route } = root;
  return [['default', plain(route)], ...routes.flatMap((child) => below(child, []))];
}

function targetsOf({ name, labels, targets, interval, timeout, path }: ScrapeJob): [string, unknown][] {
  return targets.map(({ address, labels: own, path: ownPath = path }) => {
    const where = whereIs(address);
    return [
      `${name}/${own.instance ?? where}`,
      { address: where, path: ownPath, interval, timeout, labels: { ...labels, ...own } },
    ];
  });
}

function whereIs(address: Address): string {
  if ('host' in address) return address.host;
  return 'service' in address ? `our ${address.service}` : selectionText(address.selected);
}

/** Several of one name (two routes that match the same) are numbered, in their order. */
function byKey(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, value] of entries) {
    let unique = key;
    for (let number = 2; Object.hasOwn(result, unique); number += 1) unique = `${key} (${number})`;
    result[unique] = value;
  }
  return result;
}

/** As JSON has it: without what is undefined. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
