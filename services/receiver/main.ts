import { statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { FastifyRequest } from 'fastify';
import { limitedComplaints } from '../shared/complaints.ts';
import { createFailpoint } from '../shared/failpoint.ts';
import { closeApp, createApp, HttpFault, listen, type ReadinessCheck } from '../shared/http.ts';
import { SecretFile } from '../shared/secretFile.ts';
import type { RunningService, Service, ServiceContext } from '../shared/service.ts';
import { storeCheck } from '../shared/store/readiness.ts';
import { addApi } from './api.ts';
import { Authenticator } from './auth.ts';
import { knownChains } from './chains.ts';
import { DebugTap } from './debug.ts';
import { EventHub } from './events.ts';
import { addReadings, createMetrics } from './metrics.ts';
import { addPage } from './page/route.ts';
import { DEFAULT_PORT, type ReceiverSettings, settingsSchema } from './settings.ts';
import type { Reader } from './store/reader.ts';
import { openStore } from './store/store.ts';
import { watchdogStatus } from './watchdog.ts';
import { addWebhooks } from './webhook.ts';

const PRUNE_EVERY_MS = 600_000;
/** Authentication failures are counted each, but logged at most this often: a stranger must not fill the log. */
/** Requests of somebody who looks around; no alert is lost by them. */
const STRAYS: ReadonlySet<string> = new Set(['not_found', 'method_not_allowed', 'unknown_alert', 'bad_query']);

/**
 * The receiver: takes alerts from Alertmanager and Grafana, makes them durable before it says so, tells repeats from
 * news, and shows what stands.
 */
export const service: Service<ReceiverSettings> = {
  name: 'receiver',
  summary: 'takes alerts from Alertmanager and Grafana, keeps and shows them',
  defaultPort: DEFAULT_PORT,
  settingsSchema,
  start,
};

async function start(settings: ReceiverSettings, context: ServiceContext): Promise<RunningService> {
  const { log, registry, secrets, env } = context;
  if (settings.debug) log.level = 'debug';
  const failpoint = createFailpoint(env.CHAINWATCH_FAILPOINT);
  const secretFile = (path: string | undefined, holds: string): SecretFile | undefined => {
    if (path === undefined) return undefined;
    const file = new SecretFile(path, { holds, strict: settings.strictSecretFiles, log });
    secrets.add(() => file.current());
    return file;
  };
  const tokens = secretFile(settings.tokenFile, 'bearer token');
  const grafanaSecrets = secretFile(settings.grafanaSecretFile, 'Grafana secret');
  if (tokens === undefined && grafanaSecrets === undefined) {
    log.warn({ remedy: 'set tokenFile' }, 'everybody who reaches this address can deliver alerts');
  }

  const metrics = createMetrics(registry);
  const store = await openStore(
    { path: settings.database, reopenAfter: settings.reopenAfter, failpoint: env.CHAINWATCH_FAILPOINT },
    {
      onCommit: (alerts, seconds) => {
        metrics.commitAlerts.observe(alerts);
        metrics.commitSeconds.observe(seconds);
      },
      onError: (kind) => metrics.storeErrors.inc({ reason: kind }),
      onDeath: (error) => context.fail(new Error(`the writer of the store died: ${error.message}`, { cause: error })),
    },
    log,
  );
  const reader = (): Reader => {
    const open = store.reader();
    if (open !== undefined) return open;
    const reason = store.trouble()?.reason ?? 'the database is not open';
    throw new HttpFault(503, { error: 'store_failed', reason, remedy: 'see /readyz' });
  };
  const watchdog = () => watchdogStatus(store.reader()?.watchdogs() ?? [], Date.now(), settings.watchdogStaleAfter);
  metrics.lastAlert.set((store.reader()?.lastChangeAt() ?? 0) / 1000);

  const complain = limitedComplaints(log);
  const app = createApp({
    log,
    registry,
    maxBodyBytes: settings.maxBodyBytes,
    readiness: {
      store: () => storeCheck(store, { waitingAlerts: store.waiting() }),
      secrets: () => secretsCheck([tokens, grafanaSecrets]),
      watchdog: (): ReadinessCheck => {
        const { state, lastSeen } = watchdog();
        // Information only: a receiver that nobody sends to can still do its work.
        return { ok: true, state, lastSeen: lastSeen === null ? null : new Date(lastSeen).toISOString() };
      },
    },
    onRejected: (error, request) => {
      metrics.rejected.inc({ reason: error });
      if (!STRAYS.has(error)) complain(error, request.url.split('?')[0] ?? '', request.ip);
    },
  });
  const events = new EventHub(() => reader().lastChange());
  const tap = settings.debug ? new DebugTap(log, secrets) : undefined;
  const auth = new Authenticator({
    tokens,
    grafanaSecrets,
    signatureHeaders: settings.grafanaSignatureHeaders.map((name) => name.toLowerCase()),
    timestampHeader: settings.grafanaTimestampHeader?.toLowerCase(),
    now: Date.now,
  });
  addWebhooks(app, {
    log,
    auth,
    metrics,
    maxBodyBytes: settings.maxBodyBytes,
    watchdogAlertname: settings.watchdogAlertname,
    failpoint,
    now: Date.now,
    commit: (deliveries) => store.commit(deliveries),
    onCommitted: (outcomes) => {
      if (outcomes.some((outcome) => outcome !== 'duplicate' && outcome !== 'stale')) events.announce();
    },
    ...(tap === undefined ? {} : { onPayload: (request: FastifyRequest, body: Buffer) => tap.note(request, body) }),
  });
  addApi(app, reader);
  const { quietAfter, timeScale } = settings;
  const chains = knownChains();
  addPage(app, { reader, watchdog, trouble: () => store.trouble()?.reason ?? null, quietAfter, timeScale, chains });
  events.addTo(app);
  tap?.addTo(app, auth);
  addReadings(registry, {
    storeOk: () => store.trouble() === null,
    storeWaiting: () => store.waiting(),
    storeFreeBytes: () => freeBytes(settings.database),
    storeBytes: () => storedBytes(settings.database),
    firing: () => store.reader()?.firingBySeverity() ?? new Map(),
    watchdogLastSeen: () => (store.reader()?.watchdogs()[0]?.lastFiredAt ?? 0) / 1000,
    eventClients: () => events.clients(),
    secretFiles: () => {
      const files = new Map<'token' | 'grafana', boolean>();
      if (tokens !== undefined) files.set('token', tokens.problem() === undefined);
      if (grafanaSecrets !== undefined) files.set('grafana', grafanaSecrets.problem() === undefined);
      return files;
    },
  });

  const prune = () => store.prune(Date.now() - settings.retention);
  const pruning = setInterval(prune, PRUNE_EVERY_MS);
  const release = async () => {
    clearInterval(pruning);
    events.close();
    await closeApp(app);
    await store.close();
  };
  try {
    const address = await listen(app, settings.listen);
    prune();
    return { address, stop: release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Stays ok: the last good secrets are still valid. */
function secretsCheck(files: readonly (SecretFile | undefined)[]): ReadinessCheck {
  const problems = files.flatMap((file) => file?.problem() ?? []);
  return problems.length === 0 ? { ok: true } : { ok: true, reason: problems.join('; ') };
}

function freeBytes(database: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(dirname(database));
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

function storedBytes(database: string): number | undefined {
  const sizes = [database, `${database}-wal`].map((path) => statSync(path, { throwIfNoEntry: false })?.size);
  return sizes[0] === undefined ? undefined : sizes.reduce((sum: number, size) => sum + (size ?? 0), 0);
}
