/** A real Prometheus that runs a configuration, with the cluster to discover in and no way to scrape anything. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { OBJECT } from '../../model/kubernetes/names.ts';
import type { ApiAccess } from '../../tools/cluster/api.ts';
import { type Config, prometheusFile } from './generated.ts';
import type { Stand } from './stand.ts';

export interface Loaded {
  readonly targets: () => Promise<Target[]>;
  /** `<group> <rule>`, sorted. */
  readonly rules: () => Promise<string[]>;
  /** Addresses that alerts would be sent to, sorted. */
  readonly alertmanagers: () => Promise<string[]>;
  readonly end: () => Promise<void>;
}

/** What a series carries, and what is asked how often. */
export interface Target {
  readonly labels: Readonly<Record<string, string>>;
  /** Without the host, which is one thing for a pod and another for a name. */
  readonly asked: string;
  readonly interval: string;
  readonly timeout: string;
}

/** Where a pod finds who it is. */
const MOUNTED = '/var/run/secrets/kubernetes.io/serviceaccount';
/** Refuses at once, so that no address of a stack file is ever asked from here. */
const NOWHERE = 'http://127.0.0.1:9';

/** @returns the path of the configuration file, with its rules beside it */
export function writeConfig(folder: string, { text, rules }: Config, access: ApiAccess): string {
  const ruleFolder = join(folder, 'rules');
  mkdirSync(ruleFolder, { recursive: true });
  for (const [name, content] of rules) writeFileSync(join(ruleFolder, name), content);
  const authority = join(folder, 'authority.pem');
  const token = join(folder, 'token');
  writeFileSync(authority, access.certificate);
  writeFileSync(token, access.token, { mode: 0o600 });
  // From outside of the cluster the API server is found by address, and nothing is mounted.
  const reach = {
    api_server: access.url,
    authorization: { credentials_file: token },
    tls_config: { ca_file: authority },
  };
  const outside = <T extends { kubernetes_sd_configs?: object[] | undefined }>(config: T) => ({
    ...config,
    ...(config.kubernetes_sd_configs && {
      kubernetes_sd_configs: config.kubernetes_sd_configs.map((discovery) => ({ ...discovery, ...reach })),
    }),
    proxy_url: NOWHERE,
  });
  const own = text.replaceAll(`${MOUNTED}/token`, token).replaceAll(`${MOUNTED}/ca.crt`, authority);
  const config = prometheusFile.parse(parse(own));
  const file = join(folder, 'prometheus.yml');
  const written = {
    ...config,
    rule_files: [join(ruleFolder, '*.yaml')],
    scrape_configs: config.scrape_configs.map(outside),
    alerting: { ...config.alerting, alertmanagers: config.alerting.alertmanagers.map(outside) },
  };
  writeFileSync(file, stringify(written));
  return file;
}

const OF_THE_POD = /^--(config\.file|storage\.tsdb\.path|web\.[\w.-]+)=/;

/** @param flags those that the program would have in its pod; files and addresses are replaced by ones that exist here */
export async function load(
  stand: Stand,
  folder: string,
  config: Config,
  flags: readonly string[] = [],
): Promise<Loaded> {
  const file = writeConfig(folder, config, stand.cluster.access);
  const kept = flags.filter((flag) => !OF_THE_POD.test(flag));
  const { url, end } = await stand.serve(
    'prometheus',
    (port) => [
      ...kept,
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    '/-/ready',
  );
  const ask = async <T>(path: string, shape: z.ZodType<T>): Promise<T> =>
    z.object({ data: shape }).parse(await (await fetch(`${url}/api/v1/${path}`)).json()).data;
  return {
    end,
    targets: async () => (await ask('targets?state=active', activeTargets)).activeTargets.map(targetOf).sort(byLabels),
    rules: async () => {
      const { groups } = await ask('rules', ruleGroups);
      return groups.flatMap(({ name, rules }) => rules.map((rule) => `${name} ${rule.name}`)).sort();
    },
    alertmanagers: async () =>
      (await ask('alertmanagers', alertmanagers)).activeAlertmanagers.map((each) => each.url).sort(),
  };
}

const labels = z.record(z.string(), z.string());
const activeTarget = z.looseObject({
  labels,
  scrapeUrl: z.string(),
  scrapeInterval: z.string(),
  scrapeTimeout: z.string(),
});
const activeTargets = z.looseObject({ activeTargets: z.array(activeTarget) });
const ruleGroups = z.looseObject({
  groups: z.array(z.looseObject({ name: z.string(), rules: z.array(z.looseObject({ name: z.string() })) })),
});
const alertmanagers = z.looseObject({ activeAlertmanagers: z.array(z.looseObject({ url: z.string() })) });

function targetOf({ labels: carried, scrapeUrl, scrapeInterval, scrapeTimeout }: z.infer<typeof activeTarget>): Target {
  const { port, pathname, search } = new URL(scrapeUrl);
  return { labels: carried, asked: `:${port}${pathname}${search}`, interval: scrapeInterval, timeout: scrapeTimeout };
}

export function byLabels(a: Target, b: Target): number {
  const key = ({ labels, asked }: Target) => JSON.stringify([labels.job, labels.instance, asked]);
  return key(a) < key(b) ? -1 : 1;
}

/** The operator puts the name of its object into that of its sets. */
function setOf(component: string): string {
  return component === 'aggregator' ? component : `${component}-${OBJECT}`;
}

/** Prometheus, Alertmanager and our aggregator are targets of their own for each replica, called as the pod is. */
export function replicated(target: Target, replicas: Readonly<Record<string, number>>): Target[] {
  const { component = '' } = target.labels;
  const count = replicas[component];
  if (count === undefined) return [target];
  return Array.from({ length: count }, (_, index) => ({
    ...target,
    labels: { ...target.labels, instance: `${setOf(component)}-${index}` },
  }));
}

/** The chart's series have none. */
export function isOurs({ labels }: Target): boolean {
  return 'component' in labels;
}
