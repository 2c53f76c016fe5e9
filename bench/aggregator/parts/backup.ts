import { randomBytes } from 'node:crypto';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { opened, sealerFor } from '../../../services/aggregator/backup/crypt.ts';
import { flatOut, type LoadResult, paced, quantile } from '../../http/load.ts';
import { CONNECTIONS, report } from '../load.ts';
import { readElsewhere } from '../readElsewhere.ts';
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

const CHUNK = 65_536;
const CHUNKS = 4_096;

export const summary =
  'how long acknowledgements take while a backup is made, beside without one, and opening an encrypted one';

export async function run(): Promise<void> {
  // Once unmeasured: what runs for the first time is slow.
  await opening();
  console.log(figure('opening an encrypted one alone', await opening(), { unit: 'MB/s' }));
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
      const { status, length } = await readElsewhere(aggregator, '/backup');
      // The one before is not tidied up yet.
      if (status === 503) continue;
      if (status !== 200) throw new Error(`no backup: it was answered with ${status}`);
      bytes += length;
      backups += 1;
    }
  })();
  const result = await load();
  goesOn = false;
  await copying;
  return { result, bytes, backups };
}

/** @returns MB/s */
async function opening(): Promise<number> {
  const identity = await generateIdentity();
  const { seal } = await sealerFor([await identityToRecipient(identity)]);
  const chunk = randomBytes(CHUNK);
  async function* plain(): AsyncGenerator<Uint8Array> {
    for (let made = 0; made < CHUNKS; made += 1) yield chunk;
  }
  const sealed: Uint8Array[] = [];
  for await (const part of seal(plain())) sealed.push(part);
  async function* file(): AsyncGenerator<Uint8Array> {
    yield* sealed;
  }
  const begun = performance.now();
  let bytes = 0;
  for await (const part of opened(file(), [identity])) bytes += part.length;
  return bytes / 1e6 / ((performance.now() - begun) / 1000);
}
