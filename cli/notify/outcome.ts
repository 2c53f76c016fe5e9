/** What became of each channel, from what Alertmanager logs. Pure. */
import { z } from 'zod';

const entry = z.object({
  msg: z.string(),
  /** `webhook[0]` */
  integration: z.string().optional(),
  err: z.string().optional(),
  address: z.string().optional(),
});
export type LogEntry = z.infer<typeof entry>;

export interface Outcome {
  /** How many messages arrived: the alert, and then that it is over. */
  readonly delivered: number;
  /** Nothing more will come of it. */
  readonly final: boolean;
  /** Why the last try failed. */
  readonly reason?: string;
}

export const UNTRIED: Outcome = { delivered: 0, final: false };

/** `undefined` for a line that is no entry, such as a panic's. */
export function parseEntry(line: string): LogEntry | undefined {
  try {
    return entry.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** @param receiver its name, which Alertmanager puts before the integration's */
export function applyEntry(
  outcomes: Map<string, Outcome>,
  { msg, integration, err }: LogEntry,
  receiver: string,
): void {
  if (integration !== undefined && outcomes.has(integration)) {
    const before = outcomes.get(integration) ?? UNTRIED;
    if (msg === 'Notify success') outcomes.set(integration, { delivered: before.delivered + 1, final: true });
    else if (err !== undefined) outcomes.set(integration, { ...before, reason: reasonOf(err) });
    return;
  }
  if (err === undefined || !/Notify for alerts failed/i.test(msg)) return;
  // One entry for all channels that were given up, joined by semicolons.
  const start = `${receiver}/`;
  for (const part of err.split(`; ${start}`)) {
    const text = part.startsWith(start) ? part.slice(start.length) : part;
    const [, name, why] = /^([a-z]+\[\d+\]): notify retry canceled [^:]*: (.*)$/s.exec(text) ?? [];
    if (name === undefined || why === undefined || !outcomes.has(name)) continue;
    if (outcomes.get(name)?.delivered === 0) outcomes.set(name, { delivered: 0, final: true, reason: reasonOf(why) });
  }
}

/**
 * The counters, for what the log did not tell (its words differ between versions): where Alertmanager counts no failed request of a kind,
 * and as many requests as there are channels of it, they have arrived.
 * @param metrics the text of its /metrics
 */
export function applyMetrics(outcomes: Map<string, Outcome>, metrics: string): void {
  const counter = (name: string, kind: string) => {
    const lines = metrics.matchAll(new RegExp(`^${name}\\{[^}]*integration="${kind}"[^}]*\\} (\\S+)$`, 'gm'));
    return [...lines].reduce((sum, [, value]) => sum + Number(value), 0);
  };
  for (const [integration, outcome] of outcomes) {
    if (outcome.delivered > 0 || outcome.reason !== undefined) continue;
    const kind = integration.replace(/\[\d+\]$/, '');
    const channels = [...outcomes.keys()].filter((key) => key.startsWith(`${kind}[`)).length;
    const requests = counter('alertmanager_notification_requests_total', kind);
    const failed =
      counter('alertmanager_notification_requests_failed_total', kind) +
      counter('alertmanager_notifications_failed_total', kind);
    if (failed === 0 && requests >= channels) outcomes.set(integration, { delivered: 1, final: true });
    else if (failed > 0) outcomes.set(integration, { ...outcome, reason: 'Alertmanager counts a failed request' });
  }
}

/** In fewer words: what matters is who said what. */
function reasonOf(err: string): string {
  const text = err.replace(/^(Get|Post|Put) "[^"]*": /, '').trim();
  if (/context deadline exceeded|context canceled|Client\.Timeout/.test(text)) return 'did not answer in time';
  return text;
}
