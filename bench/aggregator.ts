import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flatOut, type LoadResult, paced, quantile, type Request, ratio, requestOf } from './http/load.ts';
import { type Server, startServer } from './http/server.ts';

const TOKEN = 'benchmark-token-benchmark-token';
const PEERS = 10_000;
const BATCH = 1_000;
const CONNECTIONS = 16;

/**
 * The aggregator under load, beside a server that does only `JSON.parse`, on the cores that they share with the generator:
 * accepted means durable (synchronous=FULL on the disk of the temporary directory), and every snapshot is new.
 */
export async function run(): Promise<void> {
  const folder = mkdtempSync(join(process.env.CHAINWATCH_BENCH_DIR ?? tmpdir(), 'chainwatch-bench-'));
  try {
    const bare = await startServer([new URL('./http/bare.ts', import.meta.url).pathname]);
    await flatOut(bare.port, batches(20, BATCH), CONNECTIONS);
    const bareBatches = await flatOut(bare.port, batches(300, BATCH), CONNECTIONS);
    const bareSingles = await flatOut(bare.port, batches(20_000, 1), CONNECTIONS);
    await bare.stop();

    const aggregator = await startAggregator(folder);
    await flatOut(aggregator.port, batches(20, BATCH), CONNECTIONS);
    const full = await flatOut(aggregator.port, batches(300, BATCH), CONNECTIONS);
    const singles = await flatOut(aggregator.port, batches(20_000, 1), CONNECTIONS);
    const half = full.latencies.length / full.seconds / 2;
    const atHalf = await paced(aggregator.port, batches(Math.ceil(half * 5), BATCH), half);
    console.log(`flat out, ${CONNECTIONS} connections, snapshots of about ${Math.round(sizeOf())} bytes:`);
    report(`  aggregator, ${BATCH} snapshots a request`, full, BATCH);
    report(`  bare node:http with JSON.parse, ${BATCH}`, bareBatches, BATCH);
    report('  aggregator, one a request', singles, 1);
    report('  bare node:http with JSON.parse, one', bareSingles, 1);
    console.log(
      `  ratio to bare: ${BATCH} ${ratio(full, bareBatches)} (wanted 0.50), one ${ratio(singles, bareSingles)} (wanted 0.40)`,
    );
    console.log('at half of that rate, wanted p99 < 20 ms:');
    report(`  aggregator, ${BATCH} snapshots a request`, atHalf, BATCH);
    await aggregator.stop();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function report(name: string, { latencies, seconds, failures }: LoadResult, snapshots: number): void {
  const rate = Math.round((latencies.length * snapshots) / seconds);
  const ms = (share: number) => `${quantile(latencies, share).toFixed(1)} ms`;
  const failed = failures === 0 ? '' : `, ${failures} FAILED`;
  console.log(`${name}: ${rate} snapshots/s, p50 ${ms(0.5)}, p99 ${ms(0.99)}, max ${ms(1)}${failed}`);
}

let sent = 0;

/** What a node of the-block tells of a peer; each of a second of its own, so that none is a duplicate. */
function snapshot(): Record<string, unknown> {
  const n = sent++;
  const start = Math.floor(Date.now() / 1000) - 500_000;
  return {
    peer_id: `12D3KooW${(n % PEERS).toString(36).padStart(44, 'x')}`,
    timestamp: start + Math.floor(n / PEERS),
    metrics: {
      requests: n,
      bytes_sent: n * 1_437,
      drops: { rate_limit: n % 7, malformed: n % 3 },
      handshake_fail: { timeout: n % 5 },
      handshake_success: n % 1_000,
      tls_errors: 0,
      reputation: { score: (n % 100) / 100 },
      last_updated: start,
      sec_requests: n % 50,
      sec_bytes: n % 50_000,
      throttled_until: 0,
      throttle_reason: null,
      backoff_level: n % 4,
      breach_count: 0,
    },
  };
}

function sizeOf(): number {
  return JSON.stringify(snapshot()).length;
}

function batches(count: number, each: number): Request[] {
  return Array.from({ length: count }, () =>
    requestOf('/ingest', JSON.stringify(Array.from({ length: each }, snapshot)), TOKEN),
  );
}

async function startAggregator(folder: string): Promise<Server> {
  const tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, `${TOKEN}\n`, { mode: 0o600 });
  const settings = join(folder, 'settings.json');
  writeFileSync(
    settings,
    JSON.stringify({ listen: '127.0.0.1:0', tokenFile, database: join(folder, 'aggregator.db') }),
  );
  const serve = new URL('../test/integration/service/serve.ts', import.meta.url).pathname;
  return startServer(['--disable-warning=ExperimentalWarning', serve, 'aggregator', settings]);
}
