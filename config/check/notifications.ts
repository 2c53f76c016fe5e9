/** Every receiver and mute time that is named must exist; every receiver that exists should be named. */
import { type Fault, type Path, unknownName } from '../faults.ts';
import type { Route } from '../notifications.ts';
import { ALL_READ, type Unread } from '../readable.ts';
import type { Stack } from '../stack.ts';

/** Names of receivers that every plan has. */
const TAKEN: ReadonlyMap<string, string> = new Map([
  ['chainwatch', 'our own receiver'],
  ['nobody', 'where nobody is told'],
]);
const ROOT = 'chainwatch:notifications';

export function checkNotifications({ notifications, grafana }: Stack, { within, touched }: Unread = ALL_READ): Fault[] {
  const paths = new Map<string, Path>([
    ...Object.keys(grafana?.contactPoints ?? {}).map((name): [string, Path] => [
      name,
      ['chainwatch:grafana', 'contactPoints', name],
    ]),
    ...Object.keys(notifications.receivers).map((name): [string, Path] => [name, [ROOT, 'receivers', name]]),
  ]);
  const receivers = [...paths.keys()];
  const mutes = Object.keys(notifications.muteTimes);
  const faults: Fault[] = [];
  const expect = (kind: string, name: string | undefined, known: readonly string[], path: Path) => {
    if (name !== undefined && !known.includes(name)) faults.push({ path, message: unknownName(kind, name, known) });
  };
  const visit = (route: Route, path: Path, inherited: boolean) => {
    expect('receiver', route.receiver, receivers, [...path, 'receiver']);
    if (route.receiver === undefined && !inherited && !within([...path, 'receiver']))
      faults.push({ path, message: 'names no receiver, nor does a route above it' });
    route.muteTimes?.forEach((mute, index) => {
      expect('mute time', mute, mutes, [...path, 'muteTimes', index]);
    });
    route.routes.forEach((inner, index) => {
      visit(
        inner,
        [...path, 'routes', index],
        inherited || route.receiver !== undefined || within([...path, 'receiver']),
      );
    });
  };
  notifications.routes.forEach((route, index) => {
    visit(route, [ROOT, 'routes', index], notifications.default !== undefined || within([ROOT, 'default']));
  });
  expect('receiver', notifications.default, receivers, [ROOT, 'default']);
  expect('receiver', notifications.watchdog.receiver, receivers, [ROOT, 'watchdog', 'receiver']);
  // One that could not be read may be the one that is named nowhere else.
  const allNamed = !['routes', 'default', 'watchdog'].some((field) => touched([ROOT, field]));
  for (const [name, path] of paths) {
    const taken = TAKEN.get(name);
    if (taken !== undefined) faults.push({ path, message: `"${name}" is ${taken}; choose another name` });
    else if (allNamed && !usedReceivers(notifications).has(name))
      faults.push({ path, message: 'no route leads here: add one, make it the default, or remove it' });
  }
  return faults;
}

function usedReceivers(notifications: Stack['notifications']): Set<string> {
  const used = new Set([notifications.default, notifications.watchdog.receiver].filter((name) => name !== undefined));
  const visit = (route: Route) => {
    if (route.receiver !== undefined) used.add(route.receiver);
    route.routes.forEach(visit);
  };
  notifications.routes.forEach(visit);
  return used;
}
