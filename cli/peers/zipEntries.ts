import { type FileHandle, open } from 'node:fs/promises';

/** What a ZIP archive ends with, where nothing is said about it as a whole (APPNOTE 4.3.16), and what stands before that in a large one (4.3.15). */
const END = { bytes: 22, mark: 0x06054b50, entries: 10 } as const;
const LOCATOR = { bytes: 20, mark: 0x07064b50, place: 8 } as const;
/** The end of a large one (4.3.14). */
const END_64 = { bytes: 56, mark: 0x06064b50, entries: 32 } as const;
const TOO_MANY = 0xffff;

/** How many files a ZIP archive says that it has; undefined for what is none. */
export async function zipEntries(path: string): Promise<number | undefined> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const end = await piece(file, size - END.bytes, END);
    const entries = end?.readUInt16LE(END.entries);
    if (entries !== TOO_MANY) return entries;
    const locator = await piece(file, size - END.bytes - LOCATOR.bytes, LOCATOR);
    if (locator === undefined) return entries;
    const end64 = await piece(file, Number(locator.readBigUInt64LE(LOCATOR.place)), END_64);
    return end64 && Number(end64.readBigUInt64LE(END_64.entries));
  } finally {
    await file.close();
  }
}

/** @returns undefined where something else stands there */
async function piece(file: FileHandle, at: number, { bytes, mark }: { readonly bytes: number; readonly mark: number }) {
  if (at < 0) return undefined;
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, at);
  return bytesRead === bytes && buffer.readUInt32LE(0) === mark ? buffer : undefined;
}
