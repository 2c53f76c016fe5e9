import { isLoopback } from '../shared/address.ts';
import { createFailpoint } from '../shared/failpoint.ts';
import { closeApp, createApp, listen, type ReadinessCheck } from '../shared/http.ts';
import { SecretFile } from '../shared/secretFile.ts';
import type { RunningService, Service, ServiceContext } from '../shared/service.ts';
import { type Aggregators, type ClientState, openClient } from './client.ts';
import { Collector } from './collect/collector.ts';
import { Connections } from './http.ts';
import { addReadings, createMetrics } from './metrics.ts';
import { Rounds } from './rounds.ts';
import { type AgentSettings, DEFAULT_PORT, settingsSchema } from './settings.ts';

/** Stands beside a node, and sends what the node knows of its peers to an aggregator. */
export const service: Service<AgentSettings> = {
  name: 'agent',
  summary: 'Collects what a node knows of its peers, and pushes it to an aggregator.',
  defaultPort: DEFAULT_PORT,
  settingsSchema,
  start,
};

async function start(settings: AgentSettings, context: ServiceContext): Promise<RunningService> {
  const { log, registry, secrets, env } = context;
  const metrics = createMetrics(registry);
  const tokenFile =
    settings.tokenFile === undefined
      ? undefined
      : new SecretFile(settings.tokenFile, { holds: 'bearer token', strict: settings.strictSecretFiles, log });
  const token = () => tokenFile?.current()[0]?.split(/\s/, 1)[0];
  secrets.add(() => tokenFile?.current().map((line) => line.split(/\s/, 1)[0] ?? '') ?? []);
  warnOfPlainTokens(settings, context);

  const client = await openClient({
    aggregators: aggregatorsOf(settings),
    node: settings.node,
    queueFolder: settings.queue.folder,
    maxQueueBytes: settings.queue.maxBytes,
    ...(settings.network === undefined ? {} : { network: settings.network }),
    token,
    tls: settings.tls,
    timeout: settings.timeout,
    backoff: settings.backoff,
    batch: settings.batch,
    log,
    failpoint: createFailpoint(env.CHAINWATCH_FAILPOINT),
    observer: {
      onPushed: (snapshots, seconds) => {
        metrics.pushed.inc(snapshots);
        metrics.pushSeconds.observe(seconds);
      },
      onFault: (reason) => metrics.pushFailures.inc({ reason }),
      onDropped: (reason, snapshots) => metrics.dropped.inc({ reason }, snapshots),
    },
  });
  addReadings(
    registry,
    () => client.state(),
    () => tokenFile && tokenFile.problem() === undefined,
  );

  const connections = new Connections();
  const collector = new Collector(settings, connections);
  secrets.add(() => collector.secrets());
  const rounds = new Rounds({ collector, client, interval: settings.interval, metrics, log });
  const app = createApp({
    log,
    registry,
    readiness: {
      // A node that does not answer is told by the metrics, and has alerts of its own.
      source: (): ReadinessCheck => {
        if (!rounds.begun) return { ok: false, reason: 'the first look at the node is under way' };
        const trouble = rounds.trouble();
        const note = trouble === undefined ? rounds.hint() : `${trouble.reason}: ${trouble.message}`;
        return note === undefined ? { ok: true } : { ok: true, note };
      },
      queue: (): ReadinessCheck => queueCheck(rounds, client.state()),
      aggregator: (): ReadinessCheck => aggregatorCheck(client.state()),
      files: (): ReadinessCheck => {
        const problem = tokenFile?.problem() ?? client.state().tlsProblem;
        // Stays ok: the last good ones are still in use.
        return problem === undefined ? { ok: true } : { ok: true, note: problem };
      },
    },
  });
  const stop = async () => {
    connections.close();
    await rounds.stop();
    await client.close();
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

function aggregatorsOf({ aggregators, discovery }: AgentSettings): Aggregators {
  return discovery ?? aggregators ?? [];
}

function queueCheck(rounds: Rounds, { batches, snapshots, bytes, maxBytes }: ClientState): ReadinessCheck {
  const facts = { batches, snapshots, bytes, maxBytes };
  const trouble = rounds.trouble();
  if (trouble?.reason !== 'queue') return { ok: true, ...facts };
  return { ok: false, reason: trouble.message, remedy: 'make room on the disk of the queue', ...facts };
}

/** One that is away is what the queue is for. A token that it refuses is for a person to mend, and nothing is delivered until then. */
function aggregatorCheck({ trouble, lastSuccess, targets }: ClientState): ReadinessCheck {
  const facts = { targets, lastSuccess: lastSuccess === undefined ? null : new Date(lastSuccess).toISOString() };
  if (trouble === undefined) return { ok: true, ...facts };
  const since = new Date(trouble.since).toISOString();
  if (trouble.reason !== 'unauthorized') return { ok: true, note: trouble.message, since, ...facts };
  const remedy = 'put a token of the aggregator into tokenFile; it is tried within a second, and what waits is kept';
  return { ok: false, reason: trouble.message, remedy, since, ...facts };
}

function warnOfPlainTokens({ aggregators = [], discovery, tokenFile }: AgentSettings, { log }: ServiceContext): void {
  if (tokenFile === undefined) return;
  const plain = aggregators
    .map((url) => new URL(url))
    .some(({ protocol, hostname }) => {
      return protocol === 'http:' && !isLoopback(hostname.replace(/^\[|\]$/g, ''));
    });
  if (plain || discovery?.scheme === 'http') {
    log.warn({ remedy: 'use https' }, 'the token goes over the network readable for everybody on its way');
  }
}
