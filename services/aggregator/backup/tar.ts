/** Headers of tar (POSIX ustar, IEEE 1003.1 pax), as much of them as backups need. */

export const BLOCK = 512;
/** The size has eleven octal digits. What is larger is written as GNU tar writes it: a bit, then the number in binary. */
const MAX_OCTAL = 8 ** 11;
const SIZE = { from: 124, to: 136 } as const;
const SUM = { from: 148, to: 156 } as const;

/** @param name up to 100 ASCII characters. @param at Unix seconds */
export function headerOf(name: string, size: number, at: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`;
  header.write(name, 0, 100, 'latin1');
  header.write(octal(0o600, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  if (size < MAX_OCTAL) header.write(octal(size, 12), SIZE.from);
  else {
    header[SIZE.from] = 0x80;
    header.writeBigUInt64BE(BigInt(size), SIZE.to - 8);
  }
  header.write(octal(at, 12), 136);
  header.write('0', 156);
  header.write('ustar\x0000', 257, 'latin1');
  header.write(`${sumOf(header).toString(8).padStart(6, '0')}\0 `, SUM.from);
  return header;
}

/** @returns undefined for what is no header of a plain file */
export function readHeader(header: Buffer): { readonly name: string; readonly size: number } | undefined {
  if (header.length !== BLOCK || octalAt(header, SUM.from, SUM.to) !== sumOf(header)) return undefined;
  if (header[156] !== 0x30 || header.toString('latin1', 257, 262) !== 'ustar') return undefined;
  const end = header.indexOf(0);
  const name = header.toString('latin1', 0, Math.min(end < 0 ? 100 : end, 100));
  const binary = header[SIZE.from] === 0x80;
  const size = binary ? Number(header.readBigUInt64BE(SIZE.to - 8)) : octalAt(header, SIZE.from, SIZE.to);
  return size !== undefined && Number.isSafeInteger(size) ? { name, size } : undefined;
}

/** What fills the last block of a file. */
export function paddingOf(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

/** What stands at the end of an archive. */
export function ends(): Buffer {
  return Buffer.alloc(2 * BLOCK);
}

/** With blanks in place of the sum itself. */
function sumOf(header: Buffer): number {
  let sum = 0;
  for (const [index, byte] of header.entries()) sum += index >= SUM.from && index < SUM.to ? 0x20 : byte;
  return sum;
}

function octalAt(header: Buffer, from: number, to: number): number | undefined {
  const digits = /^([0-7]{1,11})[\0 ]/.exec(header.toString('latin1', from, to))?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 8);
}
