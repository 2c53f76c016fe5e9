/** What the store tells whoever opened it. */
export interface StoreEvents {
  /** After a commit: how much it held (the sum of its items' weights), and how long it took. */
  readonly onCommit?: (weight: number, seconds: number) => void;
  /** A commit, probe or prune failed. */
  readonly onError?: (kind: 'full' | 'io' | 'slow' | 'overloaded', reason: string) => void;
  /** The writer's thread died. The process must go: nothing can be made durable any more. */
  readonly onDeath?: (error: Error) => void;
}

/** What the store of one service is. */
export interface StoreKind<Item, Reader> {
  readonly path: string;
  /** The module of its writer's thread, which calls `runWriter`. */
  readonly worker: URL;
  readonly workerData: unknown;
  /** What one item holds, as everybody counts it: `alerts`, `snapshots`. */
  readonly unit: string;
  readonly weigh: (item: Item) => number;
  /** One commit takes no more than this weight, so that the request behind it does not wait for ever. */
  readonly maxCommit: number;
  /** Weight that may wait for the disk; with more, senders are told to come again. */
  readonly maxWaiting: number;
  /** What an item may give away to the thread instead of being copied. */
  readonly transfer?: (item: Item) => readonly ArrayBuffer[];
  /** Opens a connection that reads; throws while there is no database yet. */
  readonly openReader: (path: string) => Reader;
}
