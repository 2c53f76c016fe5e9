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
  environment: z.string().min(1).max(128).describe('Its name stands on every page.'),
  timeScale: timeScaleField().describe('Said on every page where it is not 1, as it is in dev.'),
  networks: z
    .array(network)
    .default([])
    .describe('The networks of the environment. One that Prometheus does not know is shown as unknown, not left out.'),
  runbooks: z
    .array(runbook)
    .default([])
    .describe('`<chain>/<Alert>`: the pages that are served, read from `rules/<chain>/runbooks/<Alert>.md`.'),
  prometheusUrl: httpUrl().describe('Which Prometheus is asked.'),
  alertmanagerUrl: httpUrl().optional().describe('Which Alertmanager is asked.'),
  receiverUrl: httpUrl().optional().describe('Which receiver is asked.'),
  links: z
    .strictObject({
      prometheus: httpUrl().optional().describe('Where a browser reaches Prometheus.'),
      alertmanager: httpUrl().optional().describe('Where a browser reaches Alertmanager.'),
      receiver: httpUrl().optional().describe('Where a browser reaches the receiver.'),
      grafana: httpUrl().optional().describe('Where a browser reaches Grafana.'),
    })
    .default({})
    .describe("Addresses that a person's browser reaches, by the name of the program."),
});

export type StatusSettings = z.output<typeof settingsSchema>;
export type NetworkSettings = z.output<typeof network>;
