/** Tar archives (POSIX ustar), the same bytes for the same files: no times, no owners. */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** What is read when it is needed, and not before. */
export interface Content {
  readonly size: number;
  readonly bytes: () => AsyncIterable<Uint8Array>;
}

export interface TarEntry {
  /** Without a leading slash; of a folder without one at the end. */
  readonly path: string;
  readonly type: 'file' | 'folder' | 'link';
  /** Permission bits. */
  readonly mode: number;
  /** Of a link: where it leads to. */
  readonly target?: string;
  /** Of a file. */
  readonly content?: Content;
}

const BLOCK = 512;
const PIECE = 2 ** 20;
const TYPES = { file: '0', link: '2', folder: '5' } as const;
/** Of the name field, and of the one before it. */
const NAME = 100;
const PREFIX = 155;

/** The archive's bytes, piece by piece. @throws Error for a path too long for this format, or a content that is not as long as it said */
export async function* tar(entries: readonly TarEntry[]): AsyncGenerator<Uint8Array> {
  for (const entry of entries) {
    const { path, content } = entry;
    const size = content?.size ?? 0;
    yield header(entry, size);
    let read = 0;
    for await (const piece of content?.bytes() ?? []) {
      read += piece.length;
      yield piece;
    }
    if (read !== size) throw new Error(`${path} had ${size} bytes, and now ${read}`);
    yield new Uint8Array(padding(size));
  }
  yield new Uint8Array(2 * BLOCK);
}

export function textContent(text: string): Content {
  const bytes = Buffer.from(text);
  return {
    size: bytes.length,
    bytes: async function* () {
      yield bytes;
    },
  };
}

export function fileContent(file: string, size: number): Content {
  return {
    size,
    bytes: async function* () {
      // A stream costs more than a small file has to give, and there are thousands of those.
      if (size <= PIECE) yield await readFile(file);
      else yield* createReadStream(file, { highWaterMark: PIECE });
    },
  };
}

function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

function header({ path, type, mode, target = '' }: TarEntry, size: number): Uint8Array {
  const block = Buffer.alloc(BLOCK);
  const { name, prefix } = split(type === 'folder' ? `${path}/` : path);
  if (Buffer.byteLength(target) > NAME) throw new Error(`too long for a tar archive: the target ${target}`);
  const octal = (value: number, width: number) => `${value.toString(8).padStart(width - 1, '0')}\0`;
  block.write(name, 0);
  block.write(octal(mode, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(size, 12), 124);
  block.write(octal(0, 12), 136);
  // The sum counts itself as spaces.
  block.write(' '.repeat(8), 148);
  block.write(TYPES[type], 156);
  block.write(target, 157);
  block.write('ustar\u000000', 257);
  block.write(prefix, 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

function split(path: string): { name: string; prefix: string } {
  if (Buffer.byteLength(path) <= NAME) return { name: path, prefix: '' };
  for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
    const [prefix, name] = [path.slice(0, slash), path.slice(slash + 1)];
    if (name !== '' && Buffer.byteLength(name) <= NAME && Buffer.byteLength(prefix) <= PREFIX) return { name, prefix };
  }
  throw new Error(`too long for a tar archive: ${path}`);
}
