/** The control groups of a node: a folder of its own in each hierarchy, below which all its pods are. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = '/sys/fs/cgroup';
const PREFIX = 'chainwatch-node-';
const NEEDED = ['cpu', 'cpuset', 'hugetlb', 'memory', 'pids'];

/** @returns the name of the group, with a slash before it, as kubelet wants it */
export function makeCgroup(name: string): string {
  if (existsSync(join(ROOT, 'cgroup.controllers'))) {
    enable(ROOT);
    mkdirSync(join(ROOT, PREFIX + name), { recursive: true });
    return `/${PREFIX}${name}`;
  }
  for (const hierarchy of hierarchies()) {
    const folder = join(hierarchy, PREFIX + name);
    mkdirSync(folder, { recursive: true });
    // A new group of this kind has no processor and no memory, and can hold no process.
    for (const file of ['cpuset.cpus', 'cpuset.mems'])
      if (existsSync(join(folder, file))) writeFileSync(join(folder, file), readFileSync(join(hierarchy, file)));
  }
  return `/${PREFIX}${name}`;
}

/** Removes it with all below it, where no process is left in it. @returns whether all of it is gone */
export function removeCgroup(name: string): boolean {
  return hierarchies()
    .map((hierarchy) => removeBelow(join(hierarchy, PREFIX + name)))
    .every((gone) => gone);
}

let count = 0;

/** Says whose it is: the process that starts the node. */
export function cgroupName(): string {
  count += 1;
  return `${process.pid}-${count}`;
}

/** What nodes have left that came to a bad end, and whose starter lives no more. */
export function sweepCgroups(): void {
  for (const hierarchy of hierarchies())
    for (const name of foldersIn(hierarchy)) {
      const [, starter] = /^chainwatch-node-(\d+)-/.exec(name) ?? [];
      if (starter !== undefined && !existsSync(`/proc/${starter}`)) removeBelow(join(hierarchy, name));
    }
}

function hierarchies(): string[] {
  if (existsSync(join(ROOT, 'cgroup.controllers'))) return [ROOT];
  return foldersIn(ROOT).map((name) => join(ROOT, name));
}

/** What is there may be used by groups below; that is so already nearly everywhere. */
function enable(folder: string): void {
  const available = readFileSync(join(folder, 'cgroup.controllers'), 'utf8').trim().split(' ');
  for (const controller of NEEDED.filter((each) => available.includes(each)))
    writeFileSync(join(folder, 'cgroup.subtree_control'), `+${controller}`);
}

function removeBelow(folder: string): boolean {
  if (!existsSync(folder)) return true;
  for (const name of foldersIn(folder)) removeBelow(join(folder, name));
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  } catch {
    return [];
  }
}
