import { codeOf, messageOf } from '../../services/shared/fault.ts';

interface Told {
  readonly reason: string;
  readonly remedy: string;
}

const UNKNOWN: Told = {
  reason: 'nobody here trusts the authority of its certificate',
  remedy: 'give the certificate of that authority: --ca-file FILE',
};
const WANTS_OURS: Told = {
  reason: 'it takes connections only of those who show a certificate that it knows',
  remedy: 'give one of an authority that it trusts, with its key: --cert-file FILE --key-file FILE',
};

const NO_TLS: Told = {
  reason: 'what listens there does not speak TLS',
  remedy: 'write http:// in place of https://, or see what listens there',
};

const BY_CODE: Readonly<Record<string, Told>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN,
  CERT_SIGNATURE_FAILURE: UNKNOWN,
  CERT_HAS_EXPIRED: {
    reason: 'its certificate, or that of its authority, has ended',
    remedy: 'put a new pair in the place of its TLS files; it reads them again by itself',
  },
  CERT_NOT_YET_VALID: {
    reason: 'its certificate begins later',
    remedy: 'see whether the clock of this machine is right: date',
  },
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: WANTS_OURS,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: WANTS_OURS,
  ERR_SSL_TLS_ALERT_UNKNOWN_CA: WANTS_OURS,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: WANTS_OURS,
  ERR_SSL_TLSV1_ALERT_BAD_CERTIFICATE: WANTS_OURS,
};

/** Why a connection over TLS came to nothing, in words of ours; undefined where it was something else. */
export function tlsReason(error: unknown, { protocol, hostname }: URL): Told | undefined {
  const code = codeOf(error) ?? '';
  if (protocol === 'http:') {
    if (code !== 'ECONNRESET') return undefined;
    return {
      reason: 'it closed the connection at once',
      remedy: 'where it speaks TLS, write https:// in place of http://',
    };
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return {
      reason: `its certificate is not for ${hostname}`,
      remedy: 'call it by a name that its certificate has: openssl x509 -in FILE -noout -ext subjectAltName',
    };
  }
  if (code === 'ECONNRESET') {
    return {
      reason: 'it closed the connection at once; it may not take the certificate that was shown to it',
      remedy:
        'give one of an authority that it trusts (--cert-file FILE --key-file FILE); the log of the aggregator says why',
    };
  }
  // OpenSSL says this one with a place in its own source, and Node with no code of its own.
  return /wrong version number/i.test(messageOf(error)) ? NO_TLS : BY_CODE[code];
}
