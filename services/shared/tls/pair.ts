import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { codeOf, messageOf, ServiceFault } from '../fault.ts';
import type { TlsPaths } from './settings.ts';

/** What a server shows, and whom it lets in. */
export interface Pair {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
  readonly ca: string | undefined;
  /** When the certificate ends: Unix milliseconds. */
  readonly notAfter: number;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * Reads the files, and sees whether they belong together and are good now.
 *
 * @param now Unix milliseconds
 * @throws ServiceFault naming the file and what is wrong with it
 */
export function readPair(paths: TlsPaths, now: number): Pair {
  const [cert, key] = [read(paths.cert), read(paths.key)];
  const certificate = certificatesIn(cert, paths.cert)[0];
  if (certificate === undefined) throw noCertificate(paths.cert);
  if (!certificate.checkPrivateKey(keyIn(key, paths.key))) {
    throw new ServiceFault(
      `the key ${paths.key} is not that of the certificate ${paths.cert}`,
      'put both of one pair there; while only one of them is new, the last good pair stays',
    );
  }
  requireValid(certificate, paths.cert, now);
  const ca = paths.clientCa === undefined ? undefined : authoritiesIn(paths.clientCa, now);
  try {
    createSecureContext({ cert, key, ca });
  } catch (error) {
    throw new ServiceFault(`${paths.cert} cannot be used for TLS: ${messageOf(error)}`, 'make a new pair');
  }
  return { cert, key, ca, notAfter: Date.parse(certificate.validTo) };
}

/** What is different when any of the files is: also where a link on the way leads elsewhere, as Kubernetes swaps a Secret. */
export function identityOf(paths: TlsPaths): string {
  const files = [paths.cert, paths.key, ...(paths.clientCa === undefined ? [] : [paths.clientCa])];
  return files
    .map((path) => statSync(path, { bigint: true, throwIfNoEntry: false }))
    .map((stats) =>
      stats === undefined ? '-' : [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(':'),
    )
    .join(' ');
}

function authoritiesIn(path: string, now: number): string {
  const text = read(path);
  const found = certificatesIn(text, path);
  // One that has ended beside one that is good is what a change of authorities looks like.
  if (found.every((each) => Date.parse(each.validTo) < now)) {
    const [first] = found;
    if (first === undefined) throw noCertificate(path);
    requireValid(first, path, now);
  }
  return text;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const why = codeOf(error) === 'ENOENT' ? 'does not exist' : `cannot be read (${codeOf(error) ?? messageOf(error)})`;
    throw new ServiceFault(`the TLS file ${path} ${why}`, 'give the path of a PEM file', { cause: error });
  }
}

function certificatesIn(text: string, path: string): X509Certificate[] {
  try {
    return (text.match(CERTIFICATE) ?? []).map((pem) => new X509Certificate(pem));
  } catch (error) {
    throw new ServiceFault(`${path} holds a broken certificate: ${messageOf(error)}`, 'write it anew, in PEM');
  }
}

/** What the library says of a key is not repeated: nothing of it belongs into a log. */
function keyIn(text: string, path: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch {
    const remedy = 'write one there in PEM, without a passphrase, readable by the user of the service alone';
    throw new ServiceFault(`${path} holds no private key that we can read`, remedy);
  }
}

function requireValid(certificate: X509Certificate, path: string, now: number): void {
  const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
  const remedy = 'put one there that is good now, and see whether the clock of this machine is right';
  const day = (time: number) => new Date(time).toISOString();
  if (now > to) throw new ServiceFault(`the certificate ${path} ended at ${day(to)}`, remedy);
  // A clock that is behind is set right soon after the start of a machine.
  if (now < from) throw new ServiceFault(`the certificate ${path} begins at ${day(from)}`, remedy, { passing: true });
}

function noCertificate(path: string): ServiceFault {
  return new ServiceFault(`${path} holds no whole certificate`, 'write one there, in PEM');
}
