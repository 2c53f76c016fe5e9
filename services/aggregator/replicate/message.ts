import { type ControlEntry, readControlEntry } from '../control/control.ts';
import type { LogMark } from '../store/records.ts';
import type { Summary } from '../store/telemetryRows.ts';
import { isTelemetry, readTelemetry } from '../telemetry/logged.ts';

/** What the headers of a message in the log say. */
export const HEADERS = {
  /** `<network>/<batch>`: unlike the id of the message the same however often it is published. */
  name: 'Chainwatch-Name',
  /** Unix seconds: when the batch was accepted. */
  received: 'Chainwatch-Received',
  /** Who published it. */
  replica: 'Chainwatch-Replica',
  /** Of a decision: the epoch of who made it. */
  epoch: 'Chainwatch-Epoch',
} as const;

/** A message as it was read, without the client's own types. */
export interface RawMessage {
  readonly subject: string;
  readonly seq: number;
  /** Unix milliseconds. */
  readonly at: number;
  readonly data: Uint8Array;
  readonly header: (name: string) => string;
}

interface Placed {
  readonly mark: LogMark;
  readonly replica: string;
}

/** What a message in the log is. */
export type LogMessage =
  | (Placed & {
      readonly kind: 'batch';
      readonly network: string;
      readonly name: string;
      readonly receivedAt: number;
      readonly bytes: Buffer<ArrayBuffer>;
    })
  | (Placed & { readonly kind: 'control'; readonly entry: ControlEntry })
  | (Placed & { readonly kind: 'telemetry'; readonly summary: Summary })
  /** Not ours, or of a later version: it is passed over, and said so. */
  | (Placed & { readonly kind: 'unknown'; readonly reason: string });

/** @param stream which log it was read from; see LogMark */
export function readMessage(
  raw: RawMessage,
  stream: string,
  subjects: { readonly batch: string; readonly control: string },
): LogMessage {
  const fullName = raw.header(HEADERS.name);
  const mark: LogMark = { stream, seq: raw.seq, name: fullName, at: raw.at };
  const placed = { mark, replica: raw.header(HEADERS.replica) };
  if (raw.subject === subjects.control) return { ...placed, ...readControl(raw.data) };
  if (raw.subject !== subjects.batch) return { ...placed, kind: 'unknown', reason: 'its subject is not ours' };
  const slash = fullName.indexOf('/');
  const receivedAt = Number(raw.header(HEADERS.received));
  if (slash < 1 || slash === fullName.length - 1) return { ...placed, kind: 'unknown', reason: 'it has no name' };
  if (!Number.isSafeInteger(receivedAt) || receivedAt <= 0) {
    return { ...placed, kind: 'unknown', reason: 'it does not say when it was accepted' };
  }
  const [network, name] = [fullName.slice(0, slash), fullName.slice(slash + 1)];
  if (isTelemetry(name)) {
    const summary = readTelemetry(network, raw.data);
    if (summary === undefined) return { ...placed, kind: 'unknown', reason: 'it is no summary of a node' };
    return { ...placed, kind: 'telemetry', summary };
  }
  // Bytes of its own, which may be given to another thread.
  const bytes = Buffer.allocUnsafeSlow(raw.data.length);
  bytes.set(raw.data);
  return {
    ...placed,
    kind: 'batch',
    network,
    name,
    receivedAt,
    bytes,
  };
}

function readControl(data: Uint8Array): { kind: 'control'; entry: ControlEntry } | { kind: 'unknown'; reason: string } {
  try {
    const entry = readControlEntry(JSON.parse(Buffer.from(data).toString('utf8')));
    if (entry !== undefined) return { kind: 'control', entry };
  } catch {
    // What is no JSON is no decision either.
  }
  return { kind: 'unknown', reason: 'it is no decision that this version knows' };
}
