/** `chainwatch notify test`: a test alert through a real Alertmanager, with the real credentials, to one receiver. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration, parseDuration } from '../../config/duration.ts';
import { OWN_TOKENS, RECEIVER_TOKEN } from '../../config/ownTokens.ts';
import { resolveSecrets } from '../../local/secrets.ts';
import { alertmanagerConfig } from '../../model/alertmanager/config.ts';
import type { AlertReceiver } from '../../model/alertmanager/types.ts';
import type { Places, ServiceName } from '../../model/places.ts';
import { secretsIn } from '../../model/plan/secrets.ts';
import { toYaml } from '../../model/yaml.ts';
import { resolveProgram } from '../../tools/index.ts';
import { formatChannel } from '../channels.ts';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import { interruptible } from '../interrupt.ts';
import type { Io } from '../io.ts';
import { type LoadedPlan, loadPlan } from '../loadStack.ts';
import { json, paint, table } from '../output.ts';
import { progressOn } from '../progress.ts';
import { toolProgress } from '../toolProgress.ts';
import { findReceiver, integrationsOf, onlyTo } from './config.ts';
import { applyEntry, applyMetrics, type Outcome, UNTRIED } from './outcome.ts';
import { OneShotAlertmanager, type PostedAlert } from './process.ts';
import { failureOf } from './remedy.ts';

export interface NotifyOptions {
  readonly stack: string;
  /** A duration. */
  readonly timeout: string;
  readonly json: boolean;
}

interface ChannelResult {
  /** `slack #incidents` */
  readonly channel: string;
  readonly ok: boolean;
  /** Why not. Never holds a secret. */
  readonly reason?: string;
  /** What to do about that. */
  readonly remedy?: string;
  /** Whether it was told that the test is over; `null` where it does not want to be. */
  readonly resolved: boolean | null;
}

/** @returns `unreachable` where any channel did not take the message */
export async function notifyTest(name: string, options: NotifyOptions, io: Io): Promise<ExitCode> {
  const seconds = parseDuration(options.timeout);
  const loaded = loadPlan(options.stack, io.cwd);
  const receiver = findReceiver(loaded.plan.alertmanager, name);
  const results = await interruptible((signal) => test(receiver, loaded, seconds, io, signal));
  const ok = results.every((result) => result.ok);
  if (options.json) io.out(json({ receiver: name, stack: options.stack, ok, channels: results }));
  else show(results, io);
  return ok ? exitCodes.ok : exitCodes.unreachable;
}

async function test(
  receiver: AlertReceiver,
  loaded: LoadedPlan,
  seconds: number,
  io: Io,
  signal: AbortSignal,
): Promise<ChannelResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'chainwatch-notify-'));
  const progress = progressOn(io);
  let alertmanager: OneShotAlertmanager | undefined;
  try {
    const secrets = resolveSecrets([...secretsIn(receiver), ...(receiver.own ? [RECEIVER_TOKEN] : [])], {
      folder: join(io.cwd, '.chainwatch', loaded.plan.environment, 'secrets'),
      env: io.env,
      generate: OWN_TOKENS,
      into: join(folder, 'secrets'),
    });
    const config = join(folder, 'alertmanager.yml');
    const places = placesFor(loaded, secrets.folder);
    writeFileSync(config, toYaml(alertmanagerConfig(onlyTo(receiver), places)));
    const { path } = await resolveProgram('alertmanager', { signal, onProgress: toolProgress(progress) });

    const integrations = integrationsOf(receiver);
    const outcomes = new Map([...integrations.keys()].map((key): [string, Outcome] => [key, UNTRIED]));
    alertmanager = new OneShotAlertmanager({
      path,
      config,
      folder,
      env: { ...io.env },
      externalUrl: places.publicUrl('alertmanager'),
      onEntry: (entry) => applyEntry(outcomes, entry, receiver.name),
    });
    progress.show(`sending a test alert to ${receiver.name}`);
    await send(alertmanager, loaded.plan.environment, receiver.name, outcomes, integrations, seconds, signal);
    const clean = (text: string) => withoutSecrets(text, [...secrets.values.values()]);
    return [...integrations].map(([key, channel]) => {
      const { delivered, reason } = outcomes.get(key) ?? UNTRIED;
      const told = clean(reason ?? `did not answer within ${formatDuration(seconds)}`);
      const failed = failureOf(told, channel, loaded.plan.environment);
      return {
        channel: formatChannel(channel),
        ok: delivered > 0,
        ...(delivered > 0 ? {} : failed),
        resolved: channel.sendResolved ? delivered > 1 : null,
      };
    });
  } finally {
    progress.clear();
    await alertmanager?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Our own programs are where a local run has them. */
function placesFor({ stack }: LoadedPlan, secretFolder: string): Places {
  const ports = new Map(Object.entries(stack.services).map(([name, { port }]) => [name, port]));
  const address = (service: ServiceName) => `127.0.0.1:${ports.get(service) ?? 0}`;
  return {
    listen: address,
    address,
    secretFile: (secret) => join(secretFolder, secret),
    dataPath: (_service, file) => file,
    publicUrl: (service) => `http://${address(service)}`,
  };
}

async function send(
  alertmanager: OneShotAlertmanager,
  stack: string,
  receiver: string,
  outcomes: Map<string, Outcome>,
  integrations: ReturnType<typeof integrationsOf>,
  seconds: number,
  signal: AbortSignal,
): Promise<void> {
  const alert = testAlert(stack, receiver);
  await alertmanager.listening();
  await alertmanager.post(alert);
  const settled = () => [...outcomes.values()].every(({ final }) => final);
  await until(settled, seconds, signal);
  if (!settled()) applyMetrics(outcomes, await alertmanager.metrics());
  const wanting = [...integrations].filter(
    ([key, { sendResolved }]) => sendResolved && (outcomes.get(key)?.delivered ?? 0) > 0,
  );
  if (wanting.length === 0) return;
  // Otherwise an incident would stay open at whoever opens one for each alert.
  await alertmanager.post({ ...alert, endsAt: new Date().toISOString() });
  await until(() => wanting.every(([key]) => (outcomes.get(key)?.delivered ?? 0) > 1), RESOLVE_SECONDS, signal);
}

/** The next message waits for the tries of channels that failed; Alertmanager gives those up after ten seconds. */
const RESOLVE_SECONDS = 12;

function testAlert(stack: string, receiver: string): PostedAlert {
  const now = new Date();
  const at = now.toISOString();
  return {
    labels: { alertname: '[TEST] Chainwatch', chainwatch_test: 'true', environment: stack, severity: 'info' },
    annotations: {
      summary: `[TEST] Stack ${stack} reaches receiver ${receiver}`,
      description: `Somebody ran "chainwatch notify test ${receiver}" at ${at}. Nothing is wrong, and nothing is to be done.`,
    },
    startsAt: at,
    endsAt: new Date(now.getTime() + 3_600_000).toISOString(),
  };
}

async function until(done: () => boolean, seconds: number, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!done() && Date.now() < deadline) {
    signal.throwIfAborted();
    await sleep(50);
  }
}

/** A provider's error may repeat the address that it was asked at, token and all. */
function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .filter((secret) => secret !== '')
    .reduce((cleaned, secret) => cleaned.replaceAll(secret, '…'), text);
}

function show(results: readonly ChannelResult[], io: Io): void {
  const colours = paint(io);
  const { green, red, yellow } = colours;
  const rows = results.map(({ channel, ok, reason, resolved }) => [
    ok ? green('ok') : red('✗'),
    channel,
    ok
      ? resolved === false
        ? yellow('took the test alert, but not that it is over')
        : 'took the test alert'
      : (reason ?? ''),
  ]);
  io.out(table(['', 'channel', 'outcome'], rows, colours));
  for (const { channel, remedy } of results) if (remedy !== undefined) io.out(`Remedy, ${channel}: ${remedy}\n`);
}
