import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { messageOf, ServiceFault } from '../../shared/fault.ts';
import type { ReadinessCheck } from '../../shared/http.ts';
import type { Logger } from '../../shared/log.ts';
import { type Copies, sweep } from './copies.ts';
import { requireRecipients } from './crypt.ts';
import { type Reason, reasonOf } from './reason.ts';
import { makeBackup, writeWhole } from './write.ts';

export interface ScheduleOptions {
  readonly folder: string;
  /** Milliseconds. */
  readonly every: number;
  /** Backups that stay. */
  readonly keep: number;
  /** Public keys of age. */
  readonly recipients: readonly string[];
  readonly store: { readonly path: string };
  readonly copies: Copies;
  readonly log: Logger;
  readonly onFailure: (reason: Reason) => void;
}

/** What is known of the newest good backup, in a file beside it, so that a restart does not forget it. */
const NOTE = 'last-proven.json';
const note = z.object({ file: z.string(), bytes: z.number(), at: z.number() });

const LOOK_EVERY_MS = 1_000;
const AGAIN_AFTER_MS = 300_000;

/** `peers-20261121T160000Z.tar`; sorted by name they are sorted by time. */
const NAME = /^peers-\d{8}T\d{6}Z\.tar(?:\.age)?$/;
const LEFT = /^peers-\d{8}T\d{6}Z\.tar(?:\.age)?\.\d+\.(?:copy|draft|scratch)(?:-\w+)?$/;

/** @param at milliseconds */
export function backupName(at: number, encrypted: boolean): string {
  const time = new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return `peers-${time}.tar${encrypted ? '.age' : ''}`;
}

/** Makes a backup now and then, keeps the newest of them, and says when the last was proven. */
export class BackupSchedule {
  readonly #options: ScheduleOptions;
  readonly #folder: string;
  readonly #timer: NodeJS.Timeout;
  #lastProven: number | undefined;
  #due: number;
  #problem: { readonly reason: string; readonly since: number } | undefined;

  /** @throws ServiceFault where the folder or a recipient cannot be used */
  constructor(options: ScheduleOptions) {
    this.#options = options;
    this.#folder = resolve(options.folder);
    requireRecipients(options.recipients);
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      sweep(this.#folder, (name) => LEFT.test(name));
    } catch (error) {
      throw new ServiceFault(
        `the folder of the backups ${this.#folder} cannot be used: ${messageOf(error)}`,
        'give the user of the service the right to write there, or choose another backup.folder',
        { cause: error },
      );
    }
    this.#lastProven = this.#noted();
    this.#due = this.#lastProven === undefined ? 0 : this.#lastProven + options.every;
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS);
  }

  /** Milliseconds; undefined before the first. */
  get lastProven(): number | undefined {
    return this.#lastProven;
  }

  /** Stays ok: what comes is taken and kept all the same. */
  check(): ReadinessCheck {
    const lastProven = this.#lastProven === undefined ? null : new Date(this.#lastProven).toISOString();
    if (this.#problem === undefined) return { ok: true, lastProven };
    const { reason, since } = this.#problem;
    return { ok: true, note: `no backup: ${reason}`, since: new Date(since).toISOString(), lastProven };
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const { copies, every, log, onFailure } = this.#options;
    const now = Date.now();
    if (now < this.#due || copies.busy) return;
    this.#due = now + every;
    try {
      await copies.alone((signal) => this.#make(now, signal));
      this.#problem = undefined;
    } catch (error) {
      if (error instanceof Error && error.message === 'the service ends') return;
      this.#due = now + Math.min(every, AGAIN_AFTER_MS);
      onFailure(reasonOf(error));
      log.error({ err: error, folder: this.#folder }, 'no backup could be made');
      this.#problem = { reason: messageOf(error), since: this.#problem?.since ?? now };
    }
  }

  async #make(now: number, signal: AbortSignal): Promise<void> {
    const { store, recipients, log } = this.#options;
    const begun = performance.now();
    const name = backupName(now, recipients.length > 0);
    const { bytes, manifest } = await makeBackup(store, join(this.#folder, name), { recipients, signal });
    // Since its moment, not since it was proven: what came meanwhile is not in it.
    const at = Date.parse(manifest.at);
    await writeWhole(join(this.#folder, NOTE), `${JSON.stringify({ file: name, bytes, at })}\n`);
    this.#lastProven = at;
    const seconds = Math.round(performance.now() - begun) / 1000;
    log.info({ file: name, bytes, samples: manifest.rows.sample, seconds }, 'a backup was made, restored and compared');
    await this.#forgetOld();
  }

  async #forgetOld(): Promise<void> {
    const names = readdirSync(this.#folder).filter((name) => NAME.test(name));
    const old = names.sort().reverse().slice(this.#options.keep);
    for (const name of old) await rm(join(this.#folder, name), { force: true });
  }

  /** @returns undefined where nothing is known of one that is still there */
  #noted(): number | undefined {
    try {
      const { file, bytes, at } = note.parse(JSON.parse(readFileSync(join(this.#folder, NOTE), 'utf8')));
      return NAME.test(file) && statSync(join(this.#folder, file)).size === bytes ? at : undefined;
    } catch {
      return undefined;
    }
  }
}
