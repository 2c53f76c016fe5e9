import { z } from 'zod';
import { iso, momentOf } from '../backtest/times.ts';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import { interruptible } from '../interrupt.ts';
import type { Io } from '../io.ts';
import { count, json } from '../output.ts';
import { progressOn } from '../progress.ts';
import { type AggregatorOptions, aggregatorAt, readJson } from './aggregator.ts';

export interface PruneOptions extends AggregatorOptions {
  /** Unix seconds, a date, a time, or how long ago. */
  readonly before: string;
}

const pruned = z.object({ before: z.number(), removed: z.number() });

/** Takes away all samples that are older. */
export async function prunePeers(options: PruneOptions, io: Io): Promise<ExitCode> {
  const before = /^\d{6,}$/.test(options.before)
    ? Number(options.before)
    : momentOf(options.before, '--before', Date.now() / 1000);
  const progress = progressOn(io);
  const result = await interruptible(async (signal) => {
    const begun = Date.now();
    const say = () =>
      progress.show(`taking away what is before ${iso(before)}, ${Math.round((Date.now() - begun) / 1000)} s`);
    const saying = setInterval(say, 1000);
    try {
      return await readJson(
        await aggregatorAt(options, io, signal).ask('/prune', { method: 'POST', body: { before } }),
        pruned,
      );
    } finally {
      clearInterval(saying);
      progress.clear();
    }
  });
  if (options.json) io.out(json(result));
  else io.out(`${count(result.removed, 'sample')} from before ${iso(result.before)} taken away\n`);
  return exitCodes.ok;
}
