/** The format of ZIP archives (PKWARE's APPNOTE.TXT 6.3), as much of it as exports need. */

/** What stands behind a field of 32 bits, or one of 16, that is too small: the value is elsewhere, in 64. */
const ELSEWHERE_32 = 0xffff_ffff;
const ELSEWHERE_16 = 0xffff;
const VERSION = 20;
const VERSION_64 = 45;
/** Unix, so that the mode of a file counts. */
const MADE_BY = (3 << 8) | VERSION_64;
const MODE = 0o100644;
const UTF8 = 1 << 11;
const SIZES_BEHIND = 1 << 3;
const DEFLATED = 8;
const TIME_EXTRA = 9;
const LOCAL_64_EXTRA = 20;
const CENTRAL_64_EXTRA = 28;
const PAGE = 65_536;
const EMPTY = Buffer.alloc(0);

/** What is packed in an entry. */
export interface Sizes {
  readonly crc: number;
  readonly size: number;
  readonly packed: number;
}

/** The entries of an archive as they are written one behind the other. It keeps some hundred bytes for each. */
export class Zip {
  readonly #pages: Buffer[] = [];
  #used = PAGE;
  #entries = 0;
  #offset: number;

  /** @param offset bytes that stand before the archive in its file */
  constructor(offset = 0) {
    this.#offset = offset;
  }

  /** An entry of which all is known. @param at Unix seconds. @returns what stands before its packed bytes */
  entry(name: string, at: number, sizes: Sizes): Buffer {
    const utf8 = Buffer.from(name);
    const head = localHeader(utf8, at, sizes);
    this.#note(utf8, at, sizes, false);
    this.#offset += head.length + sizes.packed;
    return head;
  }

  /** What stands before an entry whose sizes are known when it is written: `close` gives what stands behind it. */
  begin(name: string, at: number): { readonly head: Buffer; readonly close: (sizes: Sizes) => Buffer } {
    const utf8 = Buffer.from(name);
    const head = localHeader(utf8, at, undefined);
    const close = (sizes: Sizes) => {
      const behind = descriptor(sizes);
      this.#note(utf8, at, sizes, true);
      this.#offset += head.length + sizes.packed + behind.length;
      return behind;
    };
    return { head, close };
  }

  /** What stands at the end: the table of all entries. */
  *end(): Generator<Buffer> {
    const from = this.#offset;
    let size = 0;
    for (const [index, page] of this.#pages.entries()) {
      const part = index === this.#pages.length - 1 ? page.subarray(0, this.#used) : page;
      size += part.length;
      yield part;
    }
    yield ending(this.#entries, from, size);
  }

  #note(name: Buffer, at: number, sizes: Sizes, behind: boolean): void {
    const record = centralRecord(name, at, sizes, behind, this.#offset);
    for (let done = 0; done < record.length; ) {
      if (this.#used === PAGE) {
        this.#pages.push(Buffer.allocUnsafeSlow(PAGE));
        this.#used = 0;
      }
      const copied = record.copy(this.#pages.at(-1) ?? EMPTY, this.#used, done);
      this.#used += copied;
      done += copied;
    }
    this.#entries += 1;
  }
}

function localHeader(name: Buffer, at: number, sizes: Sizes | undefined): Buffer {
  const head = Buffer.alloc(30 + name.length + (sizes === undefined ? LOCAL_64_EXTRA : 0));
  head.writeUInt32LE(0x0403_4b50, 0);
  head.writeUInt16LE(sizes === undefined ? VERSION_64 : VERSION, 4);
  common(head, 6, at, sizes, sizes === undefined);
  head.writeUInt16LE(name.length, 26);
  head.set(name, 30);
  if (sizes === undefined) {
    head.writeUInt16LE(LOCAL_64_EXTRA, 28);
    // It says that the sizes behind the entry have 64 bits.
    head.writeUInt16LE(0x0001, 30 + name.length);
    head.writeUInt16LE(LOCAL_64_EXTRA - 4, 32 + name.length);
  }
  return head;
}

/** The fields that stand in both headers, from the flags to the sizes. */
function common(head: Buffer, from: number, at: number, sizes: Sizes | undefined, behind: boolean): void {
  head.writeUInt16LE(UTF8 | (behind ? SIZES_BEHIND : 0), from);
  head.writeUInt16LE(DEFLATED, from + 2);
  head.writeUInt32LE(dosTime(at), from + 4);
  head.writeUInt32LE(sizes?.crc ?? 0, from + 8);
  head.writeUInt32LE(sizes?.packed ?? ELSEWHERE_32, from + 12);
  head.writeUInt32LE(sizes?.size ?? ELSEWHERE_32, from + 16);
}

function descriptor({ crc, size, packed }: Sizes): Buffer {
  const behind = Buffer.alloc(24);
  behind.writeUInt32LE(0x0807_4b50, 0);
  behind.writeUInt32LE(crc, 4);
  behind.writeBigUInt64LE(BigInt(packed), 8);
  behind.writeBigUInt64LE(BigInt(size), 16);
  return behind;
}

function centralRecord(name: Buffer, at: number, sizes: Sizes, behind: boolean, offset: number): Buffer {
  const large = Math.max(sizes.size, sizes.packed, offset) >= ELSEWHERE_32;
  const extra = TIME_EXTRA + (large ? CENTRAL_64_EXTRA : 0);
  const record = Buffer.alloc(46 + name.length + extra);
  record.writeUInt32LE(0x0201_4b50, 0);
  record.writeUInt16LE(MADE_BY, 4);
  record.writeUInt16LE(large || behind ? VERSION_64 : VERSION, 6);
  common(record, 8, at, large ? { ...sizes, size: ELSEWHERE_32, packed: ELSEWHERE_32 } : sizes, behind);
  record.writeUInt16LE(name.length, 28);
  record.writeUInt16LE(extra, 30);
  record.writeUInt32LE(MODE * 0x1_0000, 38);
  record.writeUInt32LE(large ? ELSEWHERE_32 : offset, 42);
  record.set(name, 46);
  let next = 46 + name.length;
  // The time in UTC ("UT"), since the other is that of a clock on the wall.
  record.writeUInt16LE(0x5455, next);
  record.writeUInt16LE(TIME_EXTRA - 4, next + 2);
  record.writeUInt8(1, next + 4);
  record.writeUInt32LE(Math.min(at, 0x7fff_ffff), next + 5);
  if (large) {
    next += TIME_EXTRA;
    record.writeUInt16LE(0x0001, next);
    record.writeUInt16LE(CENTRAL_64_EXTRA - 4, next + 2);
    for (const [index, value] of [sizes.size, sizes.packed, offset].entries()) {
      record.writeBigUInt64LE(BigInt(value), next + 4 + 8 * index);
    }
  }
  return record;
}

/** @param from where the table begins. @param size of the table */
function ending(entries: number, from: number, size: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x0605_4b50, 0);
  end.writeUInt16LE(Math.min(entries, ELSEWHERE_16), 8);
  end.writeUInt16LE(Math.min(entries, ELSEWHERE_16), 10);
  end.writeUInt32LE(Math.min(size, ELSEWHERE_32), 12);
  end.writeUInt32LE(Math.min(from, ELSEWHERE_32), 16);
  if (entries < ELSEWHERE_16 && size < ELSEWHERE_32 && from < ELSEWHERE_32) return end;
  const large = Buffer.alloc(56 + 20);
  large.writeUInt32LE(0x0606_4b50, 0);
  large.writeBigUInt64LE(44n, 4);
  large.writeUInt16LE(MADE_BY, 12);
  large.writeUInt16LE(VERSION_64, 14);
  for (const [index, value] of [entries, entries, size, from].entries()) {
    large.writeBigUInt64LE(BigInt(value), 24 + 8 * index);
  }
  large.writeUInt32LE(0x0706_4b50, 56);
  large.writeBigUInt64LE(BigInt(from + size), 64);
  large.writeUInt32LE(1, 72);
  return Buffer.concat([large, end]);
}

/** Two seconds exact, from 1980 to 2107; in UTC, since nothing says which clock is meant. @param at Unix seconds */
function dosTime(at: number): number {
  const time = new Date(Math.min(Math.max(at, 315_532_800), 4_354_819_198) * 1000);
  const date = ((time.getUTCFullYear() - 1980) << 9) | ((time.getUTCMonth() + 1) << 5) | time.getUTCDate();
  const clock = (time.getUTCHours() << 11) | (time.getUTCMinutes() << 5) | (time.getUTCSeconds() >> 1);
  return date * 0x1_0000 + clock;
}
