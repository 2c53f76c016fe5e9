import { createHash } from 'node:crypto';
import { resolveSrv } from 'node:dns/promises';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { messageOf } from '../../shared/fault.ts';
import type { SecretFile } from '../../shared/secretFile.ts';
import type { ClientTls } from '../../shared/tls/clientTls.ts';
import { ask } from './ask.ts';

const ANSWER_MS = 5_000;
/** Of a snapshot, in bytes per second: what is slower does not end. */
const SLOWEST = 1_000_000;
/** Without a sign of the replica that makes a snapshot, or a byte of it. */
const SILENCE_MS = 60_000;
const LOOKS = 10;

const statusSchema = z.object({
  replica: z.string(),
  mark: z.object({ stream: z.string(), seq: z.number() }).nullable(),
  since: z.number().default(0),
});

/** Another replica, and how far it has read the log. */
export interface OtherReplica {
  readonly url: string;
  readonly stream: string;
  readonly seq: number;
  /** From when on it has all; 0 where it has from the beginning. Unix seconds. */
  readonly since: number;
}

/** One of which that is not known. */
export interface SilentReplica {
  readonly url: string;
  readonly trouble: string;
  /** It answers, and has nothing. */
  readonly isNew?: boolean;
}

export interface OthersOptions {
  /** How this replica is called: it may be among the addresses. */
  readonly name: string;
  readonly replicas: readonly string[];
  readonly replicasSrv: string | undefined;
  /** Of those that DNS names. */
  readonly scheme: 'http' | 'https';
  readonly tls: ClientTls;
  readonly token: SecretFile | undefined;
  /** For tests. */
  readonly resolve?: (name: string) => Promise<readonly { readonly name: string; readonly port: number }[]>;
  /** Milliseconds without a sign after which a snapshot is given up; for tests. */
  readonly silence?: number;
}

/** The other replicas, found by a list and by DNS. */
export class OtherReplicas {
  readonly #options: OthersOptions;

  constructor(options: OthersOptions) {
    this.#options = options;
  }

  /** All that the settings name. Empty where they name none. */
  async ask(): Promise<(OtherReplica | SilentReplica)[]> {
    const { replicas, replicasSrv, scheme, resolve = resolveSrv } = this.#options;
    const urls = replicas.map((url) => url.replace(/\/+$/, ''));
    const silent: SilentReplica[] = [];
    if (replicasSrv !== undefined) {
      try {
        for (const { name, port } of await resolve(replicasSrv)) urls.push(`${scheme}://${name}:${port}`);
      } catch (error) {
        // There are others, and nobody says where.
        silent.push({ url: replicasSrv, trouble: messageOf(error) });
      }
    }
    const answers = await Promise.all(
      [...new Set(urls)].map((url) =>
        this.#status(url).catch((error: unknown) => ({ url, trouble: messageOf(error) }) as const),
      ),
    );
    return [...answers.filter((answer) => answer !== 'itself'), ...silent];
  }

  /**
   * Brings a snapshot of another replica. That one may take long to make it, as long as it says so now and then.
   *
   * @param path of a file that may be overwritten
   * @param onBytes how many have come, and of how many
   * @throws an Error where it did not come whole; then there is no file
   */
  async snapshot({ url }: OtherReplica, path: string, onBytes?: (done: number, all: number) => void): Promise<void> {
    const { tls, silence = SILENCE_MS } = this.#options;
    const abort = new AbortController();
    const { signal } = abort;
    // Counted, so that a process that was paused does not take its own sleep for the silence of the other.
    let quiet = 0;
    const timer = setInterval(() => {
      quiet += 1;
      if (quiet > LOOKS) abort.abort(new Error(`${url} said nothing for ${silence / 1000} s`));
    }, silence / LOOKS);
    const onSign = () => {
      quiet = 0;
    };
    let slow: NodeJS.Timeout | undefined;
    // A log of SQLite that an earlier process left there would be taken for that of the new file.
    await forget(path);
    try {
      const answer = await ask(`${url}/replica/snapshot`, {
        headers: this.#headers(),
        tls: tls.current(),
        signal,
        onSign,
      });
      const { statusCode, headers } = answer;
      if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}: ${(await text(answer)).slice(0, 500)}`);
      const longest = silence + (Number(headers['content-length']) / SLOWEST) * 1000;
      slow = setTimeout(() => abort.abort(new Error(`${url} sends less than ${SLOWEST} bytes a second`)), longest);
      const hash = createHash('sha256');
      let done = 0;
      answer.on('data', (chunk: Buffer) => {
        onSign();
        hash.update(chunk);
        done += chunk.length;
        onBytes?.(done, Number(headers['content-length']));
      });
      await pipeline(answer, createWriteStream(path, { mode: 0o600 }), { signal });
      if (hash.digest('hex') !== headers['x-checksum-sha256']) throw new Error(`the snapshot of ${url} is damaged`);
    } catch (error) {
      await forget(path);
      throw signal.aborted ? signal.reason : error;
    } finally {
      clearInterval(timer);
      clearTimeout(slow);
    }
  }

  async #status(url: string): Promise<OtherReplica | SilentReplica | 'itself'> {
    const answer = await ask(`${url}/replica/status`, {
      headers: this.#headers(),
      tls: this.#options.tls.current(),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const said = await text(answer);
    if (answer.statusCode !== 200) return { url, trouble: `it answered ${answer.statusCode}: ${said.slice(0, 200)}` };
    const { replica, mark, since } = statusSchema.parse(JSON.parse(said));
    if (replica === this.#options.name) return 'itself';
    if (mark === null) return { url, trouble: 'it has read nothing yet', isNew: true };
    return { url, stream: mark.stream, seq: mark.seq, since };
  }

  #headers(): Record<string, string> {
    const token = this.#options.token?.current()[0]?.split(/\s/, 1)[0];
    return token === undefined ? {} : { authorization: `Bearer ${token}` };
  }
}

async function forget(path: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm', '-journal']) await rm(`${path}${suffix}`, { force: true });
}
