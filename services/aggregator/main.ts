import { limitedComplaints } from '../shared/complaints.ts';
import { createFailpoint } from '../shared/failpoint.ts';
import { type Health, openHealth } from '../shared/health.ts';
import { closeApp, createApp, listen, type ReadinessCheck } from '../shared/http.ts';
import { lockFile } from '../shared/lockFile.ts';
import { SecretFile } from '../shared/secretFile.ts';
import type { RunningService, Service, ServiceContext } from '../shared/service.ts';
import { storeCheck } from '../shared/store/readiness.ts';
import { ServerTls } from '../shared/tls/serverTls.ts';
import { addApi } from './api.ts';
import { openBackups } from './backup/backups.ts';
import { localControl } from './control/local.ts';
import { addCorrelations } from './correlations/route.ts';
import { addFileExport } from './export/fileRoute.ts';
import { ExportFolder } from './export/folder.ts';
import { addExport } from './export/route.ts';
import { RunningExports } from './export/running.ts';
import { addIngest, ingestRoute } from './ingest/route.ts';
import { addKeys } from './keys/route.ts';
import { openLead } from './lead/lead.ts';
import { addReadings, createMetrics, type Metrics } from './metrics.ts';
import { addPrune } from './prune.ts';
import { openReplicas } from './replicate/open.ts';
import { addReplicaRoutes } from './replicate/route.ts';
import { type AggregatorSettings, DEFAULT_PORT, FORMER_VARIABLES, settingsSchema } from './settings.ts';
import type { Batch } from './store/records.ts';
import { openStore, type Store } from './store/store.ts';
import { addTelemetry } from './telemetry/route.ts';
import { networksProblem, Tokens } from './tokens.ts';

const LOOK_EVERY_MS = 5_000;

/** Takes snapshots of peers that nodes push, and keeps the history of each. */
export const service: Service<AggregatorSettings> = {
  name: 'aggregator',
  summary: 'Takes snapshots of peers from many nodes and keeps the history of each peer.',
  defaultPort: DEFAULT_PORT,
  settingsSchema,
  formerVariables: FORMER_VARIABLES,
  start,
};

async function start(settings: AggregatorSettings, context: ServiceContext): Promise<RunningService> {
  const { log, registry, env } = context;
  const metrics = createMetrics(registry);
  const tls = settings.tls && new ServerTls(settings.tls, { log, registry });
  const tokenFile =
    settings.tokenFile === undefined
      ? undefined
      : new SecretFile(settings.tokenFile, {
          holds: 'bearer token',
          strict: settings.strictSecretFiles,
          problemOf: networksProblem,
          log,
        });
  // What stands in the log must not let anybody in.
  context.secrets.add(() => [
    ...(settings.token === undefined ? [] : [settings.token]),
    ...(tokenFile?.current() ?? []).flatMap((line) => line.split(/\s/, 1)),
  ]);
  if (tokenFile === undefined && settings.token === undefined) {
    log.warn({ remedy: 'set tokenFile' }, 'everybody who reaches this address can send and read');
  }
  const tokens = new Tokens({ file: tokenFile, single: settings.token, network: settings.network });
  const failpoint = createFailpoint(env.CHAINWATCH_FAILPOINT);
  const { exportFolder, exportMaxDuration } = settings;
  const folder = exportFolder === undefined ? undefined : new ExportFolder(exportFolder, exportMaxDuration);
  const retention = Math.floor(settings.retention / 1000);
  const maxAhead = Math.floor(settings.maxAhead / 1000);
  // Two that write to one would each number peers in its own way.
  const unlock = lockFile(`${settings.database}.lock`, {
    of: `the database ${settings.database}`,
    taken: 'another aggregator uses it: give each a database of its own',
  });
  const store = await openStore(
    {
      path: settings.database,
      retention,
      history: settings.history,
      maxPeers: settings.maxPeers,
      maxReporters: settings.maxReporters,
      failpoint: env.CHAINWATCH_FAILPOINT,
      grain: Math.min(60, Math.max(1, Math.floor(settings.activeWithin / 10_000))),
    },
    {
      onCommit: (snapshots, seconds) => {
        metrics.commitSnapshots.observe(snapshots);
        metrics.commitSeconds.observe(seconds);
      },
      onError: (kind) => metrics.storeErrors.inc({ reason: kind }),
      onDeath: (error) => context.fail(new Error(`the writer of the store died: ${error.message}`, { cause: error })),
    },
    log,
  );
  const exports = new RunningExports(exportMaxDuration);
  const replication = await openReplicas({
    settings: settings.replication,
    secure: tls !== undefined,
    store,
    path: settings.database,
    exports,
    log,
    registry,
    failpoint,
  });

  const backups = openBackups({ settings, store, metrics, registry, log });
  const commit = replication?.commit.bind(replication) ?? (async (batch: Batch) => (await store.commit([batch]))[0]);
  const control = replication?.control ?? localControl(store);
  const strict = settings.strictSecretFiles;
  const lead = openLead(settings.leader, { ...context, store, control, retention, strict });

  const complain = limitedComplaints(log);
  const onRejected = (error: string, path: string) => {
    metrics.rejected.inc({ reason: error });
    complain(error, path);
  };
  const readiness: Readonly<Record<string, () => ReadinessCheck>> = {
    ...backups.readiness,
    store: () => storeCheck(store, { waitingSnapshots: store.waiting() }),
    tokens: () => {
      const reason = tokenFile?.problem();
      // Stays ok: the last good tokens are still valid.
      return reason === undefined ? { ok: true } : { ok: true, reason };
    },
    leader: () => lead.leadership.readiness(),
    ...(replication && { replication: () => replication.readiness() }),
    ...(tls && { tls: () => tls.check() }),
  };
  const app = createApp({
    log,
    registry,
    tls,
    readiness,
    intercept: ingestRoute({
      tokens,
      metrics,
      limits: settings,
      maxAhead,
      failpoint,
      now: Date.now,
      commit,
      onRejected: (error) => onRejected(error, '/ingest'),
      onFailure: (error) => log.error({ err: error }, 'a batch failed for a reason of our own'),
    }),
    onRejected: (error, request) => onRejected(error, request.url.split('?')[0] ?? ''),
  });
  const shared = { tokens, store, history: settings.history, retention, now: Date.now };
  addIngest(app);
  addApi(app, shared);
  addTelemetry(app, { ...shared, commit, metrics, maxAhead });
  addCorrelations(app, shared);
  const { decisions } = lead;
  addReplicaRoutes(app, { tokens, path: settings.database, replication });
  addPrune(app, { ...shared, exports, decisions, log });
  addKeys(app, { ...shared, decisions, metrics, log, grace: Math.floor(settings.keyGrace / 1000) });
  const { peerMetricsExport: enabled, maxExportPeers: maxPeers } = settings;
  const exporting = { ...shared, exports, metrics, log, enabled, maxPeers };
  addExport(app, exporting);
  addFileExport(app, { ...exporting, folder });
  backups.addTo(app, tokens);

  const look = watchStore(store, settings.activeWithin, metrics);
  addReadings(registry, {
    activePeers: () => look.latest().active,
    peers: () => look.latest().peers,
    waiting: () => store.waiting(),
    storeOk: () => store.trouble() === null,
    secretFilesOk: () => (tokenFile === undefined ? {} : { token: tokenFile.problem() === undefined }),
  });

  let health: Health | undefined;
  const release = async () => {
    look.stop();
    await health?.close();
    exports.stop(settings.shutdownGrace / 2);
    await backups.stop();
    await closeApp(app);
    await lead.stop();
    await replication?.close();
    await store.close();
    unlock();
  };
  try {
    await look.now();
    const address = await listen(app, settings.listen);
    if (settings.healthListen !== undefined) {
      health = await openHealth(settings.healthListen, readiness);
      log.info({ address: health.address.url }, 'health is told without TLS');
    }
    lead.begin();
    return { address, stop: release };
  } catch (error) {
    await release();
    throw error;
  }
}

interface Moment {
  readonly peers: number;
  readonly active: Readonly<Record<string, number>>;
  readonly pruned: number;
}

/** Asks the writer now and then for what it counts, so that a scrape costs the same however many peers there are. */
function watchStore(store: Store, activeWithin: number, metrics: Metrics) {
  let latest: Moment = { peers: 0, active: {}, pruned: 0 };
  const now = async () => {
    try {
      const reply = await store.ask({ ask: 'moment', activeSince: Math.floor((Date.now() - activeWithin) / 1000) });
      if (reply.of !== 'moment') return;
      if (reply.pruned > latest.pruned) metrics.pruned.inc(reply.pruned - latest.pruned);
      // There from the start, so that a network of which nothing comes after a restart is seen to be silent.
      for (const network of Object.keys(reply.active)) metrics.ingested.inc({ network }, 0);
      latest = reply;
    } catch {
      // The store is in trouble, which it says itself.
    }
  };
  const timer = setInterval(() => void now(), Math.min(LOOK_EVERY_MS, activeWithin / 5));
  return { latest: () => latest, now, stop: () => clearInterval(timer) };
}
