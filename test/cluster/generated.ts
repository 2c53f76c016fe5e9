/** What the operator made of our objects, read back from where its programs would read it. */
import { gunzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { z } from 'zod';
import { OBJECT } from '../../model/kubernetes/names.ts';
import type { Client } from './client.ts';

export interface Config {
  readonly text: string;
  /** File name → text. */
  readonly rules: ReadonlyMap<string, string>;
}

const relabeling = z.looseObject({
  target_label: z.string().optional(),
  // The number of a shard is filled in without quotes.
  replacement: z.coerce.string().optional(),
});
const discovery = z.array(z.looseObject({ role: z.string() })).optional();
const scrape = z.looseObject({
  job_name: z.string(),
  scrape_interval: z.string().optional(),
  scrape_timeout: z.string().optional(),
  metrics_path: z.string().optional(),
  sample_limit: z.number().optional(),
  honor_labels: z.boolean().optional(),
  kubernetes_sd_configs: discovery,
  relabel_configs: z.array(relabeling).optional(),
});
export type GeneratedScrape = z.infer<typeof scrape>;

export const prometheusFile = z.looseObject({
  global: z.looseObject({ scrape_timeout: z.string() }),
  rule_files: z.array(z.string()),
  scrape_configs: z.array(scrape),
  alerting: z.looseObject({ alertmanagers: z.array(z.looseObject({ kubernetes_sd_configs: discovery })) }),
});
export type GeneratedPrometheus = z.infer<typeof prometheusFile>;

const ruleFile = z.object({
  groups: z.array(z.looseObject({ name: z.string(), rules: z.array(z.looseObject({ expr: z.string() })) })),
});
export type GeneratedGroup = z.infer<typeof ruleFile>['groups'][number];

const secret = { apiVersion: 'v1', kind: 'Secret' } as const;
const configMap = { apiVersion: 'v1', kind: 'ConfigMap' } as const;
const texts = z.record(z.string(), z.string());

/** @returns nothing as long as there is none */
async function prometheusText(client: Client, namespace: string): Promise<string | undefined> {
  const text = await unpacked(client, namespace, `prometheus-${OBJECT}`, 'prometheus.yaml.gz');
  // What the reloader beside Prometheus fills in.
  return text?.replaceAll('$(POD_NAME)', `prometheus-${OBJECT}-0`).replaceAll('$(SHARD)', '0');
}

export async function generatedPrometheus(client: Client, namespace: string): Promise<GeneratedPrometheus | undefined> {
  const text = await prometheusText(client, namespace);
  return text === undefined ? undefined : prometheusFile.parse(parse(text));
}

export async function alertmanagerText(client: Client, namespace: string): Promise<string | undefined> {
  return unpacked(client, namespace, `alertmanager-${OBJECT}-generated`, 'alertmanager.yaml.gz');
}

/** File name → text. */
export async function ruleFiles(client: Client, namespace: string): Promise<Map<string, string>> {
  const all = await client.list(configMap, namespace);
  const own = all.filter(({ metadata }) => metadata.name.startsWith(`prometheus-${OBJECT}-rulefiles-`));
  return new Map(own.flatMap(({ data }) => Object.entries(texts.parse(data ?? {}))));
}

export async function generatedGroups(client: Client, namespace: string): Promise<GeneratedGroup[]> {
  return [...(await ruleFiles(client, namespace)).values()].flatMap((text) => groupsIn(parse(text)));
}

/** The groups of a rule file's content. */
export function groupsIn(content: unknown): GeneratedGroup[] {
  return ruleFile.parse(content).groups;
}

async function unpacked(client: Client, namespace: string, name: string, key: string): Promise<string | undefined> {
  const found = await client.get(secret, { name, namespace });
  const data = texts.parse(found?.data ?? {})[key];
  return data === undefined ? undefined : gunzipSync(Buffer.from(data, 'base64')).toString();
}

/** The value of the `job` label of its series. */
export function jobLabel({ job_name, relabel_configs = [] }: GeneratedScrape): string {
  const set = relabel_configs.filter(({ target_label }) => target_label === 'job');
  return set.at(-1)?.replacement ?? job_name;
}

/** All that a Prometheus of the operator reads. */
export async function configOfOperator(client: Client, namespace: string): Promise<Config> {
  const text = await prometheusText(client, namespace);
  if (text === undefined) throw new Error(`the operator has made no configuration in ${namespace}`);
  return { text, rules: await ruleFiles(client, namespace) };
}

const container = z.looseObject({ name: z.string(), args: z.array(z.string()).optional() });
const pods = z.looseObject({ template: z.looseObject({ spec: z.looseObject({ containers: z.array(container) }) }) });

/** The flags of Prometheus as the operator would start it. */
export async function flagsOf(client: Client, namespace: string): Promise<readonly string[]> {
  const set = { apiVersion: 'apps/v1', kind: 'StatefulSet' };
  const found = await client.get(set, { name: `prometheus-${OBJECT}`, namespace });
  const { containers } = pods.parse(found?.spec).template.spec;
  return containers.find((each) => each.name === 'prometheus')?.args ?? [];
}
