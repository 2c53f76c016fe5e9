import { closeApp, createApp, listen, type ReadinessCheck } from '../shared/http.ts';
import type { RunningService, Service, ServiceContext } from '../shared/service.ts';
import { addReadings } from './exposition.ts';
import { LayerSampler } from './layer.ts';
import { layersOf } from './layers.ts';
import { RequestLog } from './requestLog.ts';
import { Rounds } from './rounds.ts';
import { DEFAULT_PORT, type ExporterSettings, settingsSchema, timeoutOf } from './settings.ts';

/** Rounds that a balance outlives its quorum: long enough that one lost answer does not make an alert flap. */
const HELD_ROUNDS = 3;

/**
 * The exporter: reads what no node exports (heads, base fee, balances) from several endpoints, and tells only what a
 * majority of them says.
 */
export const service: Service<ExporterSettings> = {
  name: 'exporter',
  summary: 'reads heads, gas and balances from RPC endpoints, by quorum',
  defaultPort: DEFAULT_PORT,
  settingsSchema,
  start,
};

async function start(settings: ExporterSettings, context: ServiceContext): Promise<RunningService> {
  const { log, registry, secrets } = context;
  const interval = settings.intervalSeconds * 1000;
  const requests = new RequestLog(registry);
  const layers = layersOf(settings).map((plan) => new LayerSampler(plan, timeoutOf(settings), requests, log));
  for (const layer of layers) {
    requests.add(layer);
    secrets.add(() => layer.endpoints.flatMap((endpoint) => endpoint.secrets()));
    if (layer.endpoints.length > 0) continue;
    const { network, layer: name, accounts } = layer.plan;
    const remedy = `give the network an RPC address of ${name}`;
    log.warn({ network, layer: name, accounts: accounts.length, remedy }, 'accounts without an endpoint to ask');
  }
  addReadings(registry, { layers, holdFor: HELD_ROUNDS * interval, now: Date.now });

  const rounds = new Rounds(layers, interval, log);
  const app = createApp({
    log,
    registry,
    readiness: {
      rounds: (): ReadinessCheck =>
        rounds.allDone
          ? { ok: true, layers: layers.length, ...readingOf(layers) }
          : { ok: false, reason: 'the first round is under way' },
      urlFiles: () => urlFilesCheck(layers),
    },
  });
  const stop = async () => {
    rounds.stop();
    await closeApp(app);
  };
  try {
    const address = await listen(app, settings.listen);
    rounds.start();
    return { address, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Said to whoever looks, and no reason not to be ready: it does its work, and dead endpoints have an alert of their own. */
function readingOf(layers: readonly LayerSampler[]): { withReading: number; note?: string } {
  const silent = layers.filter(({ state }) => state?.agreed === undefined);
  const withReading = layers.length - silent.length;
  if (silent.length === 0) return { withReading };
  const names = silent.map(({ plan }) => `${plan.network} ${plan.layer}`).join(', ');
  return { withReading, note: `${withReading} of ${layers.length} layers have a reading; none: ${names}` };
}

/** An endpoint that does not answer is no fault of ours and is told by the metrics; a file that we cannot use is. */
function urlFilesCheck(layers: readonly LayerSampler[]): ReadinessCheck {
  const problems = layers.flatMap(({ endpoints }) => endpoints.flatMap((endpoint) => endpoint.fileProblem() ?? []));
  return problems.length === 0 ? { ok: true } : { ok: false, reason: problems.join('; ') };
}
