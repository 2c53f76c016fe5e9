/** An aggregator that is asked: its HTTP API, with what it answers told in words. */
import { z } from 'zod';
import { isLoopback } from '../../services/shared/address.ts';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exitCodes.ts';
import type { Io } from '../io.ts';
import { request, type TlsFiles, tlsOf } from './request.ts';
import { secretIn } from './secret.ts';
import { tlsReason } from './tlsReason.ts';

/** What every command that asks one is told. */
export interface AggregatorOptions extends TlsFiles {
  readonly aggregator: string;
  readonly tokenFile?: string;
  readonly json: boolean;
}

export interface Aggregator {
  readonly url: string;
  /** @throws CliError where it does not answer, or with an error */
  ask(path: string, init?: { readonly method?: 'GET' | 'POST'; readonly body?: unknown }): Promise<Response>;
}

export const TOKEN_VARIABLE = 'CHAINWATCH_SECRET_AGGREGATOR_TOKEN';

const errorBody = z.object({ error: z.string(), reason: z.string(), remedy: z.string() });
/** What the caller can set right, by status; the others are states of the aggregator. */
const OURS = new Set([400, 401, 403, 404, 405, 413, 415]);

/** A conflict that passes by itself is a state of the aggregator, such as an export under way; this one does not. */
const OURS_TOO = new Set(['key_conflict']);

/** Where the aggregator says what to send, and a person types options. */
const TYPED: Readonly<Record<string, string>> = {
  unknown_peer: 'peers list shows which there are',
  unknown_network: 'peers list shows which there are; see --network',
  bad_time: 'give --before a time in the past: 2026-03-01, 2026-03-01T12:00:00Z, or 3d ago',
  too_many_peers:
    'raise maxExportPeers in the settings of the aggregator, or give one network at a time: --network NAME',
  signature_needed: 'sign with the key that it has: --sign-with FILE; --force where that key is lost',
};

const AWAY = 'see whether an aggregator runs there, or name another: --aggregator URL';

/** @throws CliError for what is no address, or a secret that cannot be read */
export function aggregatorAt(options: AggregatorOptions, io: Io, signal: AbortSignal): Aggregator {
  const base = addressOf(options.aggregator);
  const url = base.href.replace(/\/$/, '');
  const token =
    options.tokenFile === undefined
      ? io.env[TOKEN_VARIABLE]?.trim()
      : secretIn(options.tokenFile, '--token-file', io).trim();
  const authorization = token ? { authorization: `Bearer ${token}` } : {};
  const tls = tlsOf(options, io);
  let warned = false;
  const ask: Aggregator['ask'] = async (path, { method = 'GET', body } = {}) => {
    if ((token || body !== undefined) && isOpenTo(base) && !warned) {
      warned = true;
      io.err(`Warning: secrets travel to ${url} unencrypted; use https where others may listen.\n`);
    }
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    const headers = { ...authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    let answer: Response;
    try {
      answer = await request(`${url}${path}`, { method, headers, ...content, signal, tls });
    } catch (error) {
      signal.throwIfAborted();
      const known = tlsReason(error, base);
      throw unreachable(`${url} does not answer: ${known?.reason ?? reasonOf(error)}`, known?.remedy ?? AWAY);
    }
    if (answer.ok) return answer;
    throw await faultOf(answer, url, Boolean(token));
  };
  return { url, ask };
}

/** @throws CliError for anything else than JSON of this shape */
export async function readJson<S extends z.ZodType>(answer: Response, schema: S): Promise<z.output<S>> {
  const text = await answer.text();
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    content = undefined;
  }
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw unreachable(`${answer.url} does not answer as an aggregator does`, 'see what listens there');
}

export function unreachable(message: string, remedy: string): CliError {
  return new CliError(message, { exitCode: exitCodes.unreachable, remedy });
}

export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (error.message === '' && 'code' in error) return String(error.code);
  if (cause instanceof Error) return cause.message || ('code' in cause ? String(cause.code) : error.message);
  return error.message;
}

async function faultOf(answer: Response, url: string, hasToken: boolean): Promise<CliError> {
  const text = await answer.text().catch(() => '');
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    content = undefined;
  }
  const parsed = errorBody.safeParse(content);
  if (!parsed.success)
    return unreachable(`${url} answers ${answer.status} ${answer.statusText}`.trimEnd(), 'see what listens there');
  const { error, reason, remedy } = parsed.data;
  const exitCode = OURS.has(answer.status) || OURS_TOO.has(error) ? exitCodes.usage : exitCodes.unreachable;
  const token = hasToken
    ? `see whether ${TOKEN_VARIABLE} or --token-file is right`
    : `set ${TOKEN_VARIABLE}, or give --token-file`;
  return new CliError(`${url} answers ${answer.status}: ${reason}`, {
    exitCode,
    remedy: answer.status === 401 ? token : (TYPED[error] ?? remedy),
  });
}

/** @throws CliError */
function addressOf(address: string): URL {
  const url = URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol))
    throw new CliError(`"${address}" is no http:// or https:// address`, {
      remedy: 'give that of an aggregator, as in http://localhost:9300',
    });
  if (url.username !== '' || url.password !== '' || url.search !== '')
    throw new CliError('the address holds more than a place; a secret there would end in your shell history', {
      remedy: `take it out; a bearer token is read from ${TOKEN_VARIABLE}`,
    });
  return url;
}

function isOpenTo({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && !isLoopback(hostname.replace(/^\[|\]$/g, ''));
}
