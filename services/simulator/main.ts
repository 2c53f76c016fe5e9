import { Gauge } from 'prom-client';
import { type App, closeApp, createApp, HttpFault, listen } from '../shared/http.ts';
import type { RunningService, Service, ServiceContext } from '../shared/service.ts';
import { FaultHistory } from './history.ts';
import { type SimulatedNetwork, simulatedNetworks } from './networks.ts';
import { DEFAULT_PORT, type SimulatorSettings, settingsSchema } from './settings.ts';

/** Serves the metrics of networks that do not exist, and lets a person make them go wrong. */
export const service: Service<SimulatorSettings> = {
  name: 'simulator',
  summary: 'serves simulated networks and plays their faults',
  defaultPort: DEFAULT_PORT,
  settingsSchema,
  start,
};

type Networks = ReadonlyMap<string, SimulatedNetwork>;

async function start(settings: SimulatorSettings, { log, registry }: ServiceContext): Promise<RunningService> {
  const networks = simulatedNetworks(settings);
  const history = new FaultHistory(settings.state, settings.timeScale, seconds());
  const app = createApp({ log, registry, readiness: { networks: () => ({ ok: true, networks: networks.size }) } });
  serveTargets(app, networks, history, settings.timeScale);
  serveFaults(app, networks, history);
  new Gauge({
    name: 'simulator_active_faults',
    help: 'faults that are being played, by network',
    labelNames: ['network'],
    registers: [registry],
    collect() {
      for (const name of networks.keys())
        this.set({ network: name }, history.faultsOf(name).filter((each) => each.to === undefined).length);
    },
  });
  const address = await listen(app, settings.listen);
  return { address, stop: () => closeApp(app) };
}

function serveTargets(app: App, networks: Networks, history: FaultHistory, timeScale: number): void {
  for (const network of networks.values()) {
    for (const [path, target] of network.targets) {
      // The router matches decoded paths.
      app.get(decodeURIComponent(path).replaceAll(':', '::'), async (request, reply) => {
        const moment = {
          time: history.timeAt(seconds()),
          wallStart: history.wallStart,
          timeScale,
          faults: history.faultsOf(network.name),
          seed: network.seed,
        };
        const text = network.simulator.expose(target, moment);
        if (text !== undefined) return reply.type('text/plain; version=0.0.4; charset=utf-8').send(text);
        // A process that is not there does not answer 503: the connection breaks.
        reply.hijack();
        request.raw.socket.destroy();
        return reply;
      });
    }
  }
}

interface FaultParams {
  readonly network: string;
  readonly fault?: string;
}
interface FaultRoute {
  Params: FaultParams;
  Querystring: { readonly instance?: string };
}

function serveFaults(app: App, networks: Networks, history: FaultHistory): void {
  app.get('/faults', async () => ({ networks: [...networks.values()].map((network) => describe(network, history)) }));
  app.put<FaultRoute>('/faults/:network/:fault', async ({ params, query }) => {
    const { network, fault } = known(networks, params, query.instance);
    history.begin(network.name, fault ?? '', query.instance, seconds());
    return describe(network, history);
  });
  app.delete<FaultRoute>('/faults/:network/:fault', async ({ params, query }) => {
    const { network, fault } = known(networks, params, query.instance);
    return { ended: history.end(network.name, seconds(), fault, query.instance) };
  });
  app.delete<FaultRoute>('/faults/:network', async ({ params }) => {
    const { network } = known(networks, params);
    return { ended: history.end(network.name, seconds()) };
  });
}

/** @throws HttpFault 404 with the names that there are */
function known(
  networks: Networks,
  params: FaultParams,
  instance?: string,
): { network: SimulatedNetwork; fault?: string | undefined } {
  const network = networks.get(params.network);
  if (!network) throw unknown('network', params.network, [...networks.keys()]);
  const names = network.simulator.faults.map((fault) => fault.name);
  if (params.fault !== undefined && !names.includes(params.fault))
    throw unknown(`fault of ${network.chain}`, params.fault, names);
  const instances = [...new Set([...network.targets.values()].map((target) => target.instance))];
  if (instance !== undefined && !instances.includes(instance))
    throw unknown(`instance of ${network.name}`, instance, instances);
  return { network, fault: params.fault };
}

function unknown(kind: string, name: string, names: readonly string[]): HttpFault {
  const remedy = `known are ${[...names].sort().join(', ')}`;
  return new HttpFault(404, { error: 'not_found', reason: `there is no ${kind} "${name}"`, remedy });
}

function describe(network: SimulatedNetwork, history: FaultHistory) {
  const active = history.faultsOf(network.name).filter((each) => each.to === undefined);
  const faults = network.simulator.faults.map(({ name, summary, alerts, components }) => {
    const since = active.filter((each) => each.fault === name);
    const first = since[0] && new Date(history.wallAt(since[0].from) * 1000).toISOString();
    const instances = since.flatMap((each) => each.instance ?? []);
    return { name, summary, alerts, components, activeSince: first ?? null, instances };
  });
  return { network: network.name, chain: network.chain, faults };
}

function seconds(): number {
  return Date.now() / 1000;
}
