import type { FastifyRequest } from 'fastify';
import type { App } from '../shared/http.ts';
import type { Control, Switched } from './control.ts';
import { answerRpc } from './rpc.ts';
import type { TargetPaths } from './targets.ts';

export interface RouteOptions {
  readonly control: Control;
  readonly targets: TargetPaths;
  /** Seconds of Unix time. */
  readonly now: () => number;
  readonly onScrape: (network: string, outcome: 'served' | 'down') => void;
  readonly onSwitch: (what: Readonly<Record<string, unknown>>) => void;
}

interface FaultParams {
  readonly network: string;
  readonly fault: string;
}

/** `/faults…` to look and to switch; every other path is a simulated process. */
export function addRoutes(app: App, { control, targets, now, onScrape, onSwitch }: RouteOptions): void {
  const switched = (request: FastifyRequest, outcome: Switched): Switched => {
    if (outcome.changed > 0) onSwitch({ request: `${request.method} ${request.url}`, changed: outcome.changed });
    return outcome;
  };
  app.get('/faults', async () => control.list());
  app.put<{ Params: FaultParams }>('/faults/:network/:fault', async (request) => {
    const { network, fault } = request.params;
    return switched(request, control.begin(network, fault, instanceOf(request)));
  });
  app.delete<{ Params: FaultParams }>('/faults/:network/:fault', async (request) => {
    const { network, fault } = request.params;
    return switched(request, control.end(network, fault, instanceOf(request)));
  });
  app.delete<{ Params: Omit<FaultParams, 'fault'> }>('/faults/:network', async (request) =>
    switched(request, control.end(request.params.network, undefined, undefined)),
  );

  app.post('/*', async (request) => answerRpc(request, targets.findRpc(request.url), now()));

  app.get('/*', async (request, reply) => {
    const { network, target } = targets.find(request.url);
    const exposition = network.expose(target, now());
    onScrape(network.name, exposition === undefined ? 'down' : 'served');
    if (exposition === undefined) {
      // Nobody listens where a process is not there: Prometheus must see a broken connection, not an answer.
      reply.hijack();
      request.raw.socket.destroy();
      return reply;
    }
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(exposition);
  });
}

/** `?instance=` narrows a fault to one process. */
function instanceOf({ query }: FastifyRequest): string | undefined {
  if (typeof query !== 'object' || query === null || !('instance' in query)) return undefined;
  return typeof query.instance === 'string' && query.instance !== '' ? query.instance : undefined;
}
