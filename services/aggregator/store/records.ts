import type { ControlEntry, ControlOutcome } from '../control/control.ts';
import type { Spans } from '../ingest/batch.ts';
import type { Part } from '../ingest/parts.ts';
import type { Summary } from './telemetryRows.ts';

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
  /** The bytes hold more snapshots than are meant: those that stand in `spans`. */
  readonly isPartial?: boolean;
  /** Where there are replicas: what of it goes to their log, as one message each. It is kept until all have it. */
  readonly parts?: readonly Part[];
  /** Where it was read in the log of the replicas. One of them has accepted it, so it is not refused. */
  readonly mark?: LogMark;
  /** It is known to be in the store, or is none of the store's: only the mark is taken. */
  readonly markOnly?: boolean;
  /** It was accepted before, and is not refused now. */
  readonly accepted?: boolean;
  /** No snapshots, but a decision for all replicas. */
  readonly control?: ControlEntry;
  /** No snapshots, but what a node says of itself; see ../telemetry/logged.ts. */
  readonly summary?: Summary;
}

/** A place in the log that replicas share. */
export interface LogMark {
  /** Which log: the moment when it was made. */
  readonly stream: string;
  readonly seq: number;
  /** Of the message there: `<network>/<batch>`. Empty for the place before the first one. */
  readonly name: string;
  /** When the log took it, in Unix milliseconds. */
  readonly at: number;
}

/** A part of a batch that this replica accepted itself. */
export interface OwnPart {
  readonly id: number;
  /** `<network>/<batch>` */
  readonly name: string;
  /** Unix seconds. */
  readonly receivedAt: number;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** With where it was found in the log: 0 and 0 where it was not. */
export interface KeptPart extends OwnPart {
  readonly seenSeq: number;
  /** Unix seconds. */
  readonly seenAt: number;
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
  /** Of a decision. */
  readonly control?: ControlOutcome;
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
  /** One bounded step of forgetting what is older than `before` (Unix seconds), from behind a sample on; 0 for the first. */
  | { readonly ask: 'sweep'; readonly before: number; readonly from: number }
  /** What was decided for all replicas; see ../control/apply.ts. */
  | { readonly ask: 'apply'; readonly entry: ControlEntry }
  | { readonly ask: 'decided' }
  /** `since`: it is from then on that all is here. Unix seconds. */
  | { readonly ask: 'log'; readonly since?: number }
  /** Own parts that were not found in the log yet, from behind an id on. */
  | { readonly ask: 'unseen'; readonly after: number; readonly limit: number }
  /** The log is another one: it is read from behind this place on. */
  | { readonly ask: 'beginLog'; readonly mark: LogMark }
  /** Forgets own parts that were seen before this (Unix seconds), up to a place in the log. */
  | { readonly ask: 'forgetOwn'; readonly seenBefore: number; readonly upTo: number }
  /** Takes a snapshot of another replica in place of this database; see ReplaceableWriter. */
  | { readonly ask: 'adopt'; readonly path: string; readonly stream: string; readonly atLeast: number };

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
  /** `next`: from where the next step goes on; 0 where all is done. */
  | { readonly of: 'swept'; readonly removed: number; readonly next: number }
  | { readonly of: 'applied'; readonly outcome: ControlOutcome }
  /** The newest epoch that decided something, and the mark up to which samples may go (Unix seconds). */
  | { readonly of: 'decided'; readonly epoch: number; readonly pruneBefore: number }
  /** What all questions about the log answer. */
  | {
      readonly of: 'log';
      readonly mark: LogMark | undefined;
      /** From when on all is here, since this replica began with a log that may not have had what is older; else 0. Unix seconds. */
      readonly since: number;
      /** Own parts that were not found in the log yet: how many, and those that were asked for. */
      readonly unseen: number;
      readonly parts: readonly OwnPart[];
    };
