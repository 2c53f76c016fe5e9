/** Who listens on a port of this machine: which program, and which of our stacks it belongs to. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runFolder } from './folder.ts';
import { isAlive } from './identity.ts';
import { readState } from './state.ts';

export type Holder =
  /** A program of a run that `chainwatch stop` can end. */
  | { readonly kind: 'stack'; readonly pid: number; readonly stack: string; readonly project: string }
  | { readonly kind: 'program'; readonly pid: number; readonly program: string };

/**
 * Linux tells by the socket's inode; elsewhere, and of another user's program, nothing is known.
 * @param project a folder whose stacks may hold the ports; those of the holder itself are looked at as well
 */
export function holdersOf(ports: readonly number[], project: string): ReadonlyMap<number, Holder> {
  const portOfInode = listeningInodes(ports);
  const holders = new Map<number, Holder>();
  for (const pid of processes()) {
    for (const inode of socketsOf(pid)) {
      const port = portOfInode.get(inode);
      if (port !== undefined && !holders.has(port)) holders.set(port, describe(pid, project));
    }
    if (holders.size === ports.length) break;
  }
  return holders;
}

function describe(pid: number, project: string): Holder {
  const words = commandLine(pid);
  const projects = new Set([project, ...projectsIn(words), ...workingFolder(pid)]);
  for (const folder of projects) {
    const stack = stackRunning(pid, folder);
    if (stack !== undefined) return { kind: 'stack', pid, stack, project: folder };
  }
  return { kind: 'program', pid, program: programName(words) };
}

/** The stack of a project whose state file names this very process. */
function stackRunning(pid: number, project: string): string | undefined {
  return entries(join(project, '.chainwatch')).find((stack) =>
    stateOf(project, stack)?.programs.some(({ process: id }) => id !== undefined && id.pid === pid && isAlive(id)),
  );
}

/** `--config.file=/home/me/chain/.chainwatch/dev/config/prometheus.yml` → `/home/me/chain` */
function projectsIn(words: readonly string[]): string[] {
  return words.flatMap((word) => /^(?:--[^=]*=)?(\/.*?)\/\.chainwatch\//.exec(word)?.[1] ?? []);
}

const INTERPRETER = /^(node|deno|bun|python|perl|ruby|java|sh|bash)[\d.]*$/;

/** What a person would call it: of an interpreter's process also what is interpreted. */
function programName([path = '', ...args]: readonly string[]): string {
  const name = basename(path);
  if (!INTERPRETER.test(name)) return name === '' ? 'a program without a name' : name;
  const said = args.filter((arg) => !arg.startsWith('-')).slice(0, 3);
  return [name, ...said.map((arg) => basename(arg))].join(' ');
}

function listeningInodes(ports: readonly number[]): Map<string, number> {
  const LISTEN = '0A';
  const inodes = new Map<string, number>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of read(table).split('\n').slice(1)) {
      const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
      const port = Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16);
      if (state === LISTEN && inode !== undefined && ports.includes(port)) inodes.set(inode, port);
    }
  }
  return inodes;
}

function processes(): number[] {
  return entries('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number);
}

function socketsOf(pid: number): string[] {
  return entries(`/proc/${pid}/fd`).flatMap(
    (fd) => /^socket:\[(\d+)\]$/.exec(link(`/proc/${pid}/fd/${fd}`) ?? '')?.[1] ?? [],
  );
}

function commandLine(pid: number): string[] {
  return read(`/proc/${pid}/cmdline`).split('\0').slice(0, -1);
}

function workingFolder(pid: number): string[] {
  return [link(`/proc/${pid}/cwd`) ?? []].flat();
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function link(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** A run of another version tells us nothing of ours. */
function stateOf(project: string, stack: string) {
  try {
    return readState(runFolder(project, stack));
  } catch {
    return undefined;
  }
}
