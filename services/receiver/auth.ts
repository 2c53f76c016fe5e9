import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { HttpFault } from '../shared/http.ts';
import type { SecretFile } from '../shared/secretFile.ts';

/** A signature with a timestamp may be this old, or this far ahead of our clock. */
const FRESH_WITHIN_SECONDS = 300;
const HEX_SHA256 = /^[0-9a-f]{64}$/;

export interface AuthOptions {
  readonly tokens: SecretFile | undefined;
  readonly grafanaSecrets: SecretFile | undefined;
  /** Lower case. */
  readonly signatureHeaders: readonly string[];
  /** Lower case; undefined where the contact point signs the body alone. */
  readonly timestampHeader: string | undefined;
  /** Milliseconds. */
  readonly now: () => number;
}

/**
 * Who may deliver: senders with the bearer token (Alertmanager does not sign, prometheus/alertmanager#4248), and Grafana
 * with its HMAC-SHA256 signature in hexadecimal, over the body, or over `timestamp:body` where the contact point names a
 * timestamp header (grafana/alerting http/hmac.go). With neither configured everybody may: settings.ts allows that on
 * loopback only.
 */
export class Authenticator {
  readonly #options: AuthOptions;

  constructor(options: AuthOptions) {
    this.#options = options;
  }

  /**
   * Judges what can be judged before the body is read, so that a stranger cannot make us read one.
   *
   * @returns whether the signature must still be checked against the body
   * @throws HttpFault 401
   */
  beforeBody(headers: IncomingHttpHeaders): 'accepted' | 'check signature' {
    const { tokens, grafanaSecrets } = this.#options;
    if (tokens === undefined && grafanaSecrets === undefined) return 'accepted';
    const bearer = bearerOf(headers);
    if (tokens !== undefined && bearer !== undefined && tokens.accepts(bearer)) return 'accepted';
    if (grafanaSecrets !== undefined && this.#signatureOf(headers) !== undefined) return 'check signature';
    if (bearer !== undefined && tokens !== undefined) throw unauthorized('the bearer token is not one of ours');
    throw unauthorized(
      bearer === undefined ? 'the request carries no credentials' : 'bearer tokens are not taken here',
    );
  }

  /** @throws HttpFault 401 */
  signature(headers: IncomingHttpHeaders, body: Uint8Array): void {
    const { grafanaSecrets, timestampHeader, now } = this.#options;
    const signature = this.#signatureOf(headers);
    if (grafanaSecrets === undefined || signature === undefined || !HEX_SHA256.test(signature)) {
      throw unauthorized('the signature is not a hexadecimal HMAC-SHA256');
    }
    let timestamp: string | undefined;
    if (timestampHeader !== undefined) {
      timestamp = single(headers[timestampHeader]);
      if (timestamp === undefined || !/^\d{1,12}$/.test(timestamp)) {
        throw unauthorized(`the header ${timestampHeader} with the Unix time of the signature is missing`);
      }
      if (Math.abs(now() / 1000 - Number(timestamp)) > FRESH_WITHIN_SECONDS) {
        throw unauthorized(`the signature is not from the last ${FRESH_WITHIN_SECONDS} s (is a clock wrong?)`);
      }
    }
    const stated = Buffer.from(signature, 'hex');
    let accepted = false;
    for (const secret of grafanaSecrets.current()) {
      const hmac = createHmac('sha256', secret);
      if (timestamp !== undefined) hmac.update(`${timestamp}:`);
      accepted = timingSafeEqual(hmac.update(body).digest(), stated) || accepted;
    }
    if (!accepted) throw unauthorized('the signature does not fit the body');
  }

  #signatureOf(headers: IncomingHttpHeaders): string | undefined {
    for (const name of this.#options.signatureHeaders) {
      const value = single(headers[name]);
      if (value !== undefined) return value.trim();
    }
    return undefined;
  }
}

function bearerOf(headers: IncomingHttpHeaders): string | undefined {
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? undefined : value;
}

function unauthorized(reason: string): HttpFault {
  return new HttpFault(
    401,
    {
      error: 'unauthorized',
      reason,
      remedy:
        'send "Authorization: Bearer <token>" with a line of the receiver\'s tokenFile, or sign with its grafanaSecretFile',
    },
    { 'www-authenticate': 'Bearer realm="chainwatch receiver"' },
  );
}
