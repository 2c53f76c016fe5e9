/** A disk that loses what was not synced, and one that fails, for services that run as processes. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The library that is preloaded; see powercut.c for what the environment tells it. */
export class PowerCut {
  readonly #folder = mkdtempSync(join(tmpdir(), 'chainwatch-powercut-'));
  /** Why there is none here. */
  readonly obstacle: string | undefined;

  constructor() {
    this.obstacle = this.#build();
  }

  #build(): string | undefined {
    if (process.platform !== 'linux') return 'a library can be preloaded like this on Linux only';
    const source = join(import.meta.dirname, 'powercut.c');
    try {
      execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', this.#library, source, '-ldl', '-lpthread'], {
        stdio: 'pipe',
      });
      return undefined;
    } catch (error) {
      return `no C compiler that works: ${error instanceof Error ? error.message.split('\n')[0] : error}`;
    }
  }

  get #library(): string {
    return join(this.#folder, 'powercut.so');
  }

  /**
   * The environment of a service on such a disk.
   *
   * @param data the folder that is watched
   * @param shadow where each of its files is kept as it was at its last sync
   */
  env(data: string, shadow: string): Record<string, string> {
    return { LD_PRELOAD: this.#library, POWERCUT_FOLDER: data, POWERCUT_SHADOW: shadow };
  }

  clear(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/**
 * Where the power is cut: at the sync of this number, and after it where that is negative. The first make the database; then comes one for each commit.
 *
 * @param early those of the short form
 */
export function momentsOf(early: readonly number[], isLong: boolean): number[] {
  const first = isLong ? Array.from({ length: 24 }, (_, index) => index + 1) : early;
  return [...first, ...(isLong ? [40, 80, 160] : [30])].flatMap((at) => [at, -at]);
}

/** The power comes back: only what was synced is there. */
export function afterPowerCut(shadow: string, folder: string): void {
  for (const name of readdirSync(shadow)) {
    if (!name.startsWith('.')) cpSync(join(shadow, name), join(folder, name));
  }
}
