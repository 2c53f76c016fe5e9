/** What of a stream's settings matters, as the NATS server tells it. Durations are nanoseconds; 0 and -1 mean "no limit". */
export interface StreamFacts {
  readonly name: string;
  readonly subjects?: readonly string[];
  readonly storage: string;
  readonly retention: string;
  readonly discard: string;
  readonly num_replicas: number;
  readonly max_age: number;
  readonly max_msgs: number;
  readonly max_bytes: number;
  readonly max_msgs_per_subject: number;
  readonly no_ack?: boolean | undefined;
  readonly sealed?: boolean | undefined;
  readonly persist_mode?: string | undefined;
  readonly compression?: string | undefined;
  readonly mirror?: unknown;
  readonly sources?: unknown;
  readonly subject_transform?: unknown;
}

export interface WantedStream {
  readonly stream: string;
  readonly streamReplicas: number;
  /** Milliseconds. */
  readonly keepLog: number;
}

const NANOSECONDS = 1_000_000;
/** So long a message that is published again is known by its name. */
const DUPLICATES_MS = 120_000;

/** The subject of batches, and of decisions that concern all replicas. */
export function subjectsOf(stream: string): { readonly batch: string; readonly control: string } {
  return { batch: `${stream}.batch`, control: `${stream}.control` };
}

/** The stream that is made where there is none: limited by age alone. */
export function wantedStream({ stream, streamReplicas, keepLog }: WantedStream) {
  return {
    name: stream,
    subjects: Object.values(subjectsOf(stream)),
    description: 'What the replicas of the Chainwatch aggregator have accepted',
    storage: 'file',
    retention: 'limits',
    discard: 'new',
    num_replicas: streamReplicas,
    max_age: keepLog * NANOSECONDS,
    duplicate_window: Math.min(keepLog, DUPLICATES_MS) * NANOSECONDS,
    // Compressed, blocks could not be read any more after servers were killed, by none of three (nats-server 2.15.2).
    compression: 'none',
    deny_delete: true,
  } as const;
}

/** What a server says of a stream that no server leads is not what the stream has: it may even look empty. @returns why there is nothing to be read of it */
export function leaderless(cluster: { readonly leader?: string | undefined } | undefined): string | undefined {
  return cluster === undefined || cluster.leader ? undefined : 'no NATS server leads the stream';
}

/** Why a stream that was there before must not be the log: with each of these it would lose what it has acknowledged. None: it may. */
export function dangersOf(found: StreamFacts, wanted: WantedStream): string[] {
  const dangers: string[] = [];
  const refuse = (when: boolean, why: string) => {
    if (when) dangers.push(why);
  };
  const { batch, control } = subjectsOf(wanted.stream);
  const missing = [batch, control].filter((subject) => !isCovered(subject, found.subjects ?? []));
  refuse(missing.length > 0, `subjects: does not hold ${missing.join(' and ')}`);
  refuse(found.storage !== 'file', `storage: ${found.storage} is lost at a restart; needs file`);
  refuse(found.retention !== 'limits', `retention: ${found.retention} removes what one replica has read; needs limits`);
  refuse(
    found.num_replicas < wanted.streamReplicas,
    `num_replicas: ${found.num_replicas} servers hold a message; the setting streamReplicas wants ${wanted.streamReplicas}`,
  );
  refuse(found.no_ack === true, 'no_ack: nothing says that a message was stored');
  refuse(found.persist_mode === 'async', 'persist_mode: async acknowledges before it writes');
  const isPacked = found.compression !== undefined && found.compression !== 'none';
  refuse(
    isPacked,
    `compression: ${found.compression} blocks could not be read any more after servers were killed; needs none`,
  );
  refuse(found.sealed === true, 'sealed: it takes no messages');
  refuse(found.max_msgs_per_subject > 0, 'max_msgs_per_subject: all batches have one subject, so older ones would go');
  const bounded = found.max_msgs > 0 || found.max_bytes > 0;
  refuse(bounded && found.discard !== 'new', 'discard: old removes messages that no replica may have read; needs new');
  const shortest = Math.min(wanted.keepLog, 60_000) * NANOSECONDS;
  refuse(found.max_age > 0 && found.max_age < shortest, 'max_age: less than a minute is kept');
  refuse(found.mirror !== undefined, 'mirror: it holds what another stream takes');
  refuse(Array.isArray(found.sources) && found.sources.length > 0, 'sources: others write to it, in another order');
  refuse(found.subject_transform !== undefined, 'subject_transform: messages change their subjects');
  return dangers;
}

/** Whether a subject is one of these, in which `*` is one word and `>` all that follow. */
function isCovered(subject: string, patterns: readonly string[]): boolean {
  const words = subject.split('.');
  return patterns.some((pattern) => {
    const parts = pattern.split('.');
    const open = parts.at(-1) === '>';
    const fixed = open ? parts.slice(0, -1) : parts;
    if (open ? words.length < parts.length : words.length !== parts.length) return false;
    return fixed.every((part, index) => part === '*' || part === words[index]);
  });
}
