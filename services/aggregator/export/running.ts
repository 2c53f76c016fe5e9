import { HttpFault } from '../../shared/http.ts';

/** Each holds a moment of the store (16 bytes per peer) and compresses: more at once would be felt by those who send. */
const MOST = 4;

/** Why an export was ended by us. */
export class ExportEnded extends Error {
  override name = 'ExportEnded';
  readonly result: 'too_slow' | 'stopped';

  constructor(result: ExportEnded['result'], reason: string) {
    super(reason);
    this.result = result;
  }
}

/** A place among the exports under way. */
export interface Slot {
  /** Aborted with an ExportEnded. */
  readonly signal: AbortSignal;
  leave(): void;
}

/**
 * The exports under way: so many at once, each so long at most, and none while somebody takes samples away, since what an
 * export holds could not go.
 */
export class RunningExports {
  readonly #maxDuration: number;
  readonly #running = new Set<AbortController>();
  #taking = false;
  #stopped = false;

  /** @param maxDuration milliseconds */
  constructor(maxDuration: number) {
    this.#maxDuration = maxDuration;
  }

  get running(): number {
    return this.#running.size;
  }

  /** @throws HttpFault 503 where the service is about to end: then nothing goes on that can be done later */
  requireGoingOn(): void {
    if (this.#stopped) throw busy('the service is about to end', 5);
  }

  /** @throws HttpFault 503 */
  enter(): Slot {
    this.requireGoingOn();
    if (this.#taking) throw busy('samples are being taken away (POST /prune)', 5);
    if (this.#running.size >= MOST) throw busy(`${MOST} exports are under way`, 30);
    const controller = new AbortController();
    this.#running.add(controller);
    const seconds = this.#maxDuration / 1000;
    const end = () => controller.abort(new ExportEnded('too_slow', `the export was not read within ${seconds} s`));
    const timer = setTimeout(end, this.#maxDuration);
    const leave = () => {
      clearTimeout(timer);
      this.#running.delete(controller);
    };
    return { signal: controller.signal, leave };
  }

  /**
   * Does what may not be done beside an export.
   *
   * @throws HttpFault 409 while there is one
   */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.#taking)
      throw conflict('prune_under_way', 'samples are being taken away already', 'wait until that is done');
    if (this.#running.size > 0) {
      const remedy = `wait until they are done: each takes ${this.#maxDuration / 1000} s at most`;
      throw conflict(
        'exports_under_way',
        `${this.#running.size} exports are under way, which still need samples`,
        remedy,
      );
    }
    this.#taking = true;
    try {
      return await work();
    } finally {
      this.#taking = false;
    }
  }

  /** Takes no new ones, and ends those that are not done by then. @param within milliseconds */
  stop(within: number): void {
    this.#stopped = true;
    const end = () => {
      for (const each of this.#running) each.abort(new ExportEnded('stopped', 'the service ends'));
    };
    setTimeout(end, within).unref();
  }
}

function busy(reason: string, seconds: number): HttpFault {
  const remedy = `try again in ${seconds} s`;
  return new HttpFault(503, { error: 'busy', reason, remedy }, { 'retry-after': String(seconds) });
}

function conflict(error: string, reason: string, remedy: string): HttpFault {
  return new HttpFault(409, { error, reason, remedy });
}
