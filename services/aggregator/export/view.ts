import type { Reader } from '../store/reader.ts';
import type { Store } from '../store/store.ts';
import { type Bounds, Moment } from './moment.ts';

export interface ViewOptions {
  readonly ask: Store['ask'];
  readonly reader: Reader;
  /** Unix seconds: older samples are left out. */
  readonly since: number;
  /** Samples of a peer at most. */
  readonly history: number;
}

/**
 * All peers as they are at one moment, however long it takes to read them: later samples are not seen, and the pruner
 * leaves the earlier ones until `close`. No transaction is open meanwhile, so the log of the database can be moved.
 */
export class View extends Moment {
  readonly #ask: Store['ask'];
  readonly #number: number;
  /** For another thread, which has a reader of its own. */
  readonly bounds: Bounds;

  private constructor({ ask, reader }: ViewOptions, number: number, bounds: Bounds) {
    super(reader, bounds);
    this.#ask = ask;
    this.#number = number;
    this.bounds = bounds;
  }

  /** @throws StoreError where the database is not open */
  static async open(options: ViewOptions): Promise<View> {
    const { ask, since, history } = options;
    const reply = await ask({ ask: 'hold', since });
    if (reply.of !== 'view') throw new Error('the store opened no view');
    return new View(options, reply.view, { heads: reply.heads, since, history });
  }

  /** Lets the pruner have what it wants. */
  async close(): Promise<void> {
    try {
      await this.#ask({ ask: 'letGo', view: this.#number });
    } catch {
      // A database that is not open holds nothing.
    }
  }
}
