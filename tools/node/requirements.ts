/** Whether this machine can run a real node. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { totalmem } from 'node:os';
import { delimiter, join } from 'node:path';

/** Programs of the system that do what only a system's own can, and where Debian has them. */
const PACKAGES = {
  ip: 'iproute2',
  ldd: 'libc-bin',
  mount: 'mount',
  nft: 'nftables',
  runc: 'runc',
  unshare: 'util-linux',
} as const;
const PLUGINS = ['ptp', 'host-local', 'loopback'];
const PLUGIN_FOLDERS = ['/usr/lib/cni', '/opt/cni/bin', '/usr/libexec/cni'];
const PLUGIN_PACKAGE = 'containernetworking-plugins';
/** Prometheus asks for two of them. */
const MEMORY = 4 * 2 ** 30;
const OTHERWISE = 'or name a cluster by CHAINWATCH_TEST_KUBECONFIG';

export interface SystemPrograms {
  readonly runc: string;
  /** Folder of the CNI plugins. */
  readonly plugins: string;
}

/** What decides, so that a test can decide otherwise. */
export interface Machine {
  readonly platform: string;
  readonly root: boolean;
  /** Bytes. */
  readonly memory: number;
  /** @returns the path of an executable */
  readonly program: (name: string) => string | undefined;
  /** @returns the folder in which the plugins are */
  readonly plugins: () => string | undefined;
  readonly makesNamespaces: () => boolean;
  readonly makesCgroups: () => boolean;
}

/** @returns why no node can run here, in one sentence with the remedy; `undefined` when it can */
export function unmetRequirement(machine: Machine = thisMachine): string | undefined {
  if (machine.platform !== 'linux') return `a node needs Linux: use such a machine, ${OTHERWISE}`;
  if (!machine.root) return `a node needs root, for namespaces and mounts: run it as root, ${OTHERWISE}`;
  const missing = [
    ...Object.entries(PACKAGES).flatMap(([program, name]) => (machine.program(program) === undefined ? [name] : [])),
    ...(machine.plugins() === undefined ? [PLUGIN_PACKAGE] : []),
  ];
  if (missing.length > 0)
    return `a node needs programs of the system: apt-get install ${missing.sort().join(' ')}, ${OTHERWISE}`;
  if (machine.memory < MEMORY) return `a node needs 4 GiB of memory: use a larger machine, ${OTHERWISE}`;
  if (!machine.makesNamespaces())
    return `a node needs namespaces of its own, which this machine does not let root make: use one that is no container, ${OTHERWISE}`;
  if (!machine.makesCgroups())
    return `a node needs control groups of its own, and /sys/fs/cgroup cannot be written here: use a machine that is no container, ${OTHERWISE}`;
  return undefined;
}

/** @throws Error with what {@link unmetRequirement} says */
export function systemPrograms(): SystemPrograms {
  const unmet = unmetRequirement();
  const [runc, plugins] = [thisMachine.program('runc'), thisMachine.plugins()];
  if (unmet !== undefined || runc === undefined || plugins === undefined) throw new Error(unmet);
  return { runc, plugins };
}

const thisMachine: Machine = {
  platform: process.platform,
  root: process.getuid?.() === 0,
  memory: totalmem(),
  // Programs for root may lie where the PATH of others does not lead.
  program: (name) =>
    [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']
      .map((folder) => join(folder, name))
      .find((file) => may(file, constants.X_OK)),
  plugins: () => PLUGIN_FOLDERS.find((folder) => PLUGINS.every((plugin) => existsSync(join(folder, plugin)))),
  makesNamespaces: () => {
    try {
      execFileSync('unshare', ['--net', '--mount', '--pid', '--fork', 'true'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  },
  makesCgroups: () => {
    const root = '/sys/fs/cgroup';
    if (existsSync(join(root, 'cgroup.controllers'))) return may(root, constants.W_OK);
    return existsSync(join(root, 'memory')) && readdirSync(root).every((name) => may(join(root, name), constants.W_OK));
  },
};

function may(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
