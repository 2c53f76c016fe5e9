import type { ControlEntry, ControlOutcome } from '../control/control.ts';
import type { Spans } from '../ingest/batch.ts';
import type { Summary, Told } from './telemetryRows.ts';

/** One accepted batch on its way to the disk. */
export interface Batch {
  /** Whose peers these are; from the sender's token. */
  readonly network: string;
  /** The sender's own name for the batch, so that it is stored once however often it is sent; empty for none. */
  readonly name: string;
  /** Unix seconds: our clock when it arrived. */
  readonly receivedAt: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly spans: Spans;
}

/** What became of a batch: every snapshot of it is counted once. */
export interface BatchOutcome {
  readonly stored: number;
  /** Known already: the same peer, second and reporter. */
  readonly duplicates: number;
  /** Older than what is kept, or under a name whose key is good no longer. */
  readonly expired: number;
  /** Peers that were not known before. */
  readonly newPeers: number;
  /** The whole batch was there already. */
  readonly repeated: boolean;
  /** Nothing of it was taken: it would add more peers or reporters than are allowed. */
  readonly refused?: 'peers' | 'reporters';
}

export interface WriterOptions {
  readonly path: string;
  /** Seconds. */
  readonly retention: number;
  /** Samples that one peer keeps. */
  readonly history: number;
  /** Peers of all networks together; reporters alike. */
  readonly maxPeers: number;
  readonly maxReporters: number;
  readonly failpoint: string | undefined;
  /** Seconds: as exactly as this it is known when a peer was last heard of; a minute where left out. */
  readonly grain?: number;
}

/** What only the writer knows, since the rows of peers are brought up to date now and then. */
export type Question =
  | { readonly ask: 'peer'; readonly network: string; readonly name: string }
  | { readonly ask: 'peers'; readonly ids: readonly number[] }
  | { readonly ask: 'moment'; readonly activeSince: number }
  /** Keeps the samples of this moment that are not older than `since` (Unix seconds), until it is let go. */
  | { readonly ask: 'hold'; readonly since: number }
  | { readonly ask: 'letGo'; readonly view: number }
  /** Keeps what a node says of itself. */
  | { readonly ask: 'tell'; readonly summary: Summary }
  /** One bounded step of forgetting what is older than `before` (Unix seconds), from behind a sample on; 0 for the first. */
  | { readonly ask: 'sweep'; readonly before: number; readonly from: number }
  /** What was decided for all replicas; see ../control/apply.ts. */
  | { readonly ask: 'apply'; readonly entry: ControlEntry }
  | { readonly ask: 'decided' };

/** Where the chain of a peer begins, and how long it is. */
export interface PeerState {
  readonly id: number;
  readonly head: number;
  readonly seq: number;
  /** Unix seconds. */
  readonly lastAt: number;
}

export type Reply =
  | { readonly of: 'peers'; readonly peers: readonly PeerState[] }
  /** The last sample of this moment: later ones have higher ids. */
  | {
      readonly of: 'moment';
      readonly lastId: number;
      readonly peers: number;
      /** Active peers by network; of each that there is. */
      readonly active: Readonly<Record<string, number>>;
      /** Samples taken away since the start. */
      readonly pruned: number;
    }
  /** What `hold` and `letGo` answer. */
  | {
      readonly of: 'view';
      readonly view: number;
      readonly lastId: number;
      /** Where the chain of each peer begins, by its id; 0 for none. */
      readonly heads: Float64Array<ArrayBuffer>;
    }
  | ({ readonly of: 'told' } & Told)
  /** `next`: from where the next step goes on; 0 where all is done. */
  | { readonly of: 'swept'; readonly removed: number; readonly next: number }
  | { readonly of: 'applied'; readonly outcome: ControlOutcome }
  /** The newest epoch that decided something, and the mark up to which samples may go (Unix seconds). */
  | { readonly of: 'decided'; readonly epoch: number; readonly pruneBefore: number };
