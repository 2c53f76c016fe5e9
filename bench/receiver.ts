import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { flatOut, type LoadResult, paced, quantile, type Request, ratio, requestOf } from './http/load.ts';
import { type Server, startServer } from './http/server.ts';

const TOKEN = 'benchmark-token-benchmark-token';
const FINGERPRINTS = 5_000;
const WANTED_PER_SECOND = 2_000;

/**
 * The receiver under load, on the cores that it shares with the generator: accepted means durable (synchronous=FULL on
 * the disk of the temporary directory), and every alert is a change, the dearest case.
 */
export async function run(): Promise<void> {
  const folder = mkdtempSync(join(process.env.CHAINWATCH_BENCH_DIR ?? tmpdir(), 'chainwatch-bench-'));
  try {
    const bare = await startServer([new URL('./http/bare.ts', import.meta.url).pathname]);
    const bareSingles = await flatOut(bare.port, requests(20_000, 1), 32);
    const bareGroups = await flatOut(bare.port, requests(2_000, 20), 32);
    await bare.stop();

    const receiver = await startReceiver(folder);
    await flatOut(receiver.port, requests(2_000, 1), 32);
    console.log(`receiver, alerts durable before the answer; at ${WANTED_PER_SECOND} alerts/s, wanted p99 < 20 ms:`);
    const cpuBefore = await cpuSeconds(receiver.port);
    const pacedSingles = await paced(receiver.port, requests(WANTED_PER_SECOND * 10, 1), WANTED_PER_SECOND);
    const cores = ((await cpuSeconds(receiver.port)) - cpuBefore) / pacedSingles.seconds;
    const pacedGroups = await paced(receiver.port, requests(WANTED_PER_SECOND / 2, 20), WANTED_PER_SECOND / 20);
    report('  one alert a request', pacedSingles, 1);
    report('  20 alerts a request', pacedGroups, 20);
    console.log(`  the receiver used ${cores.toFixed(2)} of ${availableParallelism()} cores with one alert a request`);
    console.log('flat out, 32 connections:');
    const singles = await flatOut(receiver.port, requests(20_000, 1), 32);
    const groups = await flatOut(receiver.port, requests(2_000, 20), 32);
    report('  one alert a request', singles, 1);
    report('  20 alerts a request', groups, 20);
    report('  bare node:http with JSON.parse, one', bareSingles, 1);
    report('  bare node:http with JSON.parse, 20', bareGroups, 20);
    console.log(`  ratio to bare: one ${ratio(singles, bareSingles)}, 20 ${ratio(groups, bareGroups)}`);
    await receiver.stop();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function report(name: string, { latencies, seconds, failures }: LoadResult, alerts: number): void {
  const rate = Math.round((latencies.length * alerts) / seconds);
  const ms = (share: number) => `${quantile(latencies, share).toFixed(1)} ms`;
  const failed = failures === 0 ? '' : `, ${failures} FAILED`;
  console.log(`${name}: ${rate} alerts/s, p50 ${ms(0.5)}, p99 ${ms(0.99)}, max ${ms(1)}${failed}`);
}

async function cpuSeconds(port: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(/^process_cpu_seconds_total (\S+)$/m.exec(text)?.[1]);
}

let sent = 0;

/** Requests whose every alert changes its state: firing and resolved in turn, each round with a new start. */
function requests(count: number, alertsEach: number): Request[] {
  return Array.from({ length: count }, () => {
    const alerts = Array.from({ length: alertsEach }, () => {
      const round = Math.floor(sent / FINGERPRINTS);
      const index = sent++ % FINGERPRINTS;
      const resolved = round % 2 === 1;
      const start = Date.UTC(2026, 0, 1) + Math.floor(round / 2) * 60_000;
      return {
        status: resolved ? 'resolved' : 'firing',
        labels: {
          alertname: `BenchAlert${index % 20}`,
          severity: index % 10 === 0 ? 'critical' : 'warning',
          network: `network-${index % 7}`,
          component: 'op-node',
          instance: `10.0.${index >> 8}.${index & 255}:9000`,
        },
        annotations: {
          summary: `Unsafe head of node ${index} has stalled`,
          description: `The unsafe head has not moved for ${index} s. First look at the sequencer and its peers, then at the engine API.`,
          runbook_url: 'https://example.org/runbooks/op-stack/UnsafeHeadStalled',
        },
        startsAt: new Date(start).toISOString(),
        endsAt: resolved ? new Date(start + 30_000).toISOString() : '0001-01-01T00:00:00Z',
        generatorURL: 'http://prometheus.example.org:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1',
        fingerprint: index.toString(16).padStart(16, '0'),
      };
    });
    const body = { version: '4', groupKey: '{}:{}', receiver: 'bench', status: 'firing', truncatedAlerts: 0, alerts };
    return requestOf('/webhook/op-stack', JSON.stringify(body), TOKEN);
  });
}

async function startReceiver(folder: string): Promise<Server> {
  const tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, `${TOKEN}\n`, { mode: 0o600 });
  const settings = join(folder, 'settings.json');
  writeFileSync(settings, JSON.stringify({ listen: '127.0.0.1:0', tokenFile, database: join(folder, 'receiver.db') }));
  const serve = new URL('../test/integration/service/serve.ts', import.meta.url).pathname;
  return startServer([serve, 'receiver', settings]);
}
