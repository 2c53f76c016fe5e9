import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import { Transform } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

const ANSWER_TIMEOUT_MS = 4_000;
const STALL_TIMEOUT_MS = 15_000;
const MAX_REDIRECTS = 5;
const MAX_TEXT_BYTES = 1_000_000;

export interface DownloadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes so far, and of how many if the server says so. */
  readonly onBytes?: (received: number, total: number | undefined) => void;
  /** Until the headers are there; short, because behind a firewall nothing ever comes and another way is waiting. */
  readonly answerTimeoutMs?: number;
  /** Between two pieces of the body. */
  readonly stallTimeoutMs?: number;
}

/**
 * Writes the body to a file.
 * @returns its SHA-256, in hex
 * @throws Error whose message names the address and what went wrong; the signal's reason when aborted
 */
export async function downloadFile(url: string, file: string, options: DownloadOptions = {}): Promise<string> {
  const hash = createHash('sha256');
  const { response, total } = await get(url, options);
  let received = 0;
  const watch = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.length;
      hash.update(chunk);
      options.onBytes?.(received, total);
      done(null, chunk);
    },
  });
  await named(url, options.signal, () =>
    pipeline(response, watch, createWriteStream(file), { signal: options.signal }),
  );
  if (total !== undefined && received !== total) throw new Error(`${url}: ${received} of ${total} bytes came`);
  return hash.digest('hex');
}

/** A small text, e.g. a file of sums. Errors as {@link downloadFile}. */
export async function downloadText(url: string, options: DownloadOptions = {}): Promise<string> {
  const { response, total } = await get(url, options);
  if ((total ?? 0) > MAX_TEXT_BYTES) {
    response.destroy();
    throw new Error(`${url}: ${total} bytes are too many for a text`);
  }
  return named(url, options.signal, () => text(response));
}

interface Answer {
  readonly response: http.IncomingMessage;
  readonly total: number | undefined;
}

async function get(url: string, options: DownloadOptions, redirects = 0): Promise<Answer> {
  const address = new URL(url);
  if (address.protocol !== 'https:' && !isLoopback(address)) throw new Error(`${url}: refused, since it is not https`);
  const response = await named(url, options.signal, () => request(address, options));
  const status = response.statusCode ?? 0;
  const { location } = response.headers;
  if (status >= 300 && status < 400 && location !== undefined) {
    response.destroy();
    if (redirects >= MAX_REDIRECTS) throw new Error(`${url}: more than ${MAX_REDIRECTS} redirects`);
    return get(new URL(location, address).href, options, redirects + 1);
  }
  if (status !== 200) {
    response.destroy();
    throw new Error(`${url}: HTTP ${status}`);
  }
  response.setTimeout(options.stallTimeoutMs ?? STALL_TIMEOUT_MS, () =>
    response.destroy(new Error('nothing came for too long')),
  );
  const length = Number(response.headers['content-length']);
  return { response, total: Number.isInteger(length) ? length : undefined };
}

function request(
  address: URL,
  { signal, answerTimeoutMs = ANSWER_TIMEOUT_MS }: DownloadOptions,
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { get: send, Agent } = address.protocol === 'https:' ? https : http;
    // An agent of its own: HTTPS_PROXY counts for this request and not for the scrapes of the same process, and no idle socket keeps it alive.
    const agent = new Agent({ proxyEnv: process.env });
    const sent = send(
      address,
      { agent, headers: { 'user-agent': 'chainwatch' }, ...(signal && { signal }) },
      (response) => {
        clearTimeout(timer);
        resolve(response);
      },
    );
    const timer = setTimeout(
      () => sent.destroy(new Error(`no answer within ${answerTimeoutMs / 1000} s`)),
      answerTimeoutMs,
    );
    sent.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}

async function named<T>(url: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    signal?.throwIfAborted();
    // A host with several addresses fails with an AggregateError, whose own message is empty.
    const cause = error instanceof AggregateError ? error.errors[0] : error;
    throw new Error(`${url}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause: error });
  }
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
}
