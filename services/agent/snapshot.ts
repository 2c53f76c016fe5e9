/** What one node says of one peer at one moment. */
export interface PeerSnapshot {
  readonly peer_id: string;
  /** Any JSON object. */
  readonly metrics: Readonly<Record<string, unknown>>;
  /** Unix seconds; the moment of the push where left out. An aggregator keeps one snapshot of a peer for each second and node. */
  readonly timestamp?: number;
  /** Who saw the peer so; the client's own node where left out. */
  readonly node_id?: string;
}

export interface Stamp {
  readonly node: string;
  /** Unix seconds. */
  readonly at: number;
}

export interface BatchBounds {
  readonly maxSnapshots: number;
  /** Bytes of JSON. */
  readonly maxBytes: number;
}

/** As the aggregator has it: bytes, without the quotes. */
const MAX_NAME = 256;
/** The aggregator counts the batch and the snapshot as levels too, and takes 16 unless told otherwise. */
const MAX_METRIC_LEVELS = 14;
const MAX_SECONDS = 0xffff_ffff;

/**
 * Writes a snapshot as JSON.
 *
 * A batch is refused whole for one bad snapshot, so a bad one must not get into any.
 *
 * @throws Error saying what the aggregator would refuse
 */
export function encodeSnapshot(snapshot: PeerSnapshot, stamp: Stamp): string {
  const { peer_id, metrics, timestamp = stamp.at, node_id = stamp.node } = snapshot;
  requireName('peer_id', peer_id);
  requireName('node_id', node_id);
  if (!Number.isSafeInteger(timestamp) || timestamp < 1 || timestamp > MAX_SECONDS) {
    throw new Error('timestamp is no whole number of seconds since 1970');
  }
  if (typeof metrics !== 'object' || metrics === null || Array.isArray(metrics))
    throw new Error('metrics is no object');
  requirePlain(metrics, 1);
  return JSON.stringify({ peer_id, metrics, timestamp, node_id });
}

/** Cuts texts of snapshots into batches within bounds, in their order. A snapshot beyond all bounds has a batch for itself. */
export function batchesOf(texts: readonly string[], { maxSnapshots, maxBytes }: BatchBounds): string[][] {
  const batches: string[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const text of texts) {
    const size = Buffer.byteLength(text) + 1;
    const last = batches.at(-1);
    if (last === undefined || last.length >= maxSnapshots || bytes + size > maxBytes) {
      batches.push([text]);
      bytes = size + 1;
    } else {
      last.push(text);
      bytes += size;
    }
  }
  return batches;
}

export function bodyOf(texts: readonly string[]): Buffer {
  return Buffer.from(`[${texts.join(',')}]`);
}

/**
 * The snapshots of a body that `bodyOf` wrote, as they stand there: nothing is parsed, so a number keeps all its digits.
 *
 * @throws Error where it is no array of objects
 */
export function textsOf(body: Buffer): string[] {
  const text = body.toString('utf8');
  const texts: string[] = [];
  let level = 0;
  let from = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (quoted) {
      if (character === '\\') at += 1;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '{' || character === '[') {
      level += 1;
      if (level === 2) from = at;
    } else if (character === '}' || character === ']') {
      level -= 1;
      if (level === 1) texts.push(text.slice(from, at + 1));
    }
  }
  if (level !== 0 || quoted || text[0] !== '[') throw new Error('the batch is no array of snapshots');
  return texts;
}

function requireName(member: string, name: unknown): void {
  if (typeof name !== 'string' || name === '') throw new Error(`${member} is no text`);
  if (!name.isWellFormed()) throw new Error(`${member} is no Unicode`);
  if ([...name].some((character) => character < ' ')) throw new Error(`${member} holds a control character`);
  if (Buffer.byteLength(JSON.stringify(name)) - 2 > MAX_NAME)
    throw new Error(`${member} is longer than ${MAX_NAME} bytes`);
}

function requirePlain(value: unknown, level: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (level > MAX_METRIC_LEVELS) throw new Error(`metrics has more than ${MAX_METRIC_LEVELS} levels`);
  for (const [name, below] of Object.entries(value)) {
    if (name === '__proto__') throw new Error('metrics has a member __proto__');
    requirePlain(below, level + 1);
  }
}
