import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kwokStages } from '../data.ts';
import { resolvePrograms } from '../index.ts';
import type { ToolProgress } from '../types.ts';
import { type ApiAccess, askApi, createObject } from './api.ts';
import {
  apiServerArguments,
  controllerManagerArguments,
  etcdArguments,
  kwokArguments,
  type Ports,
  schedulerArguments,
} from './arguments.ts';
import { type Credentials, kubeconfigFor, makeCredentials } from './credentials.ts';
import { pretendedNode, pretendedStorageClass } from './pretended.ts';
import { freePorts, Server, ServerError } from './server.ts';

export interface ClusterOptions {
  /** Made if it is not there; holds the data, the keys, the kubeconfig and `logs/`. Whoever made it removes it. */
  readonly folder: string;
  readonly signal?: AbortSignal;
  /** The programs that are being got; the first time takes minutes. */
  readonly onProgress?: (progress: ToolProgress) => void;
  /** Pretended nodes; 3 if not given, so that what wants to be spread can be. With 0 there is the API server only: no controllers, no pods. */
  readonly nodes?: number;
}

/** A Kubernetes API server with etcd, and with controllers, a scheduler and pretended nodes, on loopback. */
export interface Cluster {
  /** The kubeconfig file of an administrator. */
  readonly kubeconfig: string;
  /** `https://127.0.0.1:<port>`, the same after a restart. */
  readonly url: string;
  readonly access: ApiAccess;
  /** The path of a kubectl of the cluster's version. */
  readonly kubectl: string;
  /** Where each server's log lies, as `<program>.log`. */
  readonly logs: string;
  /** Kills the API server as a power cut would; what has been accepted stays in etcd. */
  readonly killApiServer: () => Promise<void>;
  /** Starts it again, and waits until it is ready. */
  readonly startApiServer: () => Promise<void>;
  /** Ends everything that was started. */
  readonly stop: () => Promise<void>;
}

const ATTEMPTS = 3;
const PROGRAMS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubectl', 'kwok'] as const;

/**
 * Starts a cluster, and returns when the API server is ready (about 3 s) and, unless `nodes` is 0, its nodes are known.
 * @throws MissingProgramError, MissingDataError; ServerError with the end of the log of what did not come up. Nothing runs then.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(options);
    } catch (error) {
      if (attempt === ATTEMPTS || !(error instanceof ServerError) || !error.portTaken) throw error;
    }
  }
}

async function startOnce({ folder, signal, onProgress, nodes = 3 }: ClusterOptions): Promise<Cluster> {
  const getting = { ...(signal && { signal }), ...(onProgress && { onProgress }) };
  const programs = await resolvePrograms(PROGRAMS, getting);
  const stages = await kwokStages(getting);

  const logs = join(folder, 'logs');
  await mkdir(logs, { recursive: true });
  const data = join(folder, 'etcd');
  await rm(data, { recursive: true, force: true });
  const credentials = await makeCredentials(folder);
  const [etcd = 0, etcdPeer = 0, api = 0] = await freePorts(3);
  const ports: Ports = { etcd, etcdPeer, api };
  const url = `https://127.0.0.1:${api}`;

  const servers: Server[] = [];
  const serve = async (
    name: Exclude<(typeof PROGRAMS)[number], 'kubectl'>,
    args: readonly string[],
    isReady: () => Promise<boolean> = async () => true,
  ): Promise<Server> => {
    const command = { name, path: programs[name].path, args, logFile: join(logs, `${name}.log`), isReady };
    const server = await Server.start(command, signal);
    servers.push(server);
    return server;
  };
  const stop = async (): Promise<void> => {
    // Without grace: nothing of it is to survive.
    await Promise.all(servers.splice(0).map((server) => server.kill()));
  };

  try {
    await serve('etcd', etcdArguments(data, ports), () => answers(`http://127.0.0.1:${etcd}/health`));
    const startApi = () =>
      serve('kube-apiserver', apiServerArguments(ports, credentials), () => isApiReady(url, credentials));
    let apiServer = await startApi();
    const certificate = await readFile(credentials.certificate, 'utf8');
    const access: ApiAccess = { url, certificate, token: credentials.token };
    await writeFile(credentials.kubeconfig, kubeconfigFor(url, certificate, credentials.token), { mode: 0o600 });

    if (nodes > 0) {
      await Promise.all([
        serve('kube-controller-manager', controllerManagerArguments(credentials)),
        serve('kube-scheduler', schedulerArguments(credentials)),
        serve('kwok', kwokArguments(credentials, stages)),
        createObject(access, '/apis/storage.k8s.io/v1/storageclasses', pretendedStorageClass),
        ...Array.from({ length: nodes }, (_, index) =>
          createObject(access, '/api/v1/nodes', pretendedNode(`node-${index}`)),
        ),
      ]);
    }
    return {
      kubeconfig: credentials.kubeconfig,
      url,
      access,
      kubectl: programs.kubectl.path,
      logs,
      killApiServer: () => apiServer.kill(),
      startApiServer: async () => {
        if (!apiServer.isRunning) apiServer = await startApi();
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function isApiReady(url: string, { certificate, token }: Credentials): Promise<boolean> {
  const access = { url, certificate: await readFile(certificate, 'utf8'), token };
  return (await askApi(access, { path: '/readyz' })).status === 200;
}

async function answers(url: string): Promise<boolean> {
  return (await fetch(url)).ok;
}
