import { codeOf, messageOf } from '../fault.ts';
import type { ErrorBody } from '../http.ts';
import type { TlsPaths } from './settings.ts';

/** The word for one that speaks no TLS at all: it alone can be answered. */
export const PLAIN_HTTP = 'plain_http';

/** What OpenSSL says by an alert of the other side, when that does not take our certificate. */
const DISTRUST =
  /_ALERT_(?:UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|CERTIFICATE_EXPIRED|UNSUPPORTED_CERTIFICATE)$/;

/**
 * Why no TLS was agreed upon with a caller, for the log of the service.
 *
 * @param error what the handshake ended with
 * @param unauthorized the word of Node for a certificate of the caller that is not taken; undefined where it was not looked at
 */
export function refusalOf(error: Error, unauthorized: string | undefined, paths: TlsPaths): ErrorBody {
  const code = codeOf(error) ?? messageOf(error).slice(0, 80);
  if (unauthorized !== undefined) return badCertificate(unauthorized, paths);
  if (DISTRUST.test(code)) {
    return {
      error: 'tls_distrusted',
      reason: `the caller does not trust our certificate (${code})`,
      remedy: `give it the authority that has issued ${paths.cert} (agent: tls.caFile, chainwatch peers: --ca-file)`,
    };
  }
  switch (code) {
    case 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE':
      return {
        error: 'tls_no_certificate',
        reason: 'the caller shows no certificate, and tls.clientCa wants one',
        remedy: `give it one of an authority in ${paths.clientCa} (agent: tls.certFile and tls.keyFile, chainwatch peers: --cert-file and --key-file)`,
      };
    case 'ERR_SSL_HTTP_REQUEST':
      return { error: PLAIN_HTTP, reason: 'the caller speaks plain HTTP to a port of TLS', remedy: 'ask by https://' };
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return { error: 'no_tls', reason: `what the caller sends is no TLS (${code})`, remedy: 'ask by https://' };
    case 'ERR_SSL_UNSUPPORTED_PROTOCOL':
    case 'ERR_SSL_VERSION_TOO_LOW':
    case 'ERR_SSL_NO_SHARED_CIPHER':
      return {
        error: 'tls_too_old',
        reason: `the caller speaks no TLS that is taken here (${code})`,
        remedy: 'use a client that speaks TLS 1.2 or later',
      };
    case 'ERR_TLS_HANDSHAKE_TIMEOUT':
      return {
        error: 'tls_timeout',
        reason: 'the caller did not agree upon TLS in time',
        remedy: 'look at the way between: a proxy that does not pass TLS on, or packets that are lost',
      };
    case 'ECONNRESET':
    case 'EPIPE':
      return {
        error: 'tls_hung_up',
        reason: 'the caller hung up before TLS was agreed upon',
        remedy: 'let what only looks whether the port is open ask /healthz by https, or at healthListen',
      };
    default:
      return {
        error: 'tls_failed',
        reason: `no TLS could be agreed upon (${code})`,
        remedy: 'see the log of the caller',
      };
  }
}

function badCertificate(code: string, { clientCa }: TlsPaths): ErrorBody {
  const error = 'tls_bad_certificate';
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return { error, reason: 'the certificate of the caller has ended', remedy: 'give it a new one' };
    case 'CERT_NOT_YET_VALID':
      return {
        error,
        reason: 'the certificate of the caller is not good yet',
        remedy: 'see whether the clocks of both machines are right',
      };
    case 'INVALID_PURPOSE':
      return {
        error,
        reason: 'the certificate of the caller is not for clients',
        remedy: 'issue one with the extended key usage clientAuth',
      };
    default:
      return {
        error,
        reason: `the certificate of the caller is of no authority that is taken (${code})`,
        remedy: `give it one of an authority in ${clientCa}`,
      };
  }
}

/**
 * The answer to plain HTTP. Not 400: who pushes would take its batch for a bad one and drop it, and it is good as soon as it comes by https.
 */
export function plainHttpAnswer(): string {
  const body = JSON.stringify({
    error: PLAIN_HTTP,
    reason: 'this port speaks TLS, and the request came by plain HTTP',
    remedy: 'ask by https://',
  } satisfies ErrorBody);
  return [
    'HTTP/1.1 426 Upgrade Required',
    'connection: close, upgrade',
    'upgrade: TLS/1.2, HTTP/1.1',
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}
