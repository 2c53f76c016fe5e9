import { flatOut, type LoadResult, paced, quantile } from '../../http/load.ts';
import { watchStolen } from '../../http/stolen.ts';
import { CONNECTIONS } from '../load.ts';
import { inScratch } from '../scratch.ts';
import { BATCH, Snapshots } from '../snapshots.ts';
import { figure, median } from '../verdict.ts';

const PEERS = 10_000;
const ROUNDS = 5;
const SECONDS = 6;
/** Requests before anything is measured: the log of the database has begun anew then, and is overwritten from there on. */
const WARM_UP = 330;
/** Wanted of the p99, in milliseconds. */
const WANTED = { atMost: 20, unit: 'ms' };

export const summary =
  'how long acknowledgements take at half of the full rate, and what a server that only parses takes';

/**
 * Requests at half of the rate that was reached flat out, in several rounds, each beside the share of the time that the machine's
 * hypervisor gave to others: the tail of a round follows that. Latencies count from when a request was due.
 */
export async function run(): Promise<void> {
  await inScratch(async (scratch) => {
    const snapshots = new Snapshots(PEERS);
    const aggregator = await scratch.aggregator();
    await flatOut(aggregator.port, snapshots.requests(WARM_UP, BATCH), CONNECTIONS);
    for (const each of [BATCH, 1]) {
      const full = await flatOut(aggregator.port, snapshots.requests(each === 1 ? 20_000 : 200, each), CONNECTIONS);
      const half = full.latencies.length / full.seconds / 2;
      console.log(`${each} snapshots a request, ${half.toFixed(0)} requests/s, half of the full rate:`);
      const p99s: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const requests = snapshots.requests(Math.ceil(half * SECONDS), each);
        const stolen = watchStolen();
        const result = await paced(aggregator.port, requests, half);
        p99s.push(quantile(result.latencies, 0.99));
        console.log(`  aggregator: ${told(result)}${share(stolen())}`);
      }
      console.log(figure(`  p99, the middle of ${ROUNDS} rounds`, median(p99s), WANTED));
      console.log(figure('  p99, the best', Math.min(...p99s), WANTED));
      const bare = await scratch.server([new URL('../../http/bare.ts', import.meta.url).pathname]);
      await flatOut(bare.port, snapshots.requests(50, each), CONNECTIONS);
      const stolen = watchStolen();
      const result = await paced(bare.port, snapshots.requests(Math.ceil(half * SECONDS), each), half);
      console.log(`  bare node:http with JSON.parse: ${told(result)}${share(stolen())}`);
      await bare.stop();
    }
    await aggregator.stop();
  });
}

function told({ latencies, failures }: LoadResult): string {
  const ms = (share: number) => `${quantile(latencies, share).toFixed(1)} ms`;
  const failed = failures === 0 ? '' : `, ${failures} FAILED`;
  return `p50 ${ms(0.5)}, p90 ${ms(0.9)}, p99 ${ms(0.99)}, max ${ms(1)}${failed}`;
}

function share(stolen: number | undefined): string {
  return stolen === undefined ? '' : `, ${(stolen * 100).toFixed(1)} % of the time stolen by other machines`;
}
