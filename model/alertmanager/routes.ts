/**
 * The tree of routes. In this order: the Watchdog goes where its absence is noticed; our own receiver stores everything; then
 * the routes of the stack file, where the first match wins, and the default where none does.
 */
import type { Notifications, Route } from '../../config/notifications.ts';
import type { DeepReadonly, Stack } from '../../config/stack.ts';
import { compressDuration } from '../rules/compress.ts';
import { inhibitRules } from './inhibition.ts';
import { retentionFor } from './retention.ts';
import type { AlertMatcher, AlertmanagerPlan, AlertReceiver, AlertRoute } from './types.ts';

/** Where nobody is to be told: Alertmanager wants a receiver for every route. */
export const NOBODY = 'nobody';
const OWN = 'chainwatch';
const WATCHDOG: AlertMatcher = { label: 'alertname', op: '=', value: 'Watchdog' };

type Settings = DeepReadonly<Notifications>;
type Timing = Pick<AlertRoute, 'groupBy' | 'groupWait' | 'groupInterval' | 'repeatInterval'>;

export function planAlertmanager(stack: Stack): AlertmanagerPlan {
  const settings = stack.notifications;
  const scale = stack.prometheus.timeScale;
  const times: Timing = {
    groupBy: settings.groupBy,
    groupWait: compressWait(settings.groupWait, scale),
    groupInterval: compressWait(settings.groupInterval, scale),
    repeatInterval: compressWait(settings.repeatInterval, scale),
  };
  const fallback = settings.default ?? NOBODY;
  const own = stack.services.receiver.enabled ? ownReceivers(stack) : [];
  const chosen = Object.entries(settings.receivers).map(([name, channels]): AlertReceiver => ({ name, channels }));
  // Whom only a Grafana knows how to tell: routes lead there, and Alertmanager says nothing.
  const elsewhere = Object.keys(stack.grafana?.contactPoints ?? {})
    .filter((name) => settings.receivers[name] === undefined)
    .map((name): AlertReceiver => ({ name }));
  const routes = [
    ...watchdogRoutes(settings, times, own.length > 0, scale),
    ...(own.length > 0 ? [ownRoute(stack, times)] : []),
    // In a node of their own: so the default acts only where none of them matched, though our record matched before.
    { ...leaf(fallback, [], times), routes: settings.routes.map((route) => userRoute(route, times, fallback, scale)) },
  ];
  const receivers = [...own, ...chosen, ...elsewhere, { name: NOBODY }].sort((a, b) => (a.name < b.name ? -1 : 1));
  const route = { ...leaf(fallback, [], times), routes };
  return { receivers, route, inhibitRules, muteTimes: settings.muteTimes, retention: retentionFor(route) };
}

/** Alertmanager takes no group interval of nothing; a second is as short as compressed time needs. */
function compressWait(seconds: number, timeScale: number): number {
  return timeScale === 1 || seconds === 0 ? seconds : Math.max(1, compressDuration(seconds, timeScale));
}

function leaf(receiver: string, matchers: readonly AlertMatcher[], timing: Timing): AlertRoute {
  return { receiver, matchers, ...timing, muteTimes: [], continue: false, routes: [] };
}

/** The Watchdog is repeated at its own interval, to our receiver and to somebody outside; nothing mutes it. */
function watchdogRoutes(settings: Settings, times: Timing, own: boolean, scale: number): AlertRoute[] {
  const interval = compressWait(settings.watchdog.interval, scale);
  // Alertmanager repeats only at a flush of the group, so the group's interval decides and the repeat must be shorter.
  const timing = { ...times, groupWait: 0, groupInterval: interval, repeatInterval: Math.max(1, interval / 2) };
  const outside = settings.watchdog.receiver;
  const receivers = [...(own ? [`${OWN}/system`] : []), ...(outside === undefined ? [] : [outside])];
  return (receivers.length === 0 ? [NOBODY] : receivers).map((receiver, index, all) => ({
    ...leaf(receiver, [WATCHDOG], timing),
    continue: index < all.length - 1,
  }));
}

function ownPaths(stack: Stack): { readonly chain?: string; readonly critical: boolean; readonly path: string }[] {
  const chains = [...new Set(stack.networks.map((network) => network.chain))].sort();
  return [
    ...chains.flatMap((chain) => [
      { chain, critical: true, path: `/${chain}/critical` },
      { chain, critical: false, path: `/${chain}` },
    ]),
    { chain: 'system', critical: false, path: '/system' },
    { critical: true, path: '/critical' },
    { critical: false, path: '' },
  ];
}

function ownReceivers(stack: Stack): AlertReceiver[] {
  return ownPaths(stack).map(({ path }) => ({
    name: `${OWN}${path}`,
    own: { address: { service: 'receiver' }, path: `/webhook${path}` },
  }));
}

/** Seconds. What our receiver is not told again for several of these has ended without a word, as when Prometheus was restarted. */
export const RECORD_REPEAT = 300;

/** Our receiver is a record, not a person: it hears of everything, soon, and of each alert by itself. */
function ownRoute(stack: Stack, times: Timing): AlertRoute {
  const timing = {
    ...times,
    groupWait: Math.min(times.groupWait, 1),
    groupInterval: Math.min(times.groupInterval, 10),
    repeatInterval: compressWait(RECORD_REPEAT, stack.prometheus.timeScale),
  };
  const routes = ownPaths(stack).map(({ chain, critical, path }) => {
    const matchers: AlertMatcher[] = [
      ...(chain === undefined ? [] : [{ label: 'chain', op: '=' as const, value: chain }]),
      ...(critical ? [{ label: 'severity', op: '=' as const, value: 'critical' }] : []),
    ];
    return leaf(`${OWN}${path}`, matchers, timing);
  });
  return { ...leaf(OWN, [], timing), continue: true, routes };
}

function userRoute(route: DeepReadonly<Route>, inherited: Timing, fallback: string, scale: number): AlertRoute {
  const pick = (value: number | undefined, otherwise: number) =>
    value === undefined ? otherwise : compressWait(value, scale);
  const timing: Timing = {
    groupBy: route.groupBy ?? inherited.groupBy,
    groupWait: pick(route.groupWait, inherited.groupWait),
    groupInterval: pick(route.groupInterval, inherited.groupInterval),
    repeatInterval: pick(route.repeatInterval, inherited.repeatInterval),
  };
  const receiver = route.receiver ?? fallback;
  return {
    ...leaf(receiver, matchersOf(route), timing),
    // Not inherited, as in Alertmanager: who mutes warnings must not mute, without a word, a critical route below.
    muteTimes: route.muteTimes ?? [],
    continue: route.continue,
    routes: route.routes.map((inner) => userRoute(inner, timing, receiver, scale)),
  };
}

function matchersOf(route: DeepReadonly<Route>): AlertMatcher[] {
  const equal = Object.entries(route.match).map(
    ([label, value]): AlertMatcher =>
      typeof value === 'string'
        ? { label, op: '=', value }
        : { label, op: '=~', value: value.map(escapeRegex).join('|') },
  );
  const patterns = Object.entries(route.matchRegex).map(([label, value]): AlertMatcher => ({ label, op: '=~', value }));
  return [...equal, ...patterns].sort((a, b) => (a.label < b.label ? -1 : 1));
}

function escapeRegex(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
