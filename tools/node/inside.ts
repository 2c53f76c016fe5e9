/**
 * The first process of a node: everything else of it is below it, in namespaces of its own, so that it can end no other way than whole. Started
 * by `start.ts`. It ends, and clears away what the namespaces do not, when its input ends: whoever has started it is gone or wants that.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { askApi, createObject } from '../cluster/api.ts';
import {
  apiServerArguments,
  controllerManagerArguments,
  etcdArguments,
  schedulerArguments,
} from '../cluster/arguments.ts';
import { kubeconfigFor, makeCredentials } from '../cluster/credentials.ts';
import { Server } from '../cluster/server.ts';
import { makeCgroup, removeCgroup } from './cgroups.ts';
import { enforcePolicies } from './enforce.ts';
import { isolate } from './isolate.ts';
import { nodeObjects } from './objects.ts';
import {
  API_PORT,
  addresses,
  apiServerExtras,
  containerdConfig,
  foldersOf,
  kubeletConfig,
  NODE,
  network,
  proxyConfig,
} from './settings.ts';

const orderSchema = z.strictObject({
  folder: z.string(),
  cgroup: z.string(),
  /** Path by name. */
  programs: z.record(z.string(), z.string()),
  /** Put before PATH: where the shim of containerd is. */
  path: z.string(),
  runc: z.string(),
  plugins: z.string(),
  volumes: z.int(),
  /** Of the images without which no pod runs. */
  archive: z.string(),
});
const nodeSchema = z.object({
  status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).optional() }),
});

/** What it is told, as a file. */
export type NodeOrder = z.infer<typeof orderSchema>;

const [orderFile] = process.argv.slice(2);
if (orderFile === undefined || process.pid !== 1) throw new Error('this is started by tools/node/start.ts');
const order = orderSchema.parse(JSON.parse(readFileSync(orderFile, 'utf8')));
const folders = foldersOf(order.folder);
process.env.PATH = `${order.path}:${process.env.PATH}:/usr/sbin:/sbin`;

process.stdin.resume();
process.stdin.once('end', end);
process.stdin.once('error', end);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
try {
  await run();
  say({ ready: true });
} catch (error) {
  say({ failed: error instanceof Error ? error.message : String(error) });
  await end();
}

async function run(): Promise<void> {
  // Images and what pods write over them: waiting for the disk takes longer than all the rest.
  isolate(folders.root, [folders.containerd]);
  const cgroup = makeCgroup(order.cgroup);
  for (const folder of Object.values(folders)) if (!folder.endsWith('.sock')) mkdirSync(folder, { recursive: true });
  mkdirSync(join(folders.logs, 'pods'), { recursive: true });
  const credentials = await makeCredentials(folders.settings);
  const ports = { etcd: 2379, etcdPeer: 2380, api: API_PORT };
  const local = `https://127.0.0.1:${API_PORT}`;

  const etcd = serve('etcd', etcdArguments(join(folders.root, 'etcd'), ports), () =>
    answers('http://127.0.0.1:2379/health'),
  );
  writeFileSync(join(folders.settings, 'containerd.toml'), containerdConfig(folders, order));
  writeFileSync(join(folders.cni, '10-chainwatch.conflist'), JSON.stringify(network));
  const containerd = serve('containerd', ['--config', join(folders.settings, 'containerd.toml')], () =>
    accepts(folders.containerdSocket),
  );
  const images = containerd.then(() => importArchive());
  await etcd;
  const access = () => ({
    url: local.replace('127.0.0.1', 'localhost'),
    certificate: readFileSync(credentials.certificate, 'utf8'),
    token: credentials.token,
  });
  await serve('kube-apiserver', [...apiServerArguments(ports, credentials), ...apiServerExtras], async () => {
    const { status } = await askApi(access(), { path: '/readyz' });
    return status === 200;
  });
  const { certificate, token, url } = access();
  writeFileSync(credentials.kubeconfig, kubeconfigFor(url, certificate, token), { mode: 0o600 });
  relay(folders.apiSocket);
  void enforcePolicies(access(), join(folders.logs, 'policies.log'));

  writeFileSync(join(folders.settings, 'resolv.conf'), '');
  const write = (name: string, content: object): string => {
    const file = join(folders.settings, name);
    writeFileSync(file, JSON.stringify(content, null, 2));
    return file;
  };
  const kubelet = write('kubelet.json', kubeletConfig(folders, cgroup));
  const proxy = write('kube-proxy.json', proxyConfig(credentials.kubeconfig));
  await Promise.all([
    serve('kube-controller-manager', controllerManagerArguments(credentials)),
    serve('kube-scheduler', schedulerArguments(credentials)),
    serve('kube-proxy', [`--config=${proxy}`]),
    images,
  ]);
  for (const { path, body } of nodeObjects(folders.volumes, order.volumes)) await createObject(access(), path, body);
  await serve(
    'kubelet',
    [
      `--config=${kubelet}`,
      `--kubeconfig=${credentials.kubeconfig}`,
      `--root-dir=${folders.kubelet}`,
      `--cert-dir=${folders.kubelet}/pki`,
      `--hostname-override=${NODE}`,
      `--node-ip=${addresses.node}`,
    ],
    async () => {
      const { status, text } = await askApi(access(), { path: `/api/v1/nodes/${NODE}` });
      return status === 200 && isReady(JSON.parse(text));
    },
  );
}

async function serve(name: string, args: readonly string[], isUp: () => Promise<boolean> = async () => true) {
  const path = order.programs[name];
  if (path === undefined) throw new Error(`no path of ${name}`);
  return Server.start({ name, path, args, logFile: join(folders.logs, `${name}.log`), isReady: isUp });
}

function isReady(node: unknown): boolean {
  const { conditions = [] } = nodeSchema.parse(node).status;
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

async function importArchive(): Promise<void> {
  const { programs, archive } = order;
  const to = ['--address', folders.containerdSocket, '--namespace', 'k8s.io'];
  await promisify(execFile)(programs.ctr ?? 'ctr', [...to, 'images', 'import', archive]);
}

/** The one way in from the machine: a socket that is a file. */
function relay(socket: string): void {
  const server = createServer((from) => {
    const to = connect(API_PORT, '127.0.0.1');
    from.pipe(to).pipe(from);
    from.on('error', () => to.destroy());
    to.on('error', () => from.destroy());
  });
  server.listen(socket);
}

async function answers(url: string): Promise<boolean> {
  return (await fetch(url)).ok;
}

function accepts(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const tried = connect(socket);
    tried.once('connect', () => {
      tried.destroy();
      resolve(true);
    });
    tried.once('error', () => resolve(false));
  });
}

function say(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

/** As pid 1 it reaches everything of its own, and nothing else. */
async function end(): Promise<void> {
  try {
    process.kill(-1, 'SIGKILL');
  } catch {
    // Nothing was running yet.
  }
  for (let tries = 0; tries < 100 && !removeCgroup(order.cgroup); tries += 1) await sleep(20);
  process.exit(0);
}
