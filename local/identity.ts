/** Who a process is, also after its number was given to another. */
import { readFileSync } from 'node:fs';

/** A process's identity that survives the reuse of its number: when it was started. */
export interface ProcessId {
  readonly pid: number;
  /** In the kernel's own clock; empty where that cannot be read. */
  readonly startedAt: string;
}

/** @returns the identity of a living process, or `undefined` */
export function identify(pid: number): ProcessId | undefined {
  try {
    process.kill(pid, 0);
  } catch {
    return undefined;
  }
  const stat = statOf(pid);
  // A zombie is no longer alive: its parent merely has not asked yet.
  if (stat?.state === 'Z') return undefined;
  return { pid, startedAt: stat?.startedAt ?? '' };
}

export function isAlive({ pid, startedAt }: ProcessId): boolean {
  const now = identify(pid);
  return now !== undefined && (now.startedAt === startedAt || startedAt === '');
}

/** Fields 3 and 22 of /proc/<pid>/stat; the name in field 2 may hold spaces and parentheses, so count from its end. */
function statOf(pid: number): { state: string | undefined; startedAt: string | undefined } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0], startedAt: fields[19] };
  } catch {
    return undefined;
  }
}
