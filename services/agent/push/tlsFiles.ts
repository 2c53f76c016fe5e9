import { readFileSync } from 'node:fs';
import { codeOf, messageOf, ServiceFault } from '../../shared/fault.ts';
import type { Logger } from '../../shared/log.ts';
import type { TlsMaterial } from '../http.ts';

/** Paths of PEM files. */
export interface TlsPaths {
  /** Whom to trust, in place of the system's own list. */
  readonly caFile?: string | undefined;
  /** What to show to an aggregator that asks for it. */
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
}

/** Changes are seen at the first use that comes this long after the last look. */
const RECHECK_AFTER_MS = 1_000;

/** The TLS files, read again while the program runs. While they cannot be read, or hold no PEM, the last good ones stay. */
export class TlsFiles {
  readonly #paths: TlsPaths;
  readonly #log: Logger | undefined;
  readonly #now: () => number;
  #material: TlsMaterial;
  #checkedAt: number;
  #problem: string | undefined;

  /** @throws ServiceFault when a file cannot be used as it is */
  constructor(paths: TlsPaths, log?: Logger, now: () => number = Date.now) {
    this.#paths = paths;
    this.#log = log;
    this.#now = now;
    this.#material = read(paths);
    this.#checkedAt = now();
  }

  current(): TlsMaterial {
    const now = this.#now();
    if (now - this.#checkedAt < RECHECK_AFTER_MS && now >= this.#checkedAt) return this.#material;
    this.#checkedAt = now;
    try {
      const next = read(this.#paths);
      if (JSON.stringify(next) !== JSON.stringify(this.#material)) this.#log?.info('TLS files reread');
      this.#material = next;
      this.#problem = undefined;
    } catch (error) {
      const problem = messageOf(error);
      if (problem !== this.#problem) this.#log?.warn({ problem }, 'TLS files: the last good ones stay valid');
      this.#problem = problem;
    }
    return this.#material;
  }

  /** What is wrong with them since they were last read well. */
  problem(): string | undefined {
    this.current();
    return this.#problem;
  }
}

function read({ caFile, certFile, keyFile }: TlsPaths): TlsMaterial {
  return { ca: pem(caFile, 'CERTIFICATE'), cert: pem(certFile, 'CERTIFICATE'), key: pem(keyFile, 'PRIVATE KEY') };
}

function pem(path: string | undefined, holds: string): string | undefined {
  if (path === undefined) return undefined;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const why = codeOf(error) === 'ENOENT' ? 'does not exist' : `cannot be read (${codeOf(error) ?? messageOf(error)})`;
    throw new ServiceFault(`the TLS file ${path} ${why}`, 'give the path of a PEM file', { cause: error });
  }
  // A file that is being written has no end yet.
  if (new RegExp(`-----BEGIN [A-Z ]*${holds}-----[^-]+-----END [A-Z ]*${holds}-----`).test(text)) return text;
  throw new ServiceFault(`the TLS file ${path} holds no whole ${holds.toLowerCase()} in PEM`, 'write one into it');
}
