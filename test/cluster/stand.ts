/** A cluster with the operator's kinds in it, in which the operator itself runs beside the API server: all of it ends with the test. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { freePorts, Server } from '../../tools/cluster/server.ts';
import { type Cluster, startCluster } from '../../tools/cluster/start.ts';
import { crdFolder, type ProgramName, resolveProgram } from '../../tools/index.ts';
import { applyAll } from './apply.ts';
import { Client, type KubernetesObject, kubernetesObject } from './client.ts';

export interface Serving {
  readonly url: string;
  readonly end: () => Promise<void>;
}

export interface Stand {
  readonly folder: string;
  readonly cluster: Cluster;
  readonly client: Client;
  /** Of every custom resource definition of the operator. */
  readonly crds: readonly KubernetesObject[];
  /** Starts a program on loopback that ends with the stand, if not before; `args` are told the port to listen on. */
  readonly serve: (name: ProgramName, args: (port: number) => readonly string[], ready: string) => Promise<Serving>;
  readonly end: () => Promise<void>;
}

export async function startStand(): Promise<Stand> {
  const folder = mkdtempSync(join(tmpdir(), 'chainwatch-cluster-'));
  const cluster = await startCluster({ folder }).catch((error) => {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  });
  const client = new Client(cluster.access);
  const servers: Server[] = [];
  let count = 0;
  return {
    folder,
    cluster,
    client,
    crds: await readCrds(),
    serve: async (name, args, ready) => {
      const { path } = await resolveProgram(name);
      const [port = 0] = await freePorts(1);
      const url = `http://127.0.0.1:${port}`;
      count += 1;
      const logs = join(folder, 'logs');
      mkdirSync(logs, { recursive: true });
      const isReady = async () => (await fetch(url + ready)).ok;
      const logFile = join(logs, `${name}-${count}.log`);
      const env = { KUBECONFIG: cluster.kubeconfig };
      const server = await Server.start({ name, path, args: args(port), env, logFile, isReady });
      servers.push(server);
      return { url, end: () => server.kill() };
    },
    end: async () => {
      client.close();
      await Promise.all(servers.map((server) => server.kill()));
      await cluster.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Reconciles as it would from inside, but for its own pod. */
export async function startOperator({ serve }: Stand): Promise<void> {
  await serve('prometheus-operator', (port) => [`--web.listen-address=127.0.0.1:${port}`], '/healthz');
}

async function readCrds(): Promise<KubernetesObject[]> {
  const folder = await crdFolder();
  return readdirSync(folder).map((file) => kubernetesObject.parse(parse(readFileSync(join(folder, file), 'utf8'))));
}

/** Returns when all are served: an operator that starts before leaves out the kinds that it does not find. */
export async function applyCrds({ client, crds }: Stand): Promise<void> {
  await applyAll(client, crds, 'helm');
  for (const { spec } of crds) {
    const { group, names, versions } = definition.parse(spec);
    for (const { name } of versions) await client.list({ apiVersion: `${group}/${name}`, kind: names.kind });
  }
}

const definition = z.looseObject({
  group: z.string(),
  names: z.looseObject({ kind: z.string() }),
  versions: z.array(z.looseObject({ name: z.string() })),
});
