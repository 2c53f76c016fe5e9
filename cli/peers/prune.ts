import { z } from 'zod';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import { interruptible } from '../interrupt.ts';
import type { Io } from '../io.ts';
import { iso, momentOf } from '../moment.ts';
import { count, json } from '../output.ts';
import { progressOn } from '../progress.ts';
import { type AggregatorOptions, aggregatorAt, readJson } from './aggregator.ts';

export interface PruneOptions extends AggregatorOptions {
  /** Unix seconds, a date, a time, or how long ago. */
  readonly before: string;
}

/** `next`: from where to go on, where there is more than one answer waits for. */
const pruned = z.object({ before: z.number(), removed: z.number(), next: z.number().nullable() });

/** Takes away all samples that are older. */
export async function prunePeers(options: PruneOptions, io: Io): Promise<ExitCode> {
  const before = /^\d{6,}$/.test(options.before)
    ? Number(options.before)
    : momentOf(options.before, '--before', Date.now() / 1000);
  const progress = progressOn(io);
  const result = await interruptible(async (signal) => {
    const aggregator = aggregatorAt(options, io, signal);
    let removed = 0;
    try {
      for (let from: number | null = 0; from !== null; ) {
        const answer = await aggregator.ask('/prune', { method: 'POST', body: { before, from } });
        const part: z.output<typeof pruned> = await readJson(answer, pruned);
        removed += part.removed;
        from = part.next;
        progress.show(`${count(removed, 'sample')} from before ${iso(before)} taken away so far`);
      }
    } finally {
      progress.clear();
    }
    return { before, removed };
  });
  if (options.json) io.out(json(result));
  else io.out(`${count(result.removed, 'sample')} from before ${iso(result.before)} taken away\n`);
  return exitCodes.ok;
}
