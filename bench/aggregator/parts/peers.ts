import { flatOut } from '../../http/load.ts';
import { CONNECTIONS } from '../load.ts';
import { type Aggregator, inScratch, type Scratch } from '../scratch.ts';
import { BATCH, Snapshots } from '../snapshots.ts';
import { figure, median, short } from '../verdict.ts';

const FEW = 1_000;
const MANY = 1_000_000;
const SCRAPES = 200;
/** Peers that send again before it is killed: what is not in their rows yet is read again at the start. */
const AGAIN = 200_000;

export const summary = 'a million peers: memory, start, and a scrape beside that of a thousand';

export async function run(): Promise<void> {
  await inScratch(async (scratch) => {
    const aggregator = await scratch.aggregator();
    const snapshots = new Snapshots(MANY);
    await fill(aggregator, snapshots, FEW);
    // Once unmeasured: what runs for the first time is slow.
    await scrapes(aggregator);
    const few = await scrapes(aggregator);
    const begun = performance.now();
    await fill(aggregator, snapshots, MANY - FEW);
    const seconds = (performance.now() - begun) / 1000;
    console.log(`  ${MANY} peers were new in ${short(seconds)} s, one snapshot each, as they were made and sent`);
    console.log(figure('  memory when they had come', await aggregator.memory(), { unit: 'MB' }));
    const many = await scrapes(aggregator);
    compare(few, many);
    await start(scratch, aggregator);
  });
}

async function start(scratch: Scratch, first: Aggregator): Promise<void> {
  const stopping = performance.now();
  await first.stop();
  console.log(figure('  stop', (performance.now() - stopping) / 1000, { unit: 's' }));
  let aggregator = await timed(scratch, 'start after a stop');
  // The same moments again would be duplicates.
  const snapshots = new Snapshots(MANY);
  for (let skipped = 0; skipped < MANY; skipped += BATCH) snapshots.batch(BATCH);
  await fill(aggregator, snapshots, AGAIN);
  await aggregator.kill();
  aggregator = await timed(scratch, `start after kill -9, ${AGAIN} snapshots later`);
  await aggregator.stop();
}

async function timed(scratch: Scratch, name: string): Promise<Aggregator> {
  const begun = performance.now();
  const aggregator = await scratch.aggregator();
  const { status } = await aggregator.get('/readyz');
  const seconds = (performance.now() - begun) / 1000;
  console.log(figure(`  ${name}, until it is ready (${status})`, seconds, { atMost: 10, unit: 's' }));
  const known = Number(/^aggregator_peers (\S+)$/m.exec(await aggregator.scrape())?.[1]);
  console.log(`  it knows ${known} peers, in ${short(await aggregator.memory())} MB`);
  return aggregator;
}

async function fill(aggregator: Aggregator, snapshots: Snapshots, count: number): Promise<void> {
  const { failures } = await flatOut(aggregator.port, snapshots.stream(count / BATCH, BATCH), CONNECTIONS);
  if (failures > 0) throw new Error(`${failures} batches were not taken`);
}

interface Scrape {
  readonly ms: number;
  readonly bytes: number;
}

async function scrapes(aggregator: Aggregator): Promise<Scrape> {
  const times: number[] = [];
  let bytes = 0;
  for (let count = 0; count < SCRAPES; count += 1) {
    const begun = performance.now();
    bytes = (await aggregator.scrape()).length;
    times.push(performance.now() - begun);
  }
  return { ms: median(times), bytes };
}

function compare(few: Scrape, many: Scrape): void {
  const of = ({ ms, bytes }: Scrape) => `${short(ms)} ms and ${bytes} bytes`;
  console.log(`  scrape with ${FEW} peers: ${of(few)}; with ${MANY}: ${of(many)} (medians of ${SCRAPES})`);
  console.log(figure('  its time', many.ms / few.ms, { atMost: 1.5, unit: 'times' }));
  console.log(figure('  its bytes', many.bytes / few.bytes, { atMost: 1.1, unit: 'times' }));
}
