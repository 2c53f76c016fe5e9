import type { Labels } from './alert.ts';

const OFFSET = 14695981039346656037n;
const PRIME = 1099511628211n;
const MASK = 0xffffffffffffffffn;
const SEPARATOR = 0xff;

/**
 * The fingerprint that Prometheus' data model gives a label set: 64-bit FNV-1a over the sorted names and values, each
 * followed by 0xff; 16 hexadecimal digits.
 *
 * It must be that one and no other, so that an alert that comes once with and once without a fingerprint is one alert.
 * Source: prometheus/common model/signature.go at v0.71.0, labelSetToFingerprint.
 */
export function fingerprintOf(labels: Labels): string {
  // By bytes, as Go sorts: JavaScript's own order differs beyond the basic plane.
  const names = Object.keys(labels)
    .map((name) => Buffer.from(name, 'utf8'))
    .sort(Buffer.compare);
  let hash = OFFSET;
  const add = (byte: number) => {
    hash = ((hash ^ BigInt(byte)) * PRIME) & MASK;
  };
  for (const name of names) {
    for (const byte of name) add(byte);
    add(SEPARATOR);
    for (const byte of Buffer.from(labels[name.toString('utf8')] ?? '', 'utf8')) add(byte);
    add(SEPARATOR);
  }
  return hash.toString(16).padStart(16, '0');
}
