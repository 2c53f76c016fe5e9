/** Ports that a run needs and somebody else holds: found before anything is started, and named with who holds them. */
import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer } from 'node:net';

export interface WantedPort {
  readonly service: string;
  readonly port: number;
}

export class PortInUseError extends Error {
  readonly ports: readonly WantedPort[];

  constructor(lines: readonly string[], ports: readonly WantedPort[]) {
    super(lines.join('\n'));
    this.name = 'PortInUseError';
    this.ports = ports;
  }
}

/** @throws PortInUseError naming every port that is taken, its holder and the setting that changes it */
export async function requireFreePorts(wanted: readonly WantedPort[]): Promise<void> {
  const taken: WantedPort[] = [];
  for (const each of wanted) if (!(await isFree(each.port))) taken.push(each);
  if (taken.length === 0) return;
  const lines = await Promise.all(
    taken.map(async ({ service, port }) => {
      const holder = await holderOf(port);
      return `port ${port}, which ${service} wants, is held by ${holder}; stop that, or set chainwatch:services.${service}.port`;
    }),
  );
  throw new PortInUseError(lines, taken);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** A free port, for tests and for programs whose port nobody needs to know. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0 }, () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port was given')),
      );
    });
  });
}

/** Linux tells by the socket's inode; elsewhere we can only say that somebody does. */
async function holderOf(port: number): Promise<string> {
  try {
    const inodes = await listeningInodes(port);
    for (const pid of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
      const sockets = await socketsOf(pid);
      if (sockets.some((inode) => inodes.has(inode))) {
        const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').join(' ').trim();
        return `process ${pid} (${command.length > 80 ? `${command.slice(0, 80)}…` : command})`;
      }
    }
  } catch {
    // No /proc, or not ours to read.
  }
  return 'another program';
}

async function listeningInodes(port: number): Promise<Set<string>> {
  const LISTEN = '0A';
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const inodes = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const text = await readFile(table, 'utf8').catch(() => '');
    for (const line of text.split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      if (fields[1]?.endsWith(`:${hex}`) && fields[3] === LISTEN && fields[9]) inodes.add(fields[9]);
    }
  }
  return inodes;
}

async function socketsOf(pid: string): Promise<string[]> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const links = await Promise.all(descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
  return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []);
}
