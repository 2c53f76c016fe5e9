import { z } from 'zod';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import { interruptible } from '../interrupt.ts';
import type { Io } from '../io.ts';
import { paint, table } from '../output.ts';
import { type AggregatorOptions, aggregatorAt, readJson } from './aggregator.ts';
import { plain } from './plain.ts';

export interface ShowOptions extends AggregatorOptions {
  readonly network?: string;
  /** Samples at most. */
  readonly limit: number;
  /** Whole snapshots in place of their metrics. */
  readonly snapshot: boolean;
}

const history = z.array(z.tuple([z.number(), z.unknown()]));

/** The history of one peer, newest first. With `--json` as the aggregator answers it, so that a number keeps all its digits. */
export async function showPeer(peer: string, options: ShowOptions, io: Io): Promise<ExitCode> {
  const query = new URLSearchParams({ limit: String(options.limit), show: options.snapshot ? 'snapshot' : 'metrics' });
  if (options.network !== undefined) query.set('network', options.network);
  await interruptible(async (signal) => {
    const answer = await aggregatorAt(options, io, signal).ask(`/peer/${encodeURIComponent(peer)}?${query}`);
    if (options.json) {
      io.out(`${await answer.text()}\n`);
      return;
    }
    const samples = await readJson(answer, history);
    const rows = samples.map(([at, shown]) => [
      new Date(at * 1000).toISOString().replace('.000Z', 'Z'),
      plain(JSON.stringify(shown)),
    ]);
    const what = options.snapshot ? 'snapshot' : 'metrics';
    if (rows.length > 0) io.out(table(['time', what], rows, paint(io)));
    else io.err(`Nothing is kept of ${plain(peer)}.\n`);
  });
  return exitCodes.ok;
}
