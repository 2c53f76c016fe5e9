import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { codeOf, messageOf, ServiceFault } from '../fault.ts';
import type { Logger } from '../log.ts';

/** PEM texts; each undefined for the system's own, or for none. */
export interface TlsMaterial {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** Paths of PEM files. */
export interface ClientTlsPaths {
  /** Whom to trust, in place of the system's own list. */
  readonly caFile?: string | undefined;
  /** What to show to a server that asks for it. */
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
}

/** Changes are seen at the first use that comes this long after the last look. */
const RECHECK_AFTER_MS = 1_000;

/**
 * The TLS of who asks a server, read again while the program runs. While the files cannot be read, hold no PEM or do not belong together, the last good
 * ones stay.
 */
export class ClientTls {
  readonly #paths: ClientTlsPaths;
  readonly #log: Logger | undefined;
  readonly #now: () => number;
  #material: TlsMaterial;
  #checkedAt: number;
  #problem: string | undefined;

  /** @throws ServiceFault when a file cannot be used as it is */
  constructor(paths: ClientTlsPaths, log?: Logger, now: () => number = Date.now) {
    this.#paths = paths;
    this.#log = log;
    this.#now = now;
    this.#material = read(paths);
    requireTogether(this.#material, paths);
    this.#checkedAt = now();
  }

  current(): TlsMaterial {
    const now = this.#now();
    if (now - this.#checkedAt < RECHECK_AFTER_MS && now >= this.#checkedAt) return this.#material;
    this.#checkedAt = now;
    try {
      const next = read(this.#paths);
      if (JSON.stringify(next) !== JSON.stringify(this.#material)) {
        requireTogether(next, this.#paths);
        this.#log?.info('TLS files reread');
        this.#material = next;
      }
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

function read({ caFile, certFile, keyFile }: ClientTlsPaths): TlsMaterial {
  return { ca: pem(caFile, 'CERTIFICATE'), cert: pem(certFile, 'CERTIFICATE'), key: pem(keyFile, 'PRIVATE KEY') };
}

/** While one of a pair is new, the other may not be yet. */
function requireTogether(material: TlsMaterial, { caFile, certFile, keyFile }: ClientTlsPaths): void {
  try {
    createSecureContext(material);
  } catch (error) {
    const files = [caFile, certFile, keyFile].filter((path) => path !== undefined).join(', ');
    throw new ServiceFault(
      `the TLS files ${files} cannot be used together: ${codeOf(error) ?? messageOf(error)}`,
      'put a certificate there and its own key',
      { cause: error },
    );
  }
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
