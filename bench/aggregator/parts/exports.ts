import { randomBytes } from 'node:crypto';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { wrappingOf } from '../../../services/aggregator/export/encrypt.ts';
import type { Encryption } from '../../../services/aggregator/export/encryption.ts';
import { flatOut } from '../../http/load.ts';
import { CONNECTIONS } from '../load.ts';
import { type Aggregator, inScratch } from '../scratch.ts';
import { BATCH, Snapshots } from '../snapshots.ts';
import { figure, short } from '../verdict.ts';

const PASSPHRASE = 'benchmark-passphrase';
const CHUNK = 65_536;
const CHUNKS = 4_096;
/** In the small network; the large one has ten times as many. */
const PEERS = 1_000;
const SAMPLES = 50;
const NETWORKS = { small: PEERS, large: 10 * PEERS } as const;

export const summary = 'encrypting, whole exports in MB/s, and what they take of memory';

export async function run(): Promise<void> {
  const recipient = await identityToRecipient(await generateIdentity());
  const ways: readonly { readonly encryption: Encryption; readonly headers: Readonly<Record<string, string>> }[] = [
    { encryption: { by: 'age', recipients: [recipient] }, headers: { 'x-age-recipient': recipient } },
    {
      encryption: { by: 'age-passphrase', passphrase: PASSPHRASE },
      headers: { 'x-age-passphrase': PASSPHRASE },
    },
    { encryption: { by: 'openssl', passphrase: PASSPHRASE }, headers: { 'x-openssl-passphrase': PASSPHRASE } },
  ];
  console.log(`encrypting alone, ${(CHUNK * CHUNKS) / 1e6} MB in pieces of ${CHUNK} bytes:`);
  for (const { encryption } of ways) {
    // Once unmeasured: what runs for the first time is slow.
    await encrypt(encryption);
    console.log(figure(`  ${encryption.by}`, await encrypt(encryption), { atLeast: 200, unit: 'MB/s' }));
  }
  await inScratch(async (scratch) => {
    const plain = { small: 0, large: 0 };
    const first = await scratch.aggregator({ maxExportPeers: 100_000 });
    for (const network of ['small', 'large'] as const) plain[network] = await fill(first, network);
    await first.stop();
    // Started anew, so that nothing of the filling is in its memory.
    const aggregator = await scratch.aggregator({ maxExportPeers: 100_000 });
    console.log(`whole exports of ${NETWORKS.large} peers with ${SAMPLES} samples each, read on the same machine:`);
    await exported(aggregator, 'small', {});
    const small = await exported(aggregator, 'small', {});
    for (const { name, headers } of [
      { name: 'none', headers: {} },
      ...ways.map(({ encryption, headers }) => ({ name: encryption.by, headers })),
    ]) {
      const { seconds, bytes, before, most, after } = await exported(aggregator, 'large', headers);
      console.log(
        `  ${name}: ${short(plain.large / 1e6 / seconds)} MB/s of JSON, ${short(bytes / 1e6 / seconds)} MB/s of archive (${short(seconds)} s); memory ${short(before)} MB before, at most ${short(most)} MB, ${short(after)} MB after`,
      );
      if (name === 'none') {
        const ratio = most / small.most;
        console.log(
          figure(`  memory, to an export of a tenth (at most ${short(small.most)} MB)`, ratio, { unit: 'times' }),
        );
      }
    }
    await aggregator.stop();
  });
}

/** @returns MB/s */
async function encrypt(encryption: Encryption): Promise<number> {
  const chunk = randomBytes(CHUNK);
  async function* plain(): AsyncGenerator<Uint8Array> {
    for (let made = 0; made < CHUNKS; made += 1) yield chunk;
  }
  const { step } = wrappingOf(encryption);
  if (step === undefined) throw new Error('nothing encrypts it');
  const begun = performance.now();
  let bytes = 0;
  for await (const part of step(plain())) bytes += part.length;
  return bytes / 1e6 / ((performance.now() - begun) / 1000);
}

/** @returns the bytes of JSON that an export of it holds */
async function fill(aggregator: Aggregator, network: keyof typeof NETWORKS): Promise<number> {
  const peers = NETWORKS[network];
  const snapshots = new Snapshots(peers);
  let bytes = 0;
  const count = (peers * SAMPLES) / BATCH;
  const sample = snapshots.batch(BATCH);
  // `[timestamp,metrics],` each.
  const each = sample.reduce((sum, { metrics }) => sum + JSON.stringify(metrics).length + 14, 0) / BATCH;
  bytes = each * peers * SAMPLES;
  const { failures } = await flatOut(
    aggregator.port,
    snapshots.stream(count, BATCH, { 'x-network': network }),
    CONNECTIONS,
  );
  if (failures > 0) throw new Error(`${failures} batches were not taken`);
  return bytes;
}

interface Exported {
  readonly seconds: number;
  readonly bytes: number;
  /** MB. */
  readonly before: number;
  readonly most: number;
  readonly after: number;
}

async function exported(
  aggregator: Aggregator,
  network: keyof typeof NETWORKS,
  headers: Readonly<Record<string, string>>,
): Promise<Exported> {
  const before = await aggregator.memory();
  let most = before;
  const looking = setInterval(() => {
    void aggregator.memory().then((now) => {
      most = Math.max(most, now);
    });
  }, 100);
  const begun = performance.now();
  const response = await aggregator.get(`/export/all?network=${network}`, headers);
  if (!response.ok || response.body === null) throw new Error(`the export was refused: ${await response.text()}`);
  let bytes = 0;
  for await (const part of response.body) bytes += part.length;
  const seconds = (performance.now() - begun) / 1000;
  clearInterval(looking);
  const after = await aggregator.memory();
  return { seconds, bytes, before, most: Math.max(most, after), after };
}
