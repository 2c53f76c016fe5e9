/** What Prometheus says of its targets. */
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
export async function targetHealth(prometheusUrl: string): Promise<TargetHealth[]> {
  const response = await fetch(`${prometheusUrl}/api/v1/targets?state=active`, { signal: AbortSignal.timeout(5000) });
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

/** Waits until every target has been scraped at least once, well or badly, and resolves with how they are then. */
export async function settledTargets(
  prometheusUrl: string,
  seconds: number,
  signal?: AbortSignal,
): Promise<TargetHealth[]> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    signal?.throwIfAborted();
    const targets = await targetHealth(prometheusUrl).catch(() => []);
    const settled = targets.length > 0 && targets.every((target) => target.health === 'up');
    if (settled || Date.now() >= deadline) return targets;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
