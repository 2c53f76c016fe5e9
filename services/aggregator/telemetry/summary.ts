import { z } from 'zod';
import { HttpFault } from '../../shared/http.ts';
import { inWords } from '../../shared/inWords.ts';
import { MAX_NAME } from '../ingest/batch.ts';
import { BatchFault } from '../ingest/fault.ts';
import { JsonCursor } from '../ingest/json.ts';

const MAX_SECONDS = 0xffff_ffff;
const MAX_DEPTH = 8;

const share = z.number().min(0);
const memory = z.looseObject({ latest: share, p50: share, p90: share, p99: share });

/** What a node says of itself; other members are kept. */
const summary = z.looseObject({
  node_id: z
    .string()
    .min(1)
    .refine(isName, { error: `is no name of up to ${MAX_NAME} bytes` }),
  /** The node's own count of its summaries. */
  seq: z.int().min(0).default(0),
  /** Unix seconds; the time of arrival where left out. */
  timestamp: z.int().min(1).max(MAX_SECONDS, { error: 'wants seconds; this is too large (milliseconds?)' }).optional(),
  /** Of a million events so many were looked at. */
  sample_rate_ppm: z.int().min(0).max(1_000_000).optional(),
  compaction_secs: share.optional(),
  /** Bytes, by component. */
  memory: z.record(z.string().max(MAX_NAME), memory).optional(),
  wrappers: z.looseObject({ metrics: z.array(z.unknown()) }).optional(),
});
export type ReadSummary = z.output<typeof summary>;

/**
 * Reads what a node sent.
 *
 * @param text its bytes
 * @throws HttpFault 400: no JSON of this form, a name twice in an object, `__proto__`, too deep
 */
export function readSummary(text: Buffer): ReadSummary {
  const outcome = summary.safeParse(parsed(text));
  if (outcome.success) return outcome.data;
  throw bad(outcome.error.issues.map((issue) => `${issue.path.join('.') || 'the body'}: ${inWords(issue)}`).join('; '));
}

function isName(text: string): boolean {
  return text.isWellFormed() && Buffer.byteLength(text) <= MAX_NAME && [...text].every((each) => each >= ' ');
}

function parsed(text: Buffer): unknown {
  try {
    const cursor = new JsonCursor(text, MAX_DEPTH);
    cursor.value(1);
    if (cursor.peek() >= 0) cursor.fail('something stands behind the summary');
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch (error) {
    if (error instanceof BatchFault) throw bad(error.message);
    throw bad('the body is no JSON in UTF-8');
  }
}

function bad(reason: string): HttpFault {
  const remedy = 'send {"node_id": "…", "seq": 1, "timestamp": 1763737200, …}; sending this again will not help';
  return new HttpFault(400, { error: 'bad_telemetry', reason, remedy });
}
