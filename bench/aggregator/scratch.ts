import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interruptible } from '../../cli/interrupt.ts';
import { type Server, startProgram, startServer } from '../http/server.ts';
import { TOKEN } from './snapshots.ts';

const SERVE = new URL('../../test/integration/service/serve.ts', import.meta.url).pathname;

/** A folder, and what was started in it: both are gone afterwards, whatever happens. */
export class Scratch {
  readonly folder = mkdtempSync(join(process.env.CHAINWATCH_BENCH_DIR ?? tmpdir(), 'chainwatch-bench-'));
  readonly #servers = new Set<Server>();

  /** @param settings over those of a benchmark; the database stays the same from start to start */
  async aggregator(settings: Readonly<Record<string, unknown>> = {}): Promise<Aggregator> {
    const tokenFile = join(this.folder, 'token');
    writeFileSync(tokenFile, `${TOKEN}\n`, { mode: 0o600 });
    const file = join(this.folder, 'settings.json');
    const database = join(this.folder, 'aggregator.db');
    writeFileSync(file, JSON.stringify({ listen: '127.0.0.1:0', tokenFile, database, ...settings }));
    return new Aggregator(await this.server(['--disable-warning=ExperimentalWarning', SERVE, 'aggregator', file]));
  }

  async server(command: readonly string[]): Promise<Server> {
    return this.#keep(await startServer(command));
  }

  async program(...[program, args, at]: Parameters<typeof startProgram>): Promise<Server> {
    return this.#keep(await startProgram(program, args, at));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#servers].map((server) => server.kill()));
    rmSync(this.folder, { recursive: true, force: true });
  }

  #keep(server: Server): Server {
    this.#servers.add(server);
    return server;
  }
}

/** An aggregator that runs. */
export class Aggregator implements Server {
  readonly #server: Server;

  constructor(server: Server) {
    this.#server = server;
  }

  get port(): number {
    return this.#server.port;
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.port}${path}`, { headers: { authorization: `Bearer ${TOKEN}`, ...headers } });
  }

  async scrape(): Promise<string> {
    return (await this.get('/metrics')).text();
  }

  /** Of the process, in MB. */
  async memory(): Promise<number> {
    return Number(/^process_resident_memory_bytes (\S+)$/m.exec(await this.scrape())?.[1]) / 1e6;
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  kill(): Promise<void> {
    return this.#server.kill();
  }
}

/** @throws Interrupted on Ctrl-C, when all is tidied up */
export async function inScratch(work: (scratch: Scratch) => Promise<void>): Promise<void> {
  await interruptible(async (signal) => {
    const scratch = new Scratch();
    const interrupted = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    try {
      await Promise.race([work(scratch), interrupted]);
    } finally {
      await scratch.close();
    }
  });
}
