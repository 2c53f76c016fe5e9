import { flatOut, ratio } from '../../http/load.ts';
import { CONNECTIONS, report } from '../load.ts';
import { inScratch } from '../scratch.ts';
import { BATCH, Snapshots } from '../snapshots.ts';
import { figure } from '../verdict.ts';

const PEERS = 10_000;

export const summary = 'snapshots a second, beside a server that only parses';

/**
 * The aggregator under load, beside a server that does only `JSON.parse`, on the cores that they share with the generator:
 * accepted means durable (synchronous=FULL on the disk of the temporary directory), and every snapshot is new.
 */
export async function run(): Promise<void> {
  await inScratch(async (scratch) => {
    const snapshots = new Snapshots(PEERS);
    const bytes = JSON.stringify(snapshots.next()).length;
    const bare = await scratch.server([new URL('../../http/bare.ts', import.meta.url).pathname]);
    await flatOut(bare.port, snapshots.requests(20, BATCH), CONNECTIONS);
    const bareBatches = await flatOut(bare.port, snapshots.requests(300, BATCH), CONNECTIONS);
    const bareSingles = await flatOut(bare.port, snapshots.requests(20_000, 1), CONNECTIONS);
    await bare.stop();

    const aggregator = await scratch.aggregator();
    await flatOut(aggregator.port, snapshots.requests(20, BATCH), CONNECTIONS);
    const full = await flatOut(aggregator.port, snapshots.requests(300, BATCH), CONNECTIONS);
    const singles = await flatOut(aggregator.port, snapshots.requests(20_000, 1), CONNECTIONS);
    await aggregator.stop();

    console.log(`flat out, ${CONNECTIONS} connections, snapshots of about ${bytes} bytes:`);
    report(`aggregator, ${BATCH} snapshots a request`, full, BATCH);
    report(`bare node:http with JSON.parse, ${BATCH}`, bareBatches, BATCH);
    report('aggregator, one a request', singles, 1);
    report('bare node:http with JSON.parse, one', bareSingles, 1);
    const toBare = (name: string, measured: string, atLeast: number) =>
      console.log(figure(`  to bare, ${name}`, Number(measured), { atLeast, unit: 'times' }));
    toBare(`${BATCH} a request`, ratio(full, bareBatches), 0.5);
    toBare('one a request', ratio(singles, bareSingles), 0.4);
  });
}
