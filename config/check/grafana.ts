/** What networks whose alerts Grafana evaluates need: a Grafana, somebody whom it tells, and routes that it can decide. */
import type { Fault, Path } from '../faults.ts';
import type { Route } from '../notifications.ts';
import type { Stack } from '../stack.ts';

const ROOT = 'chainwatch:notifications';
const SECTION = 'chainwatch:grafana';
/** Labels that only the series of an alert have, never its rule. */
const KNOWN_WHEN_IT_FIRES = ['instance', 'job'];
/** Levels below the root that the provider can write (`supportedPolicyTreeDepth`); ours stand in the first. */
const DEEPEST_ROUTE = 4;

/** @param readable whether `chainwatch:grafana` could be read; where it could not, one fault about it is enough */
export function checkGrafana(stack: Stack, readable: boolean): Fault[] {
  const networks = stack.networks.filter((network) => network.engine === 'grafana');
  const tree = stack.grafana?.routing === 'tree';
  const byRules = stack.grafana?.routing === 'rules' && networks.length > 0;
  const { routes } = stack.notifications;
  return [
    ...(stack.grafana === undefined && readable ? networks.map(({ name }) => missingGrafana(name)) : []),
    ...(tree || networks.length > 0 ? nobodyTold(stack) : []),
    ...(byRules ? [...undecidable(routes), ...several(stack, routes)] : []),
    ...(tree ? tooDeep(routes) : []),
    ...onlyInGrafana(stack),
    ...inCluster(stack),
  ];
}

function missingGrafana(network: string): Fault {
  return {
    path: ['chainwatch:networks', network, 'engine'],
    message:
      'no Grafana is named that could evaluate its alerts: add chainwatch:grafana with its url, or use prometheus',
  };
}

/** Alertmanager may tell nobody; Grafana has no such receiver. */
function nobodyTold({ notifications, services, grafana }: Stack): Fault[] {
  if (grafana === undefined || notifications.default !== undefined) return [];
  if (services.receiver.enabled && grafana.receiverUrl !== undefined) return [];
  return [
    {
      path: [ROOT, 'default'],
      message:
        'alerts of Grafana need somebody to tell: name a receiver here, or say in chainwatch:grafana.receiverUrl where it reaches our own',
    },
  ];
}

/** With `routing: rules` each rule names its receiver before anything fires. */
function undecidable(routes: readonly Route[], path: Path = [ROOT, 'routes']): Fault[] {
  return routes.flatMap((route, index) => {
    const here = [...path, index];
    const own = (['match', 'matchRegex'] as const).flatMap((kind) =>
      KNOWN_WHEN_IT_FIRES.filter((label) => label in route[kind]).map((label) => ({
        path: [...here, kind, label],
        message: `a rule of Grafana cannot be routed by "${label}", which only the firing alert has: set routing: tree in chainwatch:grafana, or route by another label`,
      })),
    );
    return [...own, ...undecidable(route.routes, [...here, 'routes'])];
  });
}

/** A rule names one contact point. Ours can stand for several receivers; one that is there already is as it is. */
function several(
  { grafana }: Pick<Stack, 'grafana'>,
  routes: readonly Route[],
  path: Path = [ROOT, 'routes'],
): Fault[] {
  const existing = Object.keys(grafana?.contactPoints ?? {});
  return routes.flatMap((route, index) => {
    const here = [...path, index];
    const inner = several({ grafana }, route.routes, [...here, 'routes']);
    if (!route.continue) return inner;
    const first = receiversOf([route]);
    const later = receiversOf(routes.slice(index + 1));
    const pair = first.flatMap((a) => later.filter((b) => a !== b && (existing.includes(a) || existing.includes(b))));
    if (pair.length === 0) return inner;
    const named = [...new Set([...first, ...later])].filter((name) => existing.includes(name)).join(', ');
    const message = `a rule of Grafana names one contact point, and that of ${named} is there already, so nobody can be told beside it: set routing: tree in ${SECTION}, or end here`;
    return [{ path: [...here, 'continue'], message }, ...inner];
  });
}

function receiversOf(routes: readonly Route[]): string[] {
  return routes.flatMap(({ receiver, routes: inner }) => [
    ...(receiver === undefined ? [] : [receiver]),
    ...receiversOf(inner),
  ]);
}

function tooDeep(routes: readonly Route[], path: Path = [ROOT, 'routes'], level = 1): Fault[] {
  return routes.flatMap(({ routes: inner }, index) => {
    if (inner.length === 0) return [];
    const here = [...path, index, 'routes'];
    if (level < DEEPEST_ROUTE) return tooDeep(inner, here, level + 1);
    const message = `Grafana's policy can be written ${DEEPEST_ROUTE} routes deep: put these beside the route above, with what it matches`;
    return [{ path: here, message }];
  });
}

/** A receiver that is nothing but a contact point of Grafana: Alertmanager could tell nobody by it. */
function onlyInGrafana({ grafana, notifications, networks, kubernetes }: Stack): Fault[] {
  const owners = [
    ...networks.filter(({ engine }) => engine === 'prometheus').map(({ name }) => name),
    ...(kubernetes === undefined ? [] : ['the monitoring itself']),
  ];
  if (owners.length === 0) return [];
  return Object.keys(grafana?.contactPoints ?? {})
    .filter((name) => notifications.receivers[name] === undefined)
    .map((name) => ({
      path: [SECTION, 'contactPoints', name],
      message: `is no receiver of chainwatch:notifications, and Prometheus evaluates the alerts of ${owners.join(', ')}: give ${name} a channel there too`,
    }));
}

function inCluster({ grafana, kubernetes }: Stack): Fault[] {
  const faults: Fault[] = [];
  const dashboards = grafana?.dashboards;
  if (kubernetes === undefined && dashboards !== undefined && dashboards !== 'provider')
    faults.push({
      path: [SECTION, 'dashboards'],
      message: `${dashboards} needs a cluster for the ConfigMaps, and the stack file names none: set chainwatch:kubernetes, or choose provider`,
    });
  if (kubernetes?.grafana && !kubernetes.install)
    faults.push({
      path: ['chainwatch:kubernetes', 'grafana'],
      message: 'comes with the chart, which install: false leaves out: remove one of them',
    });
  return faults;
}
