import { z } from 'zod';
import { type Asked, ask } from './ask.ts';

const alerts = z.array(
  z.object({
    fingerprint: z.string().default(''),
    labels: z.record(z.string(), z.string()),
    status: z.object({
      silencedBy: z.array(z.string()).default([]),
      inhibitedBy: z.array(z.string()).default([]),
      mutedBy: z.array(z.string()).default([]),
    }),
  }),
);

const silences = z.array(
  z.object({
    id: z.string(),
    comment: z.string().default(''),
    createdBy: z.string().default(''),
    /** Milliseconds of Unix time. */
    endsAt: z
      .string()
      .default('')
      .transform((text) => {
        const at = Date.parse(text);
        return Number.isNaN(at) ? null : at;
      }),
  }),
);

export type KnownAlert = z.output<typeof alerts>[number];
export type Silence = z.output<typeof silences>[number];

export interface AlertmanagerView {
  /** What Alertmanager has, whatever it does with it. */
  readonly alerts: readonly KnownAlert[];
  /** Empty where nothing is silenced, and where they could not be read: then a silence is known by its id alone. */
  readonly silences: readonly Silence[];
}

/** Its alerts, and where one of them is silenced, what the silences say. */
export async function readAlertmanager(base: string): Promise<Asked<AlertmanagerView>> {
  const known = await ask('Alertmanager', `${base}/api/v2/alerts`, alerts);
  if (!known.ok) return known;
  const silenced = known.value.some(({ status }) => status.silencedBy.length > 0);
  const said = silenced ? await ask('Alertmanager', `${base}/api/v2/silences`, silences) : undefined;
  return { ok: true, value: { alerts: known.value, silences: said?.ok ? said.value : [] } };
}
