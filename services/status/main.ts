import { closeApp, createApp, listen, type ReadinessCheck } from '../shared/http.ts';
import type { RunningService, Service, ServiceContext } from '../shared/service.ts';
import { StatusReader } from './reader.ts';
import { addRoutes } from './routes.ts';
import { Shelf } from './runbooks/shelf.ts';
import { DEFAULT_PORT, type StatusSettings, settingsSchema } from './settings.ts';

/** The status service: the page a person looks at first, and the runbooks that alerts point to. */
export const service: Service<StatusSettings> = {
  name: 'status',
  summary: 'shows what is well, what is not, and what cannot be told; serves the runbooks',
  defaultPort: DEFAULT_PORT,
  settingsSchema,
  start,
};

async function start(settings: StatusSettings, context: ServiceContext): Promise<RunningService> {
  const { log, registry, secrets } = context;
  const shelf = new Shelf(settings.runbooks);
  const missing = missingRunbooks(shelf);
  if (missing.length > 0) log.warn({ runbooks: missing }, 'runbooks of the settings that are not on disk');
  const reader = new StatusReader(settings, registry, (text) => secrets.scrubForeign(text));
  const app = createApp({
    log,
    registry,
    // Not that Prometheus answers: where it does not, this page is the one that must say so.
    readiness: { runbooks: (): ReadinessCheck => ({ ok: true, served: shelf.names.length, missing: missing.length }) },
  });
  addRoutes(app, reader, shelf, settings);
  const stop = async () => {
    await closeApp(app);
  };
  try {
    return { address: await listen(app, settings.listen), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function missingRunbooks(shelf: Shelf): string[] {
  return shelf.names.flatMap((name) => ('problem' in shelf.read(name) ? [`${name.chain}/${name.alert}`] : []));
}
