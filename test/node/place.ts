/** Where pods run: a node of our own, or the cluster that `CHAINWATCH_TEST_KUBECONFIG` names. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { type ApiAccess, type ApiRequest, askApi } from '../../tools/cluster/api.ts';
import { describeProgress, resolveProgram, type ToolProgress } from '../../tools/index.ts';
import { type RealNode, startNode } from '../../tools/node/start.ts';
import type { PackedImage } from '../../tools/oci/image.ts';
import { Client } from '../cluster/client.ts';
import { operatorImages, ourImage } from './images.ts';
import { GIVEN, IMAGE } from './skipReason.ts';

const run = promisify(execFile);

export interface Place {
  readonly client: Client;
  readonly access: ApiAccess;
  /** Of our services, by digest; absent: the given cluster has none. */
  readonly image: string | undefined;
  /** The node, where it is our own. */
  readonly node: RealNode | undefined;
  readonly folder: string;
  /** What it prints, trimmed. @throws Error with its words */
  readonly kubectl: (...args: readonly string[]) => Promise<string>;
  readonly end: () => Promise<void>;
}

/** @param images what pods run besides our services, on a node of our own */
export async function findPlace(images: () => Promise<PackedImage[]> = operatorImages): Promise<Place> {
  // Short: sockets are in it.
  const folder = mkdtempSync(join(tmpdir(), 'cw-node-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    return GIVEN === undefined ? await ownNode(folder, images, remove) : await givenCluster(GIVEN, folder, remove);
  } catch (error) {
    remove();
    throw error;
  }
}

async function ownNode(folder: string, images: () => Promise<PackedImage[]>, remove: () => void): Promise<Place> {
  const [node, ours, others] = await Promise.all([
    startNode({ folder, onProgress: show() }),
    ourImage(join(folder, 'image')),
    images(),
  ]);
  try {
    await node.importImages([ours, ...others]);
  } catch (error) {
    await node.stop();
    throw error;
  }
  const client = new Client(node.access);
  const end = async () => {
    client.close();
    await node.stop();
    remove();
  };
  const { access, kubectl, kubeconfig } = node;
  return { client, access, image: ours.name, node, folder, kubectl: caller(kubectl, kubeconfig), end };
}

const viewSchema = z.object({
  clusters: z.tuple([
    z.object({ cluster: z.object({ server: z.string(), 'certificate-authority-data': z.string() }) }),
  ]),
});
const ACCOUNT = 'chainwatch-test';

/** Whatever way the kubeconfig has of saying who one is: an account of our own, for an hour, stands in for it. */
async function givenCluster(kubeconfig: string, folder: string, remove: () => void): Promise<Place> {
  const program = await resolveProgram('kubectl', { onProgress: show() });
  const kubectl = caller(program.path, kubeconfig);
  const view = await kubectl('config', 'view', '--raw', '--flatten', '--minify', '-o', 'json');
  const { server, 'certificate-authority-data': authority } = viewSchema.parse(JSON.parse(view)).clusters[0].cluster;
  const account = ['-n', 'kube-system', 'create', 'serviceaccount', ACCOUNT];
  const rights = ['create', 'clusterrolebinding', ACCOUNT, '--clusterrole=cluster-admin'];
  await kubectl(...account);
  await kubectl(...rights, `--serviceaccount=kube-system:${ACCOUNT}`);
  const token = await kubectl('-n', 'kube-system', 'create', 'token', ACCOUNT, '--duration=1h');
  const access = { url: server, certificate: Buffer.from(authority, 'base64').toString(), token };
  const client = new Client(access);
  const end = async () => {
    client.close();
    await kubectl('delete', 'clusterrolebinding', ACCOUNT);
    await kubectl('-n', 'kube-system', 'delete', 'serviceaccount', ACCOUNT);
    remove();
  };
  return { client, access, image: IMAGE, node: undefined, folder, kubectl, end };
}

function caller(program: string, kubeconfig: string): Place['kubectl'] {
  return async (...args) => {
    const { stdout } = await run(program, ['--kubeconfig', kubeconfig, ...args], { maxBuffer: 2 ** 26 });
    return stdout.trim();
  };
}

/** Asks a service through the API server, which works from outside of every cluster. @throws Error where it does not answer 2xx */
export async function ask(
  { access }: Pick<Place, 'access'>,
  { namespace, name, path, method }: { namespace: string; name: string; path: string; method?: 'PUT' | 'DELETE' },
): Promise<unknown> {
  const request: ApiRequest = {
    path: `/api/v1/namespaces/${namespace}/services/${name}:http/proxy${path}`,
    ...(method && { method }),
  };
  const { status, text } = await askApi(access, request);
  if (status >= 300) throw new Error(`${name}${path}: HTTP ${status}: ${text}`);
  return JSON.parse(text);
}

function show(): (progress: ToolProgress) => void {
  let shown = '';
  return (progress) => {
    const step = `${progress.program} ${progress.step}`;
    if (step !== shown) process.stderr.write(`${describeProgress(progress)}\n`);
    shown = step;
  };
}
