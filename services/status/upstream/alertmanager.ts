import { z } from 'zod';
import { type Asked, ask } from './ask.ts';

const alerts = z.array(
  z.object({
    labels: z.record(z.string(), z.string()),
    status: z.object({
      silencedBy: z.array(z.string()).default([]),
      inhibitedBy: z.array(z.string()).default([]),
      mutedBy: z.array(z.string()).default([]),
    }),
  }),
);

export type KnownAlert = z.output<typeof alerts>[number];

/** What Alertmanager has, whatever it does with it. */
export function readAlerts(base: string): Promise<Asked<readonly KnownAlert[]>> {
  return ask('Alertmanager', `${base}/api/v2/alerts`, alerts);
}
