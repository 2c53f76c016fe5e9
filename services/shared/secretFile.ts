import { createHash, timingSafeEqual } from 'node:crypto';
import { type BigIntStats, readFileSync, statSync } from 'node:fs';
import { codeOf, messageOf, ServiceFault } from './fault.ts';
import type { Logger } from './log.ts';

/** A shorter one can be guessed by trying. */
const MIN_SECRET_CHARACTERS = 16;

/** A change is seen at the first use that comes this long after the last look. */
const RECHECK_AFTER_MS = 1_000;

export interface SecretFileOptions {
  /** What the file holds, for messages: `bearer token`. */
  readonly holds: string;
  /** Refuse a file that everybody on the machine can read; otherwise a warning. */
  readonly strict?: boolean;
  /** What is wrong with that which stands behind the secret of a line, if anything; not repeating it, since it may be a secret too. */
  readonly problemOf?: (rest: string) => string | undefined;
  readonly log?: Logger;
  /** Milliseconds; for tests. */
  readonly now?: () => number;
}

/**
 * One secret per line of a file; several are valid at once, so that a sender can be moved from one to the next.
 * Empty lines and lines that begin with `#` are skipped. A secret ends at the first blank; see `lineOf`.
 *
 * The file is read again when it has changed (also when a link on its path has: that is how Kubernetes swaps a
 * Secret). Where a change leaves it missing, empty or wrong, the last good secrets stay valid and `problem()` says so:
 * half-written files are common during a rotation, and locking every sender out would silence all alerts.
 */
export class SecretFile {
  readonly path: string;
  readonly #options: SecretFileOptions;
  readonly #now: () => number;
  #secrets: readonly string[];
  #digests: readonly Buffer[];
  #seen: string;
  #checkedAt: number;
  #problem: string | undefined;

  /** @throws ServiceFault when the file cannot be used as it is */
  constructor(path: string, options: SecretFileOptions) {
    this.path = path;
    this.#options = options;
    this.#now = options.now ?? Date.now;
    const { seen, secrets } = this.#read();
    this.#seen = seen;
    this.#secrets = secrets;
    this.#digests = secrets.map((line) => digest(wordOf(line)));
    this.#checkedAt = this.#now();
  }

  /** The secrets that are valid now. */
  current(): readonly string[] {
    this.#refresh();
    return this.#secrets;
  }

  /** Whether a secret is one of them; takes the same time for every wrong one. */
  accepts(candidate: string): boolean {
    return this.lineOf(candidate) !== undefined;
  }

  /** The line that begins with this secret; what stands behind a blank says what it is good for. */
  lineOf(candidate: string): string | undefined {
    this.#refresh();
    const hashed = digest(candidate);
    let line: string | undefined;
    for (const [index, known] of this.#digests.entries()) {
      // No early end: the time must not tell which line matched.
      if (timingSafeEqual(known, hashed)) line = this.#secrets[index];
    }
    return line;
  }

  /** What is wrong with the file since it was last read well, or undefined. */
  problem(): string | undefined {
    this.#refresh();
    return this.#problem;
  }

  #refresh(): void {
    const now = this.#now();
    if (now - this.#checkedAt < RECHECK_AFTER_MS && now >= this.#checkedAt) return;
    this.#checkedAt = now;
    try {
      const stats = statSync(this.path, { bigint: true, throwIfNoEntry: false });
      if (stats !== undefined && identity(stats) === this.#seen && this.#problem === undefined) return;
      const { seen, secrets } = this.#read();
      const changed = secrets.join('\n') !== this.#secrets.join('\n');
      this.#seen = seen;
      this.#secrets = secrets;
      this.#digests = secrets.map((line) => digest(wordOf(line)));
      this.#problem = undefined;
      if (changed) this.#options.log?.info({ file: this.path, valid: secrets.length }, `${this.#options.holds} reread`);
    } catch (error) {
      const problem = messageOf(error);
      if (problem !== this.#problem) {
        this.#options.log?.warn({ file: this.path, problem }, `${this.#options.holds}: the last good one stays valid`);
      }
      this.#problem = problem;
    }
  }

  #read(): { seen: string; secrets: readonly string[] } {
    const { holds, strict, problemOf, log } = this.#options;
    let stats: BigIntStats;
    let text: string;
    try {
      stats = statSync(this.path, { bigint: true });
      text = readFileSync(this.path, 'utf8');
    } catch (error) {
      const why =
        codeOf(error) === 'ENOENT' ? 'does not exist' : `cannot be read (${codeOf(error) ?? messageOf(error)})`;
      throw new ServiceFault(`the ${holds} file ${this.path} ${why}`, 'create it with mode 0600, one secret per line', {
        cause: error,
      });
    }
    const mode = Number(stats.mode & 0o777n);
    const shown = mode.toString(8).padStart(4, '0');
    if ((mode & 0o002) !== 0) {
      throw new ServiceFault(
        `everybody may write the ${holds} file ${this.path} (mode ${shown})`,
        `chmod 0600 ${this.path}`,
      );
    }
    if ((mode & 0o004) !== 0) {
      const reason = `everybody on this machine may read the ${holds} file ${this.path} (mode ${shown})`;
      if (strict === true) throw new ServiceFault(reason, `chmod 0600 ${this.path}`);
      log?.warn({ file: this.path, mode: shown, remedy: `chmod 0600 ${this.path}` }, reason);
    }
    const lines = text.split(/\r?\n/).map((line) => line.trim());
    const secrets = lines.filter((line) => line !== '' && !line.startsWith('#'));
    if (secrets.length === 0) {
      throw new ServiceFault(
        `the ${holds} file ${this.path} is empty`,
        'write one secret per line, for example from `openssl rand -hex 32`',
      );
    }
    const short = lines.findIndex(
      (line) => line !== '' && !line.startsWith('#') && wordOf(line).length < MIN_SECRET_CHARACTERS,
    );
    if (short >= 0) {
      throw new ServiceFault(
        `line ${short + 1} of the ${holds} file ${this.path} is shorter than ${MIN_SECRET_CHARACTERS} characters`,
        'use a long random secret, for example from `openssl rand -hex 32`',
      );
    }
    const meanings = new Map<string, string>();
    for (const [index, line] of lines.entries()) {
      if (!secrets.includes(line)) continue;
      const secret = wordOf(line);
      const rest = line.slice(secret.length).trim();
      const before = meanings.get(secret) ?? rest;
      meanings.set(secret, rest);
      const otherwise = before === rest ? undefined : 'says something else of a secret than a line before it';
      const problem = problemOf?.(rest) ?? otherwise;
      if (problem === undefined) continue;
      throw new ServiceFault(`line ${index + 1} of the ${holds} file ${this.path} ${problem}`, 'correct that line');
    }
    return { seen: identity(stats), secrets };
  }
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function wordOf(line: string): string {
  return line.split(/\s/, 1)[0] ?? '';
}

function identity(stats: BigIntStats): string {
  return [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs, stats.mode].join(':');
}
