import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import { codeOf, messageOf, ServiceFault } from '../../shared/fault.ts';

/** Paths of PEM files, read at each exchange: there are few of them, and so what is replaced is used at once. */
export interface TlsPaths {
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
}

export interface Ask {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: URL;
  readonly tls: TlsPaths;
  readonly headers?: Readonly<Record<string, string>>;
  /** Becomes JSON. */
  readonly body?: unknown;
  /** Milliseconds for all of it. */
  readonly timeout: number;
}

export interface Told {
  readonly status: number;
  /** Undefined where it is no JSON. */
  readonly body: unknown;
}

/**
 * Asks for JSON, over a connection of its own: one that was kept may hang where the other side has gone without a word.
 *
 * @throws Error naming the host: where there is no answer, in time or at all
 */
export async function exchange({ method, url, tls, headers = {}, body, timeout }: Ask): Promise<Told> {
  const content = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  const all = {
    accept: 'application/json',
    ...headers,
    ...(content === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(content.length) }),
  };
  const signal = AbortSignal.timeout(timeout);
  try {
    return await new Promise<Told>((resolve, reject) => {
      const onAnswer = (answer: IncomingMessage) => {
        text(answer).then((said) => resolve({ status: answer.statusCode ?? 0, body: jsonOf(said) }), reject);
      };
      const options = { method, headers: all, agent: false as const, signal };
      const sent =
        url.protocol === 'https:'
          ? httpsRequest(url, { ...options, ...readTls(tls) }, onAnswer)
          : httpRequest(url, options, onAnswer);
      sent.once('error', reject);
      sent.end(content);
    });
  } catch (error) {
    const why = signal.aborted ? `no answer within ${timeout} ms` : codeOf(error) || messageOf(error);
    throw new Error(`${url.host}: ${why}`, { cause: error });
  }
}

/** @throws ServiceFault where a file cannot be read */
export function readTls({ caFile, certFile, keyFile }: TlsPaths): { ca?: string; cert?: string; key?: string } {
  return {
    ...(caFile === undefined ? {} : { ca: read(caFile) }),
    ...(certFile === undefined ? {} : { cert: read(certFile) }),
    ...(keyFile === undefined ? {} : { key: read(keyFile) }),
  };
}

/** @throws ServiceFault */
export function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ServiceFault(
      `${path} cannot be read (${codeOf(error) ?? messageOf(error)})`,
      'see leader in the settings',
    );
  }
}

function jsonOf(said: string): unknown {
  try {
    return JSON.parse(said);
  } catch {
    return undefined;
  }
}
