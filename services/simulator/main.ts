import { simulators } from '../../chains/simulators.ts';
import { codeOf, messageOf, ServiceFault } from '../shared/fault.ts';
import { closeApp, createApp, HttpFault, listen, type ReadinessCheck } from '../shared/http.ts';
import type { Logger } from '../shared/log.ts';
import { counter, gauge } from '../shared/metrics.ts';
import type { RunningService, Service, ServiceContext } from '../shared/service.ts';
import { Control } from './control.ts';
import { simulatorMetrics as m } from './metrics.ts';
import { SimulatedNetwork } from './network.ts';
import { addRoutes } from './routes.ts';
import { DEFAULT_PORT, type SimulatorSettings, settingsSchema } from './settings.ts';
import { readStateFile, type SimulationState, setAside, writeStateFile } from './stateFile.ts';
import { TargetPaths } from './targets.ts';

/** The simulator: serves what the processes of simulated networks would, and lets them go wrong on request. */
export const service: Service<SimulatorSettings> = {
  name: 'simulator',
  summary: 'serves the metrics of simulated networks and plays faults on them',
  defaultPort: DEFAULT_PORT,
  settingsSchema,
  start,
};

async function start(settings: SimulatorSettings, context: ServiceContext): Promise<RunningService> {
  const { log, registry } = context;
  const now = () => Date.now() / 1000;
  const before = settings.state === undefined ? {} : stateBefore(settings.state, log);
  const networks = networksOf(settings, before, now());
  const store = new Store(settings.state, before, networks);
  store.write();
  const fleet = await fleetOf(settings, networks, context);
  const app = createApp({ log, registry, readiness: { state: () => store.check() } });
  const control = new Control(networks, () => keep(store), now);
  const scrapes = counter(registry, m.scrapes);
  addRoutes(app, {
    control,
    targets: new TargetPaths(networks.values()),
    now,
    onScrape: (network, outcome) => scrapes.inc({ network, outcome }),
    onSwitch: (what) => log.info(what, 'faults switched'),
  });
  gauge(registry, m.timeScale).set(settings.timeScale);
  gauge(registry, m.stateOk, (each) => each.set(store.check().ok ? 1 : 0));
  gauge(registry, m.activeFaults, (each) => {
    for (const [name, { history }] of networks) {
      each.set({ network: name }, history.filter(({ to }) => to === undefined).length);
    }
  });
  gauge(registry, m.faultHistory, (each) => {
    for (const [name, { history }] of networks) each.set({ network: name }, history.length);
  });
  const stop = async () => {
    await fleet?.stop();
    await closeApp(app);
  };
  try {
    const address = await listen(app, settings.listen);
    fleet?.start();
    return { address, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Loaded only where something is pushed. */
async function fleetOf(
  { fleet }: SimulatorSettings,
  networks: ReadonlyMap<string, SimulatedNetwork>,
  context: ServiceContext,
) {
  if (fleet === undefined) return undefined;
  const { Fleet } = await import('./fleet.ts');
  return Fleet.open(
    fleet,
    [...networks.values()].filter(({ settings }) => settings.pushes === true),
    context,
  );
}

/** A simulation is worth less than a start: what cannot be gone on with begins anew, and is not thrown away. */
function stateBefore(path: string, log: Logger): SimulationState {
  const read = readStateFile(path);
  if ('networks' in read) return read.networks;
  log.warn({ state: path, problem: read.problem, movedTo: setAside(path) }, 'the simulation begins anew');
  return {};
}

function networksOf(
  { networks, timeScale }: SimulatorSettings,
  before: SimulationState,
  now: number,
): Map<string, SimulatedNetwork> {
  const made = networks.flatMap((settings) => {
    const simulator = simulators.get(settings.chain);
    if (simulator === undefined) return [];
    return [
      [settings.network, new SimulatedNetwork(settings, simulator, timeScale, before[settings.network], now)] as const,
    ];
  });
  return new Map(made);
}

/** Keeps the state of all networks; also of those that are not simulated any more, for when they come back. */
class Store {
  readonly #path: string | undefined;
  readonly #before: SimulationState;
  readonly #networks: ReadonlyMap<string, SimulatedNetwork>;
  #problem: string | undefined;

  constructor(path: string | undefined, before: SimulationState, networks: ReadonlyMap<string, SimulatedNetwork>) {
    this.#path = path;
    this.#before = before;
    this.#networks = networks;
  }

  /** @throws ServiceFault */
  write(): void {
    if (this.#path === undefined) return;
    const states = [...this.#networks].map(([name, network]) => [name, network.state]);
    try {
      writeStateFile(this.#path, { ...this.#before, ...Object.fromEntries(states) });
      this.#problem = undefined;
    } catch (error) {
      const why = codeOf(error) === 'ENOSPC' ? 'the disk is full' : messageOf(error);
      this.#problem = `the state file ${this.#path} cannot be written: ${why}`;
      throw new ServiceFault(this.#problem, 'make room, or give this user the right to write there', { cause: error });
    }
  }

  check(): ReadinessCheck {
    return this.#problem === undefined ? { ok: true } : { ok: false, reason: this.#problem };
  }
}

function keep(store: Store): void {
  try {
    store.write();
  } catch (error) {
    if (!(error instanceof ServiceFault)) throw error;
    throw new HttpFault(507, { error: 'state_not_kept', reason: error.message, remedy: error.remedy });
  }
}
