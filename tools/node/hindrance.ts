/** Whether this machine can run a real node. */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Programs of the system that do what only a system's own can, and where Debian has them. */
const PACKAGES = { runc: 'runc', nft: 'nftables', ip: 'iproute2', unshare: 'util-linux', mount: 'mount' } as const;
const PLUGINS = ['ptp', 'host-local', 'loopback'];
const PLUGIN_FOLDERS = ['/usr/lib/cni', '/opt/cni/bin', '/usr/libexec/cni'];
const PLUGIN_PACKAGE = 'containernetworking-plugins';

export interface SystemPrograms {
  readonly runc: string;
  /** Folder of the CNI plugins. */
  readonly plugins: string;
}

/** @returns why no node can run here, in one sentence with the remedy; `undefined` when it can */
export function nodeHindrance(): string | undefined {
  if (process.platform !== 'linux') return 'a node needs Linux: give a cluster by CHAINWATCH_TEST_KUBECONFIG';
  if (process.getuid?.() !== 0)
    return 'a node needs root, for namespaces and mounts: run it as root, or give a cluster by CHAINWATCH_TEST_KUBECONFIG';
  const missing = [
    ...Object.entries(PACKAGES).flatMap(([program, name]) => (onPath(program) === undefined ? [name] : [])),
    ...(pluginFolder() === undefined ? [PLUGIN_PACKAGE] : []),
  ];
  return missing.length === 0 ? undefined : `missing of the system: apt-get install ${missing.sort().join(' ')}`;
}

/** @throws Error with what {@link nodeHindrance} says */
export function systemPrograms(): SystemPrograms {
  const hindrance = nodeHindrance();
  const [runc, plugins] = [onPath('runc'), pluginFolder()];
  if (hindrance !== undefined || runc === undefined || plugins === undefined) throw new Error(hindrance);
  return { runc, plugins };
}

function pluginFolder(): string | undefined {
  return PLUGIN_FOLDERS.find((folder) => PLUGINS.every((plugin) => existsSync(join(folder, plugin))));
}

/** Programs for root may lie where the PATH of others does not lead. */
function onPath(program: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
