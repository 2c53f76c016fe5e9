/** What networks whose alerts Grafana evaluates need: a Grafana, somebody whom it tells, and routes that it can decide. */
import type { Fault, Path } from '../faults.ts';
import type { Route } from '../notifications.ts';
import type { Stack } from '../stack.ts';

const ROOT = 'chainwatch:notifications';
/** Labels that only the series of an alert have, never its rule. */
const KNOWN_WHEN_IT_FIRES = ['instance', 'job'];

/** @param readable whether `chainwatch:grafana` could be read; where it could not, one fault about it is enough */
export function checkGrafana(stack: Stack, readable: boolean): Fault[] {
  const networks = stack.networks.filter((network) => network.engine === 'grafana');
  const routed = stack.grafana?.routing === 'tree' || networks.length > 0;
  return [
    ...(stack.grafana === undefined && readable ? networks.map(({ name }) => missingGrafana(name)) : []),
    ...(routed ? nobodyTold(stack) : []),
    ...(stack.grafana?.routing === 'rules' && networks.length > 0 ? undecidable(stack.notifications.routes) : []),
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
function nobodyTold({ notifications, services }: Stack): Fault[] {
  if (notifications.default !== undefined || services.receiver.enabled) return [];
  return [
    {
      path: [ROOT, 'default'],
      message: 'alerts of Grafana need somebody to tell: name a receiver here, or enable our own (chainwatch:services)',
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
