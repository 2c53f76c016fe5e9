/** Where an exposition comes from: an address that is asked, or a file. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { httpAddress } from '../address.ts';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exitCodes.ts';
import { requestFailure } from '../requestFailure.ts';

export interface Fetched {
  readonly text: string;
  readonly isUrl: boolean;
}

/** As Prometheus asks by default, so that names are those that it will see. */
const ACCEPT =
  'application/openmetrics-text;version=1.0.0;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';
const TIMEOUT_SECONDS = 10;
/** Bytes. A node with tens of thousands of series serves a tenth of this. */
const LARGEST = 64 * 2 ** 20;

/** @throws CliError where it does not answer, answers with an error, or is no file that can be read */
export async function readSource(from: string, cwd: string, signal: AbortSignal): Promise<Fetched> {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(from)) return { text: await ask(from, signal), isUrl: true };
  const path = resolve(cwd, from);
  try {
    return { text: readFileSync(path, 'utf8'), isUrl: false };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    const remedy = /^[\w.-]+:\d+/.test(from)
      ? `if it is an address, say so: http://${from}`
      : 'name a file or an http:// address';
    throw new CliError(`there is no file ${path}`, { remedy });
  }
}

async function ask(from: string, signal: AbortSignal): Promise<string> {
  const url = httpAddress(from, {
    example: 'give one, as in http://localhost:7300/metrics',
    ends: 'the catalogue and in your shell history',
    instead: 'save what it serves to a file (curl -u user -o metrics.txt …) and give that',
  });
  const unreachable = (what: string, remedy: string) =>
    new CliError(`${url.href} ${what}`, { exitCode: exitCodes.unreachable, remedy });
  const check = `see whether the program runs and serves its metrics there: curl ${url.href}`;
  try {
    const answer = await fetch(url, {
      headers: { accept: ACCEPT },
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_SECONDS * 1000)]),
    });
    if (!answer.ok) {
      const path = answer.status === 404 ? 'the path is mostly /metrics, of geth /debug/metrics/prometheus' : check;
      throw unreachable(`answers ${answer.status} ${answer.statusText}`.trimEnd(), path);
    }
    return await bounded(answer, () => unreachable(`answers with more than ${LARGEST} bytes`, check));
  } catch (error) {
    if (error instanceof CliError) throw error;
    signal.throwIfAborted();
    throw unreachable(`does not answer: ${requestFailure(error, TIMEOUT_SECONDS)}`, check);
  }
}

async function bounded({ body }: Response, tooLarge: () => Error): Promise<string> {
  const decoder = new TextDecoder();
  let [text, size] = ['', 0];
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > LARGEST) throw tooLarge();
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
