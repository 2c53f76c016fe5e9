/** One request to an aggregator, over TLS with an authority and a certificate of the caller's choosing, which `fetch` does not take. */
import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { createSecureContext } from 'node:tls';
import { CliError } from '../errors.ts';
import type { Io } from '../io.ts';

/** Paths of PEM files. */
export interface TlsFiles {
  /** Whom to trust, in place of the system's own list. */
  readonly caFile?: string;
  /** What to show to an aggregator that asks for it. */
  readonly certFile?: string;
  readonly keyFile?: string;
}

export interface Tls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

export interface Asked {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  readonly tls: Tls;
}

const NO_BODY = new Set([204, 205, 304]);

/** Redirects are not followed: they would carry the token to somewhere else. @throws what the system says; the signal's reason */
export async function request(url: string, { method, headers, body, signal, tls }: Asked): Promise<Response> {
  const answer = await new Promise<IncomingMessage>((take, refuse) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const options = { method, headers: { ...headers, ...length }, signal, agent: false as const };
    const asked = url.startsWith('https:')
      ? httpsRequest(url, { ...options, ...tls }, take)
      : httpRequest(url, options, take);
    asked.once('error', refuse).end(body);
  });
  const status = answer.statusCode ?? 0;
  const content = NO_BODY.has(status) ? null : Readable.toWeb(answer);
  const pairs = Object.entries(answer.headers).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  );
  const made = new Response(content, { status, statusText: answer.statusMessage ?? '', headers: pairs });
  // What says where an answer came from, as with `fetch`.
  return Object.defineProperty(made, 'url', { value: url });
}

/** @throws CliError for a file that cannot be read or is no PEM, or a certificate without its key */
export function tlsOf({ caFile, certFile, keyFile }: TlsFiles, { cwd }: Pick<Io, 'cwd'>): Tls {
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new CliError('a certificate and its key go together', { remedy: 'give both --cert-file and --key-file' });
  }
  const read = (path: string | undefined, option: string) => {
    if (path === undefined) return undefined;
    try {
      return readFileSync(resolve(cwd, path), 'utf8');
    } catch {
      throw new CliError(`${option}: the file ${resolve(cwd, path)} cannot be read`, { remedy: 'name a file in PEM' });
    }
  };
  const [ca, cert, key] = [read(caFile, '--ca-file'), read(certFile, '--cert-file'), read(keyFile, '--key-file')];
  const tls = {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
  };
  const holds = ca === undefined || ca.includes('-----BEGIN CERTIFICATE-----');
  try {
    createSecureContext(tls);
    if (holds) return tls;
  } catch {
    // What is wrong may lie in any of them, and nothing of a key is repeated.
  }
  throw new CliError('--ca-file, --cert-file and --key-file hold no certificates and key in PEM that belong together', {
    remedy: 'see what is in them: openssl x509 -in FILE -noout -subject',
  });
}
