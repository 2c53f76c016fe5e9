import { MissingProgramError, resolveProgram } from '../../../tools/index.ts';
import { flatOut } from '../../http/load.ts';
import { seriesOf } from '../exposition.ts';
import { CONNECTIONS, rateOf, report } from '../load.ts';
import { measure, type Other, others } from '../others.ts';
import { inScratch, type Scratch } from '../scratch.ts';
import { BATCH, Snapshots } from '../snapshots.ts';
import { figure } from '../verdict.ts';

const PEERS = 10_000;
const WANTED = 5;

export const summary = 'the same numbers into Pushgateway and VictoriaMetrics, each in its own format';

export async function run(): Promise<void> {
  await inScratch(async (scratch) => {
    const series = seriesOf(new Snapshots(1).next());
    console.log(`${PEERS} peers with ${series} numbers each, ${BATCH} peers a request, ${CONNECTIONS} connections:`);
    const aggregator = await scratch.aggregator();
    const snapshots = new Snapshots(PEERS);
    await flatOut(aggregator.port, snapshots.requests(20, BATCH), CONNECTIONS);
    const ours = await flatOut(aggregator.port, snapshots.requests(300, BATCH), CONNECTIONS);
    await aggregator.stop();
    report('aggregator (on the disk before the answer, with its history)', ours, BATCH);
    for (const other of others) await beside(other, rateOf(ours, BATCH), scratch);
  });
}

async function beside(other: Other, ours: number, scratch: Scratch): Promise<void> {
  let path: string;
  try {
    ({ path } = await resolveProgram(other.program));
  } catch (error) {
    if (!(error instanceof MissingProgramError)) throw error;
    console.log(`  ${other.name} cannot be had here: ${error.message}`);
    return;
  }
  const result = await measure(other, path, scratch, new Snapshots(PEERS), PEERS);
  report(`${other.name} (${other.differs})`, result, BATCH);
  // Said of Pushgateway as it comes; the others stand beside it to compare.
  const wanted = other.name === 'Pushgateway' ? { atLeast: WANTED } : {};
  console.log(figure('    ours to that', ours / rateOf(result, BATCH), { ...wanted, unit: 'times' }));
}
