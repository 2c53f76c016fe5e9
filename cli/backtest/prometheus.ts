/** A Prometheus that is asked about its history: its HTTP API, with what it answers told in words. */
import { z } from 'zod';
import { secretVariable } from '../../local/secrets.ts';
import { httpAddress } from '../address.ts';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exitCodes.ts';
import { requestFailure } from '../requestFailure.ts';

/** Where a series had a value, at steps of the question. */
export interface Found {
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds since 1970. */
  readonly times: readonly number[];
}

export interface Question {
  readonly expr: string;
  /** Seconds since 1970, both included. */
  readonly start: number;
  readonly end: number;
  /** Seconds. */
  readonly step: number;
}

export interface Prometheus {
  /** Without what only asks for a password. */
  readonly url: string;
  /** @throws RefusedQuery, CliError */
  ask(question: Question): Promise<Found[]>;
}

/** It understood the question, and will not or cannot answer it. */
export class RefusedQuery extends Error {
  /** Whether a shorter stretch of time could be answered. */
  readonly tooMuch: boolean;

  constructor(message: string, tooMuch: boolean) {
    super(message);
    this.tooMuch = tooMuch;
  }
}

export const TOKEN_VARIABLE = secretVariable('prometheusToken');
/** Prometheus gives up after 2 minutes by itself. */
const TIMEOUT_SECONDS = 150;
const TRIES = 3;

const sample = z.tuple([z.number(), z.unknown()]);
const answerShape = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('success'),
    data: z.object({
      resultType: z.string(),
      result: z.array(
        z.object({
          metric: z.record(z.string(), z.string()),
          values: z.array(sample).optional(),
          histograms: z.array(sample).optional(),
        }),
      ),
    }),
  }),
  z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() }),
]);

/**
 * @param address `http://host:9090`, with a path where it is behind one
 * @throws CliError for what is no address
 */
export function prometheusAt(
  address: string,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Prometheus {
  const base = httpAddress(address, {
    example: 'give that of a Prometheus, as in http://localhost:9090',
    ends: 'your shell history',
    instead: `take it out; a bearer token is read from ${TOKEN_VARIABLE}`,
  });
  const token = env[TOKEN_VARIABLE]?.trim();
  const url = base.href.replace(/\/$/, '');
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  const post = (question: Question) =>
    fetch(`${url}/api/v1/query_range`, {
      method: 'POST',
      headers,
      body: new URLSearchParams({
        query: question.expr,
        start: String(question.start),
        end: String(question.end),
        step: String(question.step),
      }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_SECONDS * 1000)]),
    });
  const ask = async (question: Question, tries = 1): Promise<Found[]> => {
    let answer: Response;
    let text: string;
    try {
      answer = await post(question);
      text = await answer.text();
    } catch (error) {
      signal.throwIfAborted();
      throw unreachable(url, `does not answer: ${requestFailure(error, TIMEOUT_SECONDS)}`);
    }
    // It has too much to do just now.
    if ((answer.status === 503 || answer.status === 429) && tries < TRIES) {
      await new Promise((resolve) => setTimeout(resolve, 1000 * tries));
      signal.throwIfAborted();
      return ask(question, tries + 1);
    }
    return read(answer, text, url, token !== undefined && token !== '');
  };
  return { url, ask: (question) => ask(question) };
}

function read(answer: Response, text: string, url: string, hasToken: boolean): Found[] {
  if (answer.status === 401 || answer.status === 403) {
    const remedy = hasToken ? `see whether ${TOKEN_VARIABLE} is right` : `set ${TOKEN_VARIABLE} to a bearer token`;
    throw new CliError(`${url} answers ${answer.status}: it does not let us in`, { remedy });
  }
  const parsed = answerShape.safeParse(content(text));
  if (!parsed.success) {
    const status = `${answer.status} ${answer.statusText}`.trimEnd();
    throw unreachable(url, `answers ${status}, and not as a Prometheus does`);
  }
  if (parsed.data.status === 'success')
    return parsed.data.data.result.map(({ metric, values = [], histograms = [] }) => ({
      labels: metric,
      times: [...values, ...histograms].map(([time]) => time),
    }));
  const { errorType, error } = parsed.data;
  const tooMuch = errorType === 'timeout' || /too many samples|timed out|exceeded maximum resolution/.test(error);
  if (tooMuch || errorType === 'bad_data' || errorType === 'execution') throw new RefusedQuery(error, tooMuch);
  throw unreachable(url, `answers with an error: ${error}`);
}

function content(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreachable(url: string, what: string): CliError {
  return new CliError(`Prometheus at ${url} ${what}`, {
    exitCode: exitCodes.unreachable,
    remedy: `see whether it runs, and whether this is its address: curl ${url}/-/ready`,
  });
}
