import { z } from 'zod';
import { timeScaleField } from '../shared/page/pace.ts';
import { commonSettings } from '../shared/service.ts';

export const DEFAULT_PORT = 8080;

const httpUrl = () =>
  z
    .string()
    .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), {
      error: 'is not a URL that starts with http:// or https://',
    })
    .transform((text) => text.replace(/\/+$/, ''));

const label = () => z.string().min(1).max(128);

/** Also keeps the name from being a way out of the folder of the runbooks. */
const runbook = z.string().regex(/^[a-z0-9][a-z0-9-]*\/[A-Za-z_][A-Za-z0-9_]*$/, {
  error: 'needs the form <chain>/<Alert>, such as "op-stack/BatcherDown"',
});

const network = z.strictObject({
  name: label(),
  chain: label(),
  engine: z.enum(['prometheus', 'grafana']).default('prometheus'),
  simulated: z.boolean().default(false),
});

/** What the settings file of the status service may say; `model/plan/services.ts` writes it. */
export const settingsSchema = z.strictObject({
  ...commonSettings(DEFAULT_PORT),
  environment: z.string().min(1).max(128),
  /** Said on every page where it is not 1, as it is in dev. */
  timeScale: timeScaleField(),
  /** The networks of the environment. One that Prometheus does not know is shown as unknown, not left out. */
  networks: z.array(network).default([]),
  /** `<chain>/<Alert>`: the pages that are served, read from `rules/<chain>/runbooks/<Alert>.md`. */
  runbooks: z.array(runbook).default([]),
  prometheusUrl: httpUrl(),
  alertmanagerUrl: httpUrl().optional(),
  receiverUrl: httpUrl().optional(),
  /** Addresses that a person's browser reaches, by the name of the program. */
  links: z
    .strictObject({
      prometheus: httpUrl().optional(),
      alertmanager: httpUrl().optional(),
      receiver: httpUrl().optional(),
      grafana: httpUrl().optional(),
    })
    .default({}),
});

export type StatusSettings = z.output<typeof settingsSchema>;
export type NetworkSettings = z.output<typeof network>;
