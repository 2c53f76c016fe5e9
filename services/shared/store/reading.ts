import type { StoreKind } from './kind.ts';

/** The connection that reads beside the writer, where there is one. */
export class Reading<Item, Reader extends { close(): void }> {
  readonly #kind: StoreKind<Item, Reader>;
  #reader: Reader | undefined;

  constructor(kind: StoreKind<Item, Reader>) {
    this.#kind = kind;
  }

  get reader(): Reader | undefined {
    return this.#reader;
  }

  open(): void {
    if (this.#reader !== undefined) return;
    try {
      this.#reader = this.#kind.openReader(this.#kind.path);
    } catch {
      // Not created yet, because the disk is full: the failure that is noted says it.
    }
  }

  close(): void {
    this.#reader?.close();
    this.#reader = undefined;
  }
}
