export type StoreErrorKind = 'full' | 'io' | 'overloaded' | 'slow';

/** The store could not make something durable. Nothing of the request was kept, or the sender must assume so. */
export class StoreError extends Error {
  override name = 'StoreError';
  readonly kind: StoreErrorKind;

  constructor(kind: StoreErrorKind, reason: string) {
    super(reason);
    this.kind = kind;
  }
}

/** What the main thread asks of the writer's thread. */
export type Command<Item, Question = never> =
  | { readonly do: 'commit'; readonly items: readonly Item[] }
  | { readonly do: 'ask'; readonly question: Question }
  | { readonly do: 'probe' }
  | { readonly do: 'prune'; readonly before: number }
  | { readonly do: 'close' };

/** What the writer's thread answers: one answer per command, in order. */
export type Answer<Outcome, Reply = never> =
  | {
      readonly ok: true;
      readonly outcomes: readonly Outcome[];
      readonly seconds: number;
      readonly goesOn: boolean;
      readonly reply: Reply | undefined;
    }
  | {
      readonly ok: false;
      readonly kind: 'full' | 'io';
      readonly reason: string;
      /** Trying again cannot help. */
      readonly fatal: boolean;
      readonly remedy: string;
    };

/** Of a writer's thread that is no more. */
export function afterDeath({ message }: Error): Answer<never> {
  return {
    ok: false,
    kind: 'io',
    reason: `the writer died: ${message}`,
    fatal: true,
    remedy: 'start the service again',
  };
}

/** The only writer of a database. All calls block; it lives in a thread of its own. */
export interface StoreWriter<Item, Outcome, Question = never, Reply = never> {
  /** Makes items durable, all or none. @returns what became of each, in their order */
  commit(items: readonly Item[]): Outcome[];
  /** Whether the disk takes writes: writes one row durably and sees that there is room for more. */
  probe(now: number): void;
  /** One bounded step of forgetting what is older. @returns whether the walk goes on */
  prune(before: number): boolean;
  /** Tells what only the writer knows, since it keeps it in memory. */
  answer?(question: Question): Reply;
  /** Moves the log into the database when enough was written. */
  checkpoint(): void;
  close(): void;
}
