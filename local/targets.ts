/** What Prometheus says of its targets. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

const answer = z.object({
  data: z.object({
    activeTargets: z.array(
      z.object({
        labels: z.record(z.string(), z.string()),
        scrapeUrl: z.string(),
        health: z.enum(['up', 'down', 'unknown']),
        lastError: z.string(),
      }),
    ),
  }),
});

export interface TargetHealth {
  readonly job: string;
  readonly instance: string;
  readonly health: 'up' | 'down' | 'unknown';
  readonly error: string;
}

/** Sorted by job and instance. @throws where Prometheus does not answer */
export async function targetHealth(prometheusUrl: string, aborted?: AbortSignal): Promise<TargetHealth[]> {
  const timeout = AbortSignal.timeout(5000);
  const signal = aborted === undefined ? timeout : AbortSignal.any([aborted, timeout]);
  const response = await fetch(`${prometheusUrl}/api/v1/targets?state=active`, { signal });
  const { data } = answer.parse(await response.json());
  return data.activeTargets
    .map(({ labels, health, lastError }) => ({
      job: labels.job ?? '',
      instance: labels.instance ?? '',
      health,
      error: lastError,
    }))
    .sort((a, b) => `${a.job} ${a.instance}`.localeCompare(`${b.job} ${b.instance}`));
}

/** Waits until every target is up, at most so many seconds: one that stays down is shown as it is. */
export async function settledTargets(prometheusUrl: string, seconds: number, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    signal.throwIfAborted();
    const targets = await targetHealth(prometheusUrl, signal).catch(() => []);
    if (targets.length > 0 && targets.every((target) => target.health === 'up')) return;
    await sleep(100);
  }
}
