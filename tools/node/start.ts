import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server as NetServer } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import type { ApiAccess } from '../cluster/api.ts';
import { kubeconfigFor } from '../cluster/credentials.ts';
import { resolvePrograms } from '../index.ts';
import { imageArchive, type PackedImage } from '../oci/image.ts';
import type { ToolProgress } from '../types.ts';
import { cgroupName, removeCgroup, sweepCgroups } from './cgroups.ts';
import { systemImages } from './images.ts';
import type { NodeOrder } from './inside.ts';
import { systemPrograms } from './requirements.ts';
import { foldersOf } from './settings.ts';

export interface NodeOptions {
  /** Made if it is not there; holds the data, the keys, the disks of claims and `logs/`. Whoever made it removes it, after `stop`. Short: sockets are in it. */
  readonly folder: string;
  readonly signal?: AbortSignal;
  /** The programs that are being got; the first time takes minutes. */
  readonly onProgress?: (progress: ToolProgress) => void;
  /** Disks for claims; 8 if not given. */
  readonly volumes?: number;
}

/** A Kubernetes cluster of one real node, in namespaces of its own: its network leads nowhere. */
export interface RealNode {
  /** The kubeconfig file of an administrator, for programs of this machine. */
  readonly kubeconfig: string;
  readonly access: ApiAccess;
  /** The path of a kubectl of the cluster's version. */
  readonly kubectl: string;
  /** Where each program's log lies, as `<program>.log`. */
  readonly logs: string;
  /** Afterwards pods may ask for them by their names. */
  readonly importImages: (images: readonly PackedImage[]) => Promise<void>;
  /** Ends everything that was started; mounts, network and control groups go with it. */
  readonly stop: () => Promise<void>;
}

const PROGRAMS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'containerd',
  'ctr',
] as const;
const BESIDES = ['containerd-shim-runc-v2', 'kubectl', 'pause', 'coredns'] as const;
const READY_MS = 120_000;
const END_MS = 10_000;
/** The path of a socket may have 107 bytes, and kubelet puts some into folders of its own. */
const LONGEST_FOLDER = 60;

/** A node did not come up. */
export class NodeError extends Error {}

/**
 * Starts a node, and returns when it is ready. Needs root on Linux.
 * @throws MissingProgramError; Error where the system lacks something; NodeError with the end of the log of what did not come up. Nothing runs then.
 */
export async function startNode({ folder, signal, onProgress, volumes = 8 }: NodeOptions): Promise<RealNode> {
  if (folder.length > LONGEST_FOLDER)
    throw new NodeError(
      `${folder} is too long: sockets are in it, so it may have ${LONGEST_FOLDER} characters; use one in /tmp`,
    );
  const system = systemPrograms();
  const getting = { ...(signal && { signal }), ...(onProgress && { onProgress }) };
  const programs = await resolvePrograms([...PROGRAMS, ...BESIDES], getting);
  const folders = foldersOf(folder);
  await mkdir(folders.settings, { recursive: true, mode: 0o700 });
  await mkdir(folders.logs, { recursive: true });
  for (let index = 0; index < volumes; index += 1)
    await mkdir(join(folders.volumes, String(index)), { recursive: true });

  const archive = join(folders.settings, 'images.tar');
  await pipeline(Readable.from(imageArchive(await systemImages(programs))), createWriteStream(archive));
  sweepCgroups();
  const cgroup = cgroupName();
  const order: NodeOrder = {
    folder,
    cgroup,
    programs: Object.fromEntries(PROGRAMS.map((name) => [name, programs[name].path])),
    path: dirname(programs['containerd-shim-runc-v2'].path),
    ...system,
    volumes,
    archive,
  };
  const orderFile = join(folders.settings, 'order.json');
  await writeFile(orderFile, JSON.stringify(order));

  const inside = await startInside(orderFile, signal);
  const importImages = async (images: readonly PackedImage[]): Promise<void> => {
    const args = ['--address', folders.containerdSocket, '--namespace', 'k8s.io', 'images', 'import', '-'];
    const ctr = spawn(programs.ctr.path, args, { stdio: ['pipe', 'ignore', 'pipe'] });
    const said = ctr.stderr.toArray();
    const [, [code]] = await Promise.all([pipeline(Readable.from(imageArchive(images)), ctr.stdin), once(ctr, 'exit')]);
    if (code !== 0) throw new NodeError(`ctr images import: ${Buffer.concat(await said).toString()}`);
  };
  let relay: NetServer | undefined;
  const stop = async (): Promise<void> => {
    relay?.close();
    await endInside(inside);
    removeCgroup(cgroup);
  };
  try {
    relay = await listen(folders.apiSocket);
    const address = relay.address();
    if (typeof address !== 'object' || address === null) throw new NodeError('no port was given');
    const certificate = await readFile(join(folders.settings, 'certificates', 'apiserver.crt'), 'utf8');
    const token = await tokenIn(join(folders.settings, 'tokens.csv'));
    // By name: that is what its certificate is for.
    const access: ApiAccess = { url: `https://localhost:${address.port}`, certificate, token };
    const kubeconfig = join(folder, 'kubeconfig');
    await writeFile(kubeconfig, kubeconfigFor(access.url, certificate, token), { mode: 0o600 });
    return { kubeconfig, access, kubectl: programs.kubectl.path, logs: folders.logs, importImages, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const messageSchema = z.union([z.strictObject({ ready: z.literal(true) }), z.strictObject({ failed: z.string() })]);

/** @throws NodeError, or the signal's reason; nothing runs then */
async function startInside(orderFile: string, signal: AbortSignal | undefined): Promise<ChildProcess> {
  const entry = join(import.meta.dirname, 'inside.ts');
  const spaces = ['--net', '--mount', '--pid', '--uts', '--ipc', '--fork', '--kill-child', '--mount-proc'];
  const args = [...spaces, process.execPath, '--disable-warning=ExperimentalWarning', entry, orderFile];
  const log = join(dirname(orderFile), 'inside.log');
  // A group of its own: Ctrl-C in a terminal reaches only us, and whoever has started the node decides.
  const child = spawn('unshare', args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  const said: Buffer[] = [];
  child.stderr.on('data', (piece: Buffer) => said.push(piece));
  child.stdin.on('error', () => {});
  const limit = AbortSignal.any([AbortSignal.timeout(READY_MS), ...(signal ? [signal] : [])]);
  try {
    const first = createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
    const aborted = once(limit, 'abort').then(() => {
      throw limit.reason;
    });
    const { value } = await Promise.race([first, aborted]);
    const message = value === undefined ? undefined : messageSchema.parse(JSON.parse(value));
    if (message === undefined) throw new NodeError(`the node ended at once: ${Buffer.concat(said).toString()}`);
    if ('failed' in message) throw new NodeError(message.failed);
    return child;
  } catch (error) {
    await endInside(child);
    throw error;
  } finally {
    await writeFile(log, Buffer.concat(said));
  }
}

async function endInside(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.stdin?.end();
  const timer = setTimeout(() => child.kill('SIGKILL'), END_MS);
  await ended;
  clearTimeout(timer);
}

/** A port of this machine that leads to the node's API server. */
async function listen(socket: string): Promise<NetServer> {
  const server = createServer((from) => {
    const to = connect(socket);
    from.pipe(to).pipe(from);
    from.on('error', () => to.destroy());
    to.on('error', () => from.destroy());
  });
  server.listen({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  return server;
}

async function tokenIn(file: string): Promise<string> {
  const [token = ''] = (await readFile(file, 'utf8')).split(',');
  return token;
}
