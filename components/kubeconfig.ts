/** Finds the cluster as the provider of Pulumi does: by KUBECONFIG, the file of the home folder, or from inside the cluster. */
import { accessSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { parse } from 'yaml';
import type { ClusterPlan } from '../model/kubernetes/cluster.ts';
import { judgeKubeconfig } from '../model/kubernetes/preflight/kubeconfig.ts';
import type { Connection } from '../model/kubernetes/preflight/reach.ts';
import { fault, field, listOf, textIn, type Verdict } from '../model/verdict.ts';
import { proxyFor } from './clusterProxy.ts';
import { kubeConfigClass } from './kubeConfigClass.ts';

export interface Found {
  readonly config: KubeConfig;
  readonly connection: Connection;
}

const HELP =
  'write one with the command of your provider (such as `aws eks update-kubeconfig`, `k3d kubeconfig write`), and name it in KUBECONFIG';
const TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** @param env holds KUBECONFIG: a path, or the contents themselves */
export async function findCluster(
  { context, kubeconfig }: ClusterPlan['connection'],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Found | Verdict> {
  // Needed only where there is a cluster.
  const KubeConfig = await kubeConfigClass();
  const config = new KubeConfig();
  const source = read(kubeconfig ?? env.KUBECONFIG ?? '', env.HOME ?? homedir());
  if ('faults' in source) return source;
  if ('inside' in source) config.loadFromCluster();
  else
    try {
      config.loadFromString(source.text);
      readTokenFiles(config, source.text);
      addNobody(config);
      if (source.folder !== undefined) config.makePathsAbsolute(source.folder);
    } catch (error) {
      return fault(`${source.name} is no kubeconfig (${firstLine(error)}): ${HELP}`);
    }
  const verdict = judgeKubeconfig(source.name, context, {
    current: config.getCurrentContext() || undefined,
    contexts: config.getContexts(),
    clusters: config.getClusters().map(({ name }) => name),
    users: config.getUsers().map(({ name }) => name),
  });
  if (verdict.faults.length > 0) return verdict;
  if (context !== undefined) config.setCurrentContext(context);
  const server = config.getCurrentCluster()?.server ?? '';
  throughProxy(config, proxyFor(server, env));
  return { config, connection: { server, context: config.getCurrentContext(), kubeconfig: source.name } };
}

/** The client passes over a user's `tokenFile`, which the provider reads. */
function readTokenFiles(config: KubeConfig, text: string): void {
  const files = new Map(
    listOf(field(parse(text), 'users')).map((each) => [textIn(each, 'name'), textIn(field(each, 'user'), 'tokenFile')]),
  );
  config.users = config.users.map((user) => {
    const tokenFile = files.get(user.name);
    return tokenFile === undefined || user.token
      ? user
      : { ...user, authProvider: { name: 'tokenFile', config: { tokenFile } } };
  });
}

/** A context may do without a user; the client would then pass over the certificate, too. */
function addNobody(config: KubeConfig): void {
  const name = '(nobody)';
  config.contexts = config.contexts.map((context) => (context.user ? context : { ...context, user: name }));
  config.users = [...config.users, { name }];
}

/** Where the kubeconfig itself names none. The client does not read the environment. */
function throughProxy(config: KubeConfig, proxyUrl: string | undefined): void {
  const cluster = config.getCurrentCluster();
  if (proxyUrl === undefined || cluster === null || cluster.proxyUrl) return;
  config.clusters = config.clusters.map((each) => (each.name === cluster.name ? { ...each, proxyUrl } : each));
}

type Source = { readonly name: string; readonly text: string; readonly folder?: string };

function read(given: string, home: string): Source | { readonly name: string; readonly inside: true } | Verdict {
  if (given !== '') return readGiven(given, home);
  const usual = join(home, '.kube', 'config');
  if (isThere(usual)) return readFile(usual, '~/.kube/config');
  if (isThere(TOKEN)) return { name: 'the account of this pod', inside: true };
  return fault(`there is no kubeconfig: KUBECONFIG is not set, and ${usual} is not there; ${HELP}`);
}

/** The provider takes one path, or what would stand in the file. */
function readGiven(given: string, home: string): Source | Verdict {
  const path = given === '~' || given.startsWith('~/') ? join(home, given.slice(1)) : given;
  if (isThere(path)) return readFile(path, given);
  if (/[\n{]|^apiVersion/.test(given)) return { name: 'the contents of KUBECONFIG', text: given };
  if (given.split(delimiter).length > 1)
    return fault(
      `KUBECONFIG names several files (${given}), and Pulumi takes one: \`kubectl config view --flatten > chainwatch.kubeconfig\` makes one of them; name that in KUBECONFIG`,
    );
  const from = isAbsolute(path) ? '' : ` (from ${process.cwd()})`;
  return fault(`KUBECONFIG names ${given}, and there is no such file${from}: correct it, or ${HELP}`);
}

function readFile(path: string, name: string): Source | Verdict {
  try {
    return { name, text: readFileSync(path, 'utf8'), folder: join(path, '..') };
  } catch (error) {
    return fault(`the kubeconfig ${name} cannot be read (${firstLine(error)}): it must be a file that you may read`);
  }
}

function isThere(path: string): boolean {
  try {
    accessSync(path);
    return statSync(path) !== undefined;
  } catch {
    return false;
  }
}

/** Parsers repeat the text that they do not understand, in which there may be a token. */
function firstLine(error: unknown): string {
  const [line = ''] = String(error instanceof Error ? error.message : error).split('\n');
  return line.slice(0, 200);
}
