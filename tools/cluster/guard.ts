import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

/**
 * Reads which process groups to watch (`+ 12`) and to forget (`- 12`). Its input ends with whoever writes it, also where that is
 * killed and can do nothing any more: then it kills what is left.
 */
const WATCH = `
groups=
while read -r sign group; do
  kept=
  for each in $groups; do [ "$each" = "$group" ] || kept="$kept $each"; done
  groups=$kept
  [ "$sign" = - ] || groups="$groups $group"
done
for each in $groups; do kill -s KILL -- "-$each"; done`;

const guarded = new Set<number>();
let guard: Writable | undefined;

/** Makes a process (the first of its group) end with this one, however this one ends. */
export function endWithUs(pid: number): void {
  if (guard === undefined) {
    const shell = spawn('/bin/sh', ['-c', WATCH], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    shell.unref();
    shell.once('error', () => {});
    // Where there is no such shell, or somebody has killed it, nothing is guarded, and nothing else is wrong.
    shell.stdin.once('error', () => {});
    guard = shell.stdin;
  }
  guarded.add(pid);
  guard.write(`+ ${pid}\n`);
}

/** It has ended: its number may become another's. */
export function hasEnded(pid: number): void {
  if (!guarded.delete(pid)) return;
  guard?.write(`- ${pid}\n`);
  if (guarded.size > 0) return;
  guard?.end();
  guard = undefined;
}
