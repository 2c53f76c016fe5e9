import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** Makes the same bytes at each call. */
export type Content = () => AsyncIterable<Buffer>;

export interface FormatOptions {
  /** Of the file in an archive, without `.json`. */
  readonly name: string;
  /** Unix seconds. */
  readonly at: number;
  readonly signal: AbortSignal;
}

const BLOCK = 512;

/** What the end of a path asks for; nothing else is written. */
export const FORMATS = ['.tar.gz', '.json.gz', '.json'] as const;
export type Format = (typeof FORMATS)[number];

export function formatOf(path: string): Format | undefined {
  return FORMATS.find((ending) => path.endsWith(ending) && !path.endsWith(`/${ending}`) && path !== ending);
}

export async function writeAs(
  format: Format,
  content: Content,
  file: FileHandle,
  options: FormatOptions,
): Promise<void> {
  const { signal } = options;
  const into = async (bytes: AsyncIterable<Uint8Array>) => {
    for await (const chunk of bytes) {
      signal.throwIfAborted();
      await file.writeFile(chunk);
    }
  };
  if (format === '.json') await into(content());
  else if (format === '.json.gz') await pipeline(content, createGzip(), into, { signal });
  else await pipeline(() => tarOf(content, options), createGzip(), into, { signal });
}

/** An archive of one file. Its length stands before it, so the content is made twice: that costs time, and no memory. */
async function* tarOf(content: Content, { name, at, signal }: FormatOptions): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of content()) {
    signal.throwIfAborted();
    size += chunk.length;
  }
  yield tarHeader(`${name.slice(0, 90)}.json`, size, at);
  yield* content();
  // To the end of the block, and two empty ones.
  yield Buffer.alloc(((BLOCK - (size % BLOCK)) % BLOCK) + 2 * BLOCK);
}

/** POSIX ustar (IEEE 1003.1, pax). @param name up to 100 ASCII characters */
function tarHeader(name: string, size: number, at: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`;
  header.write(name, 0, 100, 'latin1');
  header.write(octal(0o600, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(size, 12), 124);
  header.write(octal(at, 12), 136);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}
