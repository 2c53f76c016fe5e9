/** Hands over what has come while the last of it was worked on. */
export class Pump<T> {
  readonly #work: (items: readonly T[]) => Promise<void>;
  #waiting: T[] = [];
  #running: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(work: (items: readonly T[]) => Promise<void>) {
    this.#work = work;
  }

  /** @throws what the work threw before */
  add(item: T): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#waiting.push(item);
    this.#running ??= this.#run();
  }

  /** @throws what the work threw */
  async end(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #run(): Promise<void> {
    try {
      while (this.#waiting.length > 0 && this.#failure === undefined) {
        const items = this.#waiting;
        this.#waiting = [];
        await this.#work(items);
      }
    } catch (error) {
      this.#failure = { error };
      this.#waiting = [];
    } finally {
      this.#running = undefined;
    }
  }
}
