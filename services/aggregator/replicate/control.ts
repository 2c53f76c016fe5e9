import { randomUUID } from 'node:crypto';
import type { ControlEntry, ControlLog, ControlOutcome } from '../control/control.ts';
import type { BatchOutcome } from '../store/records.ts';
import type { Link } from './link.ts';
import { HEADERS, type LogMessage } from './message.ts';

/** So long the log may take until this replica has read its own decision there. */
const READ_WITHIN_MS = 10_000;

/** Decisions for all replicas: published, and applied by each, also by who decided, when it reads them. */
export class StreamControl implements ControlLog {
  readonly #link: Pick<Link, 'publish'>;
  readonly #subject: string;
  readonly #waiting = new Map<string, (outcome: ControlOutcome) => void>();

  constructor(link: Pick<Link, 'publish'>, subject: string) {
    this.#link = link;
    this.#subject = subject;
  }

  /** @throws an Error where it is not known what became of it: it may be applied later */
  async append(entry: ControlEntry): Promise<ControlOutcome> {
    const name = `!control/${randomUUID()}`;
    const read = Promise.withResolvers<ControlOutcome>();
    const late = () => read.reject(new Error(`the decision was not read in the log within ${READ_WITHIN_MS / 1000} s`));
    const timer = setTimeout(late, READ_WITHIN_MS);
    this.#waiting.set(name, read.resolve);
    // Who waits for the log has not come to this yet.
    read.promise.catch(() => {});
    try {
      const headers = { [HEADERS.name]: name, [HEADERS.epoch]: String(entry.epoch) };
      await this.#link.publish({ subject: this.#subject, id: name, data: Buffer.from(JSON.stringify(entry)), headers });
      return await read.promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(name);
    }
  }

  read(messages: readonly LogMessage[], outcomes: readonly BatchOutcome[]): void {
    for (const [index, { kind, mark }] of messages.entries()) {
      const outcome = outcomes[index]?.control;
      if (kind === 'control' && outcome !== undefined) this.#waiting.get(mark.name)?.(outcome);
    }
  }
}
