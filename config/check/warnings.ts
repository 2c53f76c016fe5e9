/** What is no fault, and yet most likely not what somebody wants. */
import type { Fault, Path } from '../faults.ts';
import type { Knowledge } from '../knowledge.ts';
import type { Route } from '../notifications.ts';
import type { Stack } from '../stack.ts';
import { unlikelyBackups } from './aggregator.ts';
import { unlikelyRoutes } from './routes.ts';
import { unusedSecrets } from './secrets.ts';

/** Of a stack without a fault. */
export function warningsOf(stack: Stack, knowledge: Knowledge): Fault[] {
  return [
    ...noNetwork(stack),
    ...advice(stack, knowledge),
    ...unusedSecrets(stack),
    ...unreachableRunbooks(stack),
    ...ofGrafana(stack),
    ...unlikelyRoutes(stack, knowledge),
    ...unlikelyBackups(stack),
    ...notInherited(stack.notifications.routes, ['chainwatch:notifications', 'routes']),
  ];
}

function noNetwork({ networks }: Stack): Fault[] {
  if (networks.length > 0) return [];
  const message =
    'there is no network, so only hosts, probes and Chainwatch itself are watched: npx chainwatch network add';
  return [{ path: ['chainwatch:networks'], message }];
}

/** What the chain says of a network as it is. Nothing of one that is simulated, or that our exporter does not ask about. */
function advice({ networks, services }: Stack, knowledge: Knowledge): Fault[] {
  if (!services.exporter.enabled) return [];
  return networks
    .filter(({ simulated }) => !simulated)
    .flatMap((network) => {
      const advised = knowledge.get(network.chain)?.advise(network) ?? [];
      return advised.map(({ path, message }) => ({ path: ['chainwatch:networks', network.name, ...path], message }));
    });
}

/** The link is in every message; whoever is woken by it is seldom on the machine of the status service. */
function unreachableRunbooks({ kind, runbooks, services, kubernetes }: Stack): Fault[] {
  if (kind === 'dev' || runbooks !== undefined || kubernetes?.exposure?.services.status) return [];
  const message = services.status.enabled
    ? 'is not set, so messages link to the status service where only its own machine or cluster reaches it: say its public address'
    : 'is not set and the status service is switched off, so the links to runbooks in messages lead nowhere: say where they are';
  return [{ path: ['chainwatch:runbooks'], message }];
}

function ofGrafana({ grafana, networks, services }: Stack): Fault[] {
  if (!grafana) return [];
  const evaluated = networks.some(({ engine }) => engine === 'grafana');
  const warnings: Fault[] = [];
  if (grafana.auth === undefined)
    warnings.push({
      path: ['chainwatch:grafana', 'auth'],
      message: 'is not set, and `pulumi up` needs the token of a service account: auth: { secret: grafanaToken }',
    });
  const existing = Object.keys(grafana.contactPoints);
  const recorded = services.receiver.enabled && grafana.receiverUrl !== undefined;
  if (evaluated && recorded && grafana.routing === 'rules' && existing.length > 0)
    warnings.push({
      path: ['chainwatch:grafana', 'contactPoints'],
      message: `a rule names one contact point, so our receiver hears nothing of what goes to ${existing.join(', ')}; routing: tree tells both`,
    });
  return warnings;
}

/** As in Alertmanager, only the route that an alert ends at mutes it. An empty list says that this is meant. */
function notInherited(routes: readonly Route[], path: Path): Fault[] {
  return routes.flatMap((route, index) => {
    const here = [...path, index, 'routes'];
    const own =
      (route.muteTimes ?? []).length === 0
        ? []
        : route.routes.flatMap(({ muteTimes }, inner) => {
            const message = `does not inherit the mute times of the route above (${route.muteTimes?.join(', ')}): repeat them here, or write "muteTimes: []" if it is to be heard at any time`;
            return muteTimes === undefined ? [{ path: [...here, inner], message }] : [];
          });
    return [...own, ...notInherited(route.routes, here)];
  });
}
