/**
 * Who is told by Grafana, from the same routes as Alertmanager's.
 *
 * A Grafana has one notification policy for everybody, so by default we leave it alone: each rule names its contact point and
 * timing itself. It can name one only; so the routes are walked here, for the labels that the rule is sure to have, and all
 * receivers on the way become one contact point. Who owns the whole Grafana may have the tree itself (`routing: tree`).
 */
import type { Stack } from '../../config/stack.ts';
import { decide, type Labels } from '../alertmanager/explain.ts';
import type { AlertmanagerPlan, AlertReceiver, AlertRoute } from '../alertmanager/types.ts';
import {
  contactPoint,
  contactPointName,
  existingContactPoint,
  integrationsOf,
  muteTiming,
  muteTimingName,
} from './contactPoints.ts';
import { grafanaDuration } from './duration.ts';
import type { ContactPoint, MuteTiming, NotificationPolicy, NotificationSettings, Timings } from './types.ts';

/** Grafana puts these two in front by itself (`NormalizedGroupBy`), and sorts the rest. */
const ALWAYS = ['grafana_folder', 'alertname'] as const;
const ALL_LABELS = '...';

export function groupBy(labels: Iterable<string>): string[] {
  const wanted = new Set(labels);
  if (wanted.has(ALL_LABELS)) return [ALL_LABELS];
  return [...ALWAYS, ...[...wanted].filter((label) => !ALWAYS.some((fixed) => fixed === label)).sort()];
}

/** What a rule's own labels are enough to decide: its receivers and how they want it. */
interface Delivery {
  readonly receivers: readonly AlertReceiver[];
  readonly timings: Timings;
  /** As the stack file calls them. */
  readonly muteTimes: readonly string[];
}

/** Whether this Grafana has a way to tell them anything. */
function isTold(stack: Stack, receiver: AlertReceiver): boolean {
  return existingContactPoint(stack, receiver.name) !== undefined || integrationsOf(stack, receiver).length > 0;
}

function deliveryOf(stack: Stack, alertmanager: AlertmanagerPlan, labels: Labels): Delivery | undefined {
  const byName = new Map(alertmanager.receivers.map((receiver) => [receiver.name, receiver]));
  const taken = decide(alertmanager, labels).steps.flatMap(({ route }) => {
    const receiver = byName.get(route.receiver);
    return receiver && isTold(stack, receiver) ? [{ route, receiver }] : [];
  });
  if (taken.length === 0) return undefined;
  // Our receiver is a record and wants things at once; where people are told too, their timing counts.
  const people = taken.filter(({ receiver }) => receiver.own === undefined);
  const routes = (people.length > 0 ? people : taken).map(({ route }) => route);
  const [first, ...others] = routes.map((route) => route.muteTimes);
  const muteTimes = (first ?? []).filter((name) => others.every((names) => names.includes(name)));
  const receivers = [...new Map(taken.map(({ receiver }) => [receiver.name, receiver])).values()];
  return { receivers, timings: timingsOf(stack, routes, muteTimes), muteTimes };
}

/** Of several routes the soonest and the finest, so that nobody hears later, or of less, than the stack file promises. */
function timingsOf(stack: Stack, routes: readonly AlertRoute[], muteTimes: readonly string[]): Timings {
  const soonest = (read: (route: AlertRoute) => number) => grafanaDuration(Math.min(...routes.map(read)));
  return {
    groupBy: groupBy(routes.flatMap((route) => route.groupBy)),
    groupWait: soonest((route) => route.groupWait),
    groupInterval: soonest((route) => route.groupInterval),
    repeatInterval: soonest((route) => route.repeatInterval),
    muteTimings: muteTimes.map((name) => muteTimingName(stack, name)),
  };
}

export interface Routing {
  /** `undefined` where the tree decides, or nobody is to be told. */
  settingsFor(labels: Labels): NotificationSettings | undefined;
  /** Those to be made for what has been asked for so far; all of them where the tree is ours. Sorted by name. */
  contactPoints(): ContactPoint[];
  /** Those that are there, as far as they are used. Sorted. */
  existingContactPoints(): string[];
  muteTimings(): MuteTiming[];
  readonly policy?: NotificationPolicy;
}

export function routingOf(stack: Stack, alertmanager: AlertmanagerPlan): Routing {
  return stack.grafana?.routing === 'tree' ? byTree(stack, alertmanager) : byRules(stack, alertmanager);
}

function byRules(stack: Stack, alertmanager: AlertmanagerPlan): Routing {
  const points = new Map<string, ContactPoint>();
  const existing = new Set<string>();
  const mutes = new Set<string>();
  return {
    settingsFor(labels) {
      const delivery = deliveryOf(stack, alertmanager, labels);
      if (!delivery) return undefined;
      for (const name of delivery.muteTimes) mutes.add(name);
      // It stands for all of them: a rule names one contact point, and nobody can add ours to another's.
      const [there] = delivery.receivers.flatMap(({ name }) => existingContactPoint(stack, name) ?? []);
      if (there !== undefined) existing.add(there);
      if (there !== undefined) return { contactPoint: there, ...delivery.timings };
      const point = contactPoint(stack, delivery.receivers);
      points.set(point.name, point);
      return { contactPoint: point.name, ...delivery.timings };
    },
    contactPoints: () => sorted(points.values()),
    existingContactPoints: () => [...existing].sort(),
    muteTimings: () => muteTimingsOf(stack, alertmanager, (name) => mutes.has(name)),
  };
}

function byTree(stack: Stack, alertmanager: AlertmanagerPlan): Routing {
  const told = alertmanager.receivers.filter((receiver) => isTold(stack, receiver));
  const made = told.filter(({ name }) => existingContactPoint(stack, name) === undefined);
  const [fallback] = [...told].sort((a, b) => Number(b.own !== undefined) - Number(a.own !== undefined));
  const pointOf = (receiver: string) => existingContactPoint(stack, receiver) ?? contactPointName(stack, [receiver]);
  const isHeard = ({ receiver, routes }: AlertRoute): boolean =>
    told.some(({ name }) => name === receiver) || routes.some(isHeard);
  const translate = (route: AlertRoute): NotificationPolicy => {
    // Grafana has no receiver that tells nobody; ours at least only records.
    const receiver = told.find(({ name }) => name === route.receiver) ?? fallback;
    return {
      contactPoint: pointOf(receiver?.name ?? route.receiver),
      matchers: route.matchers.map(({ label, op, value }) => ({ label, match: op, value })),
      ...timingsOf(stack, [route], route.muteTimes),
      continue: route.continue,
      policies: route.routes.filter(isHeard).map(translate),
    };
  };
  return {
    settingsFor: () => undefined,
    contactPoints: () => sorted(made.map((receiver) => contactPoint(stack, [receiver]))),
    existingContactPoints: () => [...new Set(Object.values(stack.grafana?.contactPoints ?? {}))].sort(),
    muteTimings: () => muteTimingsOf(stack, alertmanager, () => true),
    policy: translate(alertmanager.route),
  };
}

function muteTimingsOf(stack: Stack, { muteTimes }: AlertmanagerPlan, wanted: (name: string) => boolean): MuteTiming[] {
  return sorted(
    Object.entries(muteTimes)
      .filter(([name]) => wanted(name))
      .map(([name, intervals]) => muteTiming(stack, name, intervals)),
  );
}

function sorted<T extends { readonly name: string }>(items: Iterable<T>): T[] {
  return [...items].sort((a, b) => (a.name < b.name ? -1 : 1));
}
