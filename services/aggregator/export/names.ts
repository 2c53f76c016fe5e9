import { createHash } from 'node:crypto';

/** Characters of a name that is kept whole: with `.json` behind it, it is a file's name anywhere. */
const LONGEST = 200;
const KEPT = 120;
const PLAIN = /^[A-Za-z0-9._-]$/;
/** Windows takes these for devices, whatever stands behind a dot. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?=\.|$)/i;

/**
 * A file's name for what somebody else has named: one component of a path that unpacks to where it should.
 *
 * Letters, digits and `. _ -` stay; every other byte of its UTF-8 is written `%XX`, and so is a first character that would
 * make it hidden, a parent folder, an option or a device. Two names never become one: `%` is always written as `%25`, and
 * what is too long is cut and ends in `~` and a hash, where `~` occurs nowhere else.
 */
export function safeName(name: string): string {
  const wellFormed = name.toWellFormed();
  const first = /^[.-]/.test(wellFormed) || DEVICE.test(wellFormed);
  let safe = '';
  for (const byte of Buffer.from(wellFormed, 'utf8')) {
    const character = String.fromCharCode(byte);
    const stays = PLAIN.test(character) && !(first && safe === '');
    safe += stays ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  if (safe.length <= LONGEST && safe !== '') return safe;
  const hash = createHash('sha256').update(wellFormed, 'utf8').digest('hex').slice(0, 32);
  return `${safe.slice(0, KEPT)}~${hash}`;
}

/** The path of a peer in an archive; below its network's folder where there are several. */
export function entryName(network: string, peer: string, several: boolean): string {
  return `${several ? `${safeName(network)}/` : ''}${safeName(peer)}.json`;
}
