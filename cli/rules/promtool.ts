/** promtool and amtool over files, several at a time. */
import { availableParallelism } from 'node:os';
import { type Ran, type RunOptions, run } from '../child.ts';

/**
 * Runs `work` over the items, as many at a time as there are processors, or as said. Results in the order of the items.
 * @throws what `work` throws, when all that had begun has ended: so that what it worked in can be removed
 */
export async function parallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  atOnce = availableParallelism(),
): Promise<Result[]> {
  const results = new Map<number, Result>();
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results.set(index, await work(item));
  };
  const workers = await Promise.allSettled(Array.from({ length: Math.min(items.length, atOnce) }, worker));
  for (const ended of workers) if (ended.status === 'rejected') throw ended.reason;
  return items.flatMap((_, index) => {
    const result = results.get(index);
    return result === undefined ? [] : [result];
  });
}

/** What a program says of a file, without the lines that only say that all is well. */
export function complaint({ stdout, stderr }: Ran): string {
  const noise = /^\s*(SUCCESS.*|Checking .*|Unit Testing:.*|)$/;
  return `${stdout}\n${stderr}`
    .split('\n')
    .filter((line) => !noise.test(line))
    .join('\n')
    .trimEnd();
}

/** @returns what is wrong, or `undefined` */
export async function check(
  program: string,
  args: readonly string[],
  options: RunOptions,
): Promise<string | undefined> {
  const ran = await run(program, args, options);
  return ran.code === 0 ? undefined : complaint(ran) || `ended with ${ran.code}`;
}
