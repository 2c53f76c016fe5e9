import { createHash } from 'node:crypto';
import { resolveSrv } from 'node:dns/promises';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import type { SecretFile } from '../../shared/secretFile.ts';

const ANSWER_MS = 5_000;
/** Of a snapshot, in bytes per second: what is slower does not end. */
const SLOWEST = 1_000_000;
const SNAPSHOT_MS = 60_000;

const statusSchema = z.object({
  replica: z.string(),
  mark: z.object({ stream: z.string(), seq: z.number() }).nullable(),
});

/** Another replica, and how far it has read the log. */
export interface OtherReplica {
  readonly url: string;
  readonly stream: string;
  readonly seq: number;
}

export interface OthersOptions {
  /** How this replica is called: it may be among the addresses. */
  readonly name: string;
  readonly replicas: readonly string[];
  readonly replicasSrv: string | undefined;
  readonly token: SecretFile | undefined;
}

/** The other replicas, found by a list and by DNS. */
export class OtherReplicas {
  readonly #options: OthersOptions;

  constructor(options: OthersOptions) {
    this.#options = options;
  }

  /** All that the settings name; one that does not answer is undefined. Empty where they name none. */
  async ask(): Promise<(OtherReplica | undefined)[]> {
    const urls = await this.#urls();
    const answers = await Promise.all(urls.map((url) => this.#status(url).catch(() => 'silent' as const)));
    return answers.filter((answer) => answer !== 'itself').map((answer) => (answer === 'silent' ? undefined : answer));
  }

  /**
   * Brings a snapshot of another replica.
   *
   * @param path of a file that may be overwritten
   * @throws an Error where it did not come whole; then there is no file
   */
  async snapshot({ url }: OtherReplica, path: string): Promise<void> {
    const abort = new AbortController();
    let timer = setTimeout(() => abort.abort(), SNAPSHOT_MS);
    try {
      const answer = await fetch(`${url}/replica/snapshot`, { headers: this.#headers(), signal: abort.signal });
      if (!answer.ok || answer.body === null)
        throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
      const bytes = Number(answer.headers.get('content-length'));
      clearTimeout(timer);
      timer = setTimeout(() => abort.abort(), SNAPSHOT_MS + (bytes / SLOWEST) * 1000);
      const hash = createHash('sha256');
      const body = Readable.fromWeb(answer.body).on('data', (chunk) => hash.update(chunk));
      await pipeline(body, createWriteStream(path, { mode: 0o600 }), { signal: abort.signal });
      if (hash.digest('hex') !== answer.headers.get('x-checksum-sha256'))
        throw new Error(`the snapshot of ${url} is damaged`);
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async #urls(): Promise<string[]> {
    const { replicas, replicasSrv } = this.#options;
    const records = replicasSrv === undefined ? [] : await resolveSrv(replicasSrv).catch(() => []);
    const found = records.map(({ name, port }) => `http://${name}:${port}`);
    return [...new Set([...replicas.map((url) => url.replace(/\/+$/, '')), ...found])];
  }

  async #status(url: string): Promise<OtherReplica | 'itself' | 'silent'> {
    const answer = await fetch(`${url}/replica/status`, {
      headers: this.#headers(),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const { replica, mark } = statusSchema.parse(await answer.json());
    if (replica === this.#options.name) return 'itself';
    return mark === null ? 'silent' : { url, stream: mark.stream, seq: mark.seq };
  }

  #headers(): Record<string, string> {
    const token = this.#options.token?.current()[0]?.split(/\s/, 1)[0];
    return token === undefined ? {} : { authorization: `Bearer ${token}` };
  }
}
