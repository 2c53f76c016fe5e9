/** What would change in a file: the lines that come and go, with some around them. */
import type { Paint } from '../output.ts';

const AROUND = 2;

/** For texts that differ in one place, as an insertion does: what they share before and after is left out. */
export function preview(before: string, after: string, { green, red, dim }: Paint): string {
  const [old, now] = [before.split('\n'), after.split('\n')];
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < old.length - head && tail < now.length - head && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  const lines = [
    ...now.slice(Math.max(0, head - AROUND), head).map((line) => dim(`  ${line}`)),
    ...old.slice(head, old.length - tail).map((line) => red(`- ${line}`)),
    ...now.slice(head, now.length - tail).map((line) => green(`+ ${line}`)),
    ...now.slice(now.length - tail, now.length - tail + AROUND).map((line) => dim(`  ${line}`)),
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}
