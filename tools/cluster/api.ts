import { request } from 'node:https';
import { text } from 'node:stream/consumers';

/** An API server and what one needs to be let in. */
export interface ApiAccess {
  readonly url: string;
  /** PEM. */
  readonly certificate: string;
  readonly token: string;
}

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query, e.g. `/api/v1/namespaces`. */
  readonly path: string;
  readonly body?: unknown;
  /** Of the body; `application/json` if not given. */
  readonly contentType?: string;
}

export interface ApiAnswer {
  readonly status: number;
  /** As the server sent it. */
  readonly text: string;
}

const TIMEOUT_MS = 10_000;

/** One request to the API server. @throws Error when there is no answer */
export async function askApi(
  { url, certificate, token }: ApiAccess,
  { method = 'GET', path, body, contentType = 'application/json' }: ApiRequest,
): Promise<ApiAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL(path, url),
      {
        method,
        ca: certificate,
        // No idle connection keeps the process alive.
        agent: false,
        timeout: TIMEOUT_MS,
        headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': contentType }) },
      },
      (response) => {
        text(response).then((answer) => resolve({ status: response.statusCode ?? 0, text: answer }), reject);
      },
    );
    sent.once('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer within ${TIMEOUT_MS / 1000} s`)));
    sent.once('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Creates an object; one that is there already is left as it is. @throws Error with the server's words */
export async function createObject(access: ApiAccess, path: string, body: unknown): Promise<void> {
  const { status, text: answer } = await askApi(access, { method: 'POST', path, body });
  if (status !== 201 && status !== 409) throw new Error(`POST ${path}: HTTP ${status}: ${answer}`);
}
