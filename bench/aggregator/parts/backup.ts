import { flatOut, type LoadResult, paced, quantile } from '../../http/load.ts';
import { CONNECTIONS, report } from '../load.ts';
import { type Aggregator, inScratch } from '../scratch.ts';
import { BATCH, Snapshots } from '../snapshots.ts';
import { figure, short } from '../verdict.ts';

const PEERS = 10_000;
/** Batches that are there before: some hundred megabytes to copy. */
const BEFORE = 300;
const SECONDS = 6;
/** In a request: with a thousand too few requests come for the slowest of a hundred to mean something. */
const EACH = 100;
/** Of what it takes flat out. */
const SHARES = [0.1, 0.5];

export const summary = 'how long acknowledgements take while a backup is made, beside without one';

export async function run(): Promise<void> {
  await inScratch(async (scratch) => {
    const aggregator = await scratch.aggregator();
    const snapshots = new Snapshots(PEERS);
    await flatOut(aggregator.port, snapshots.stream(BEFORE, BATCH), CONNECTIONS);
    const full = await flatOut(aggregator.port, snapshots.requests(3_000, EACH), CONNECTIONS);
    report(`flat out, ${EACH} snapshots a request`, full, EACH);
    for (const share of SHARES) {
      const rate = (share * full.latencies.length) / full.seconds;
      const load = () => paced(aggregator.port, snapshots.requests(Math.ceil(rate * SECONDS), EACH), rate);
      console.log(`at ${share * 100} % of that, for ${SECONDS} s each:`);
      const without = await load();
      report('without a backup', without, EACH);
      const { result, bytes, backups } = await whileBackedUp(aggregator, load);
      report(`while ${backups} were made, one after the other, ${short(bytes / 1e6)} MB`, result, EACH);
      const [p99, before] = [quantile(result.latencies, 0.99), quantile(without.latencies, 0.99)];
      console.log(figure('  p99, to without', p99 / before, { unit: 'times' }));
    }
    await aggregator.stop();
  });
}

async function whileBackedUp(aggregator: Aggregator, load: () => Promise<LoadResult>) {
  let [bytes, backups, goesOn] = [0, 0, true];
  const copying = (async () => {
    while (goesOn) {
      const response = await aggregator.get('/backup');
      if (!response.ok || response.body === null) throw new Error(`no backup: ${await response.text()}`);
      for await (const part of response.body) bytes += part.length;
      backups += 1;
    }
  })();
  const result = await load();
  goesOn = false;
  await copying;
  return { result, bytes, backups };
}
