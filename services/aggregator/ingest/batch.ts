import { isUtf8 } from 'node:buffer';
import { BatchFault } from './fault.ts';
import { JsonCursor } from './json.ts';
import { hashOf } from './nameHash.ts';

/** What a batch may be at most. */
export interface BatchLimits {
  readonly maxSnapshots: number;
  /** Levels of arrays and objects, the batch's own array included. */
  readonly maxDepth: number;
  /** Bytes of one snapshot. */
  readonly maxSnapshotBytes: number;
}

/** For what was accepted once, maybe by a replica with wider limits: nobody may stop at it. */
export const WIDEST_LIMITS: BatchLimits = { maxSnapshots: 1_000_000, maxDepth: 256, maxSnapshotBytes: 268_435_456 };

/**
 * Where the snapshots of a batch stand in its bytes: SPAN numbers for each. A table, because it goes to another thread
 * with the bytes, and a thousand objects would have to be copied one by one.
 */
export type Spans = Uint32Array<ArrayBuffer>;

/** The columns of a row of Spans: bounds in bytes; names without their quotes, empty where there is none. */
export const SPAN = { from: 0, to: 1, peerFrom: 2, peerTo: 3, nodeFrom: 4, nodeTo: 5, at: 6, width: 7 } as const;

/** The limit of names that come from outside, in bytes. */
export const MAX_NAME = 256;
/** The last second that fits; a time in milliseconds is far beyond it. */
const MAX_SECONDS = 0xffff_ffff;

const PEER_ID = hashOf('peer_id');
const NODE_ID = hashOf('node_id');
const TIMESTAMP = hashOf('timestamp');
const METRICS = hashOf('metrics');

/**
 * Reads a batch: a JSON array of `{"peer_id": "…", "metrics": {…}, "timestamp": 1763737200, "node_id": "…", …}`.
 *
 * `timestamp` (Unix seconds; 0 in the table where it is missing: the time of arrival counts) and `node_id` (who saw the
 * peer so) may be missing; other members are kept with the snapshot.
 *
 * @throws BatchFault for anything else, naming snapshot and byte: a batch is taken whole or not at all
 */
export function readBatch(bytes: Buffer, limits: BatchLimits): Spans {
  if (!isUtf8(bytes)) {
    const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const hint = packed ? '; it looks like gzip, which wants the header content-encoding: gzip' : '';
    throw new BatchFault('bad_batch', `the batch is not UTF-8${hint}`);
  }
  const cursor = new JsonCursor(bytes, limits.maxDepth);
  if (cursor.peek() !== 0x5b) cursor.fail('a batch is an array of snapshots; an array is expected');
  let spans: Spans = new Uint32Array(SPAN.width * 16);
  let count = 0;
  cursor.elements(1, (index, depth) => {
    if (index >= limits.maxSnapshots) {
      throw new BatchFault('too_many', `a batch holds at most ${limits.maxSnapshots} snapshots`);
    }
    const row = index * SPAN.width;
    if (row === spans.length) spans = grown(spans);
    try {
      readSnapshot(cursor, depth, spans, row);
    } catch (error) {
      if (!(error instanceof BatchFault)) throw error;
      throw new BatchFault(error.kind, `snapshot ${index}: ${error.message}`);
    }
    const size = cursor.at - (spans[row] ?? 0);
    if (size > limits.maxSnapshotBytes) {
      const most = `at most ${limits.maxSnapshotBytes} are taken`;
      throw new BatchFault('too_many', `snapshot ${index} has ${size} bytes; ${most}`);
    }
    count = index + 1;
  });
  if (cursor.peek() >= 0) cursor.fail('something stands behind the batch');
  return spans.slice(0, count * SPAN.width);
}

/** The bytes of `metrics` of a snapshot that was read before. */
export function metricsOf(snapshot: Uint8Array): Uint8Array {
  const cursor = new JsonCursor(
    Buffer.from(snapshot.buffer, snapshot.byteOffset, snapshot.length),
    Number.POSITIVE_INFINITY,
  );
  let metrics = snapshot.subarray(0, 0);
  cursor.members(1, (hash, below) => {
    const found = hash === METRICS && cursor.isNamed('metrics');
    cursor.peek();
    const from = cursor.at;
    cursor.value(below);
    if (found) metrics = snapshot.subarray(from, cursor.at);
  });
  return metrics;
}

function readSnapshot(cursor: JsonCursor, depth: number, spans: Spans, row: number): void {
  cursor.peek();
  spans[row + SPAN.from] = cursor.at;
  let measured = false;
  cursor.members(depth, (hash, below) => {
    if (hash === PEER_ID && cursor.isNamed('peer_id')) readName(cursor, 'peer_id', spans, row + SPAN.peerFrom);
    else if (hash === NODE_ID && cursor.isNamed('node_id')) readName(cursor, 'node_id', spans, row + SPAN.nodeFrom);
    else if (hash === TIMESTAMP && cursor.isNamed('timestamp')) spans[row + SPAN.at] = readTime(cursor);
    else if (hash === METRICS && cursor.isNamed('metrics')) {
      if (cursor.peek() !== 0x7b) cursor.fail('metrics is no object');
      measured = true;
      cursor.value(below);
    } else cursor.value(below);
  });
  spans[row + SPAN.to] = cursor.at;
  if (spans[row + SPAN.peerTo] === 0) cursor.fail('a snapshot without peer_id ends', cursor.at - 1);
  if (!measured) cursor.fail('a snapshot without metrics ends', cursor.at - 1);
}

function readName(cursor: JsonCursor, member: string, spans: Spans, place: number): void {
  if (cursor.peek() !== 0x22) cursor.fail(`${member} is no string`);
  const from = cursor.at + 1;
  cursor.string();
  const to = cursor.at - 1;
  if (from === to) cursor.fail(`${member} is empty`, from);
  if (to - from > MAX_NAME) cursor.fail(`${member} is longer than ${MAX_NAME} bytes`, from);
  if (cursor.escaped) {
    const name = cursor.text(from, to);
    if (hasControl(name)) cursor.fail(`${member} holds a control character`, from);
    // In UTF-8 all of them would be one and the same name.
    if (!name.isWellFormed()) cursor.fail(`${member} holds half a character`, from);
  }
  spans[place] = from;
  spans[place + 1] = to;
}

/** Without an escape there can be none but DEL, which harms nobody. */
function hasControl(name: string): boolean {
  return [...name].some((character) => character < ' ');
}

function readTime(cursor: JsonCursor): number {
  const byte = cursor.peek();
  const from = cursor.at;
  if (byte < 0x30 || byte > 0x39) cursor.fail('timestamp is no number of seconds since 1970');
  cursor.number();
  const seconds = wholeNumber(cursor.bytes, from, cursor.at) ?? Math.floor(Number(cursor.text(from, cursor.at)));
  if (seconds > MAX_SECONDS) cursor.fail('timestamp wants seconds; this is too large (milliseconds?)', from);
  if (seconds === 0) cursor.fail('timestamp is 0; leave it out where the time is not known', from);
  return seconds;
}

/** @returns undefined where it is not made of digits alone */
function wholeNumber(bytes: Buffer, from: number, to: number): number | undefined {
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

function grown(spans: Spans): Spans {
  const next = new Uint32Array(spans.length * 4);
  next.set(spans);
  return next;
}
