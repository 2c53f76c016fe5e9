import { Readable } from 'node:stream';
import { crc32, createDeflateRaw, deflateRawSync } from 'node:zlib';
import type { Peer, Whole } from './chains.ts';
import { entryName } from './names.ts';
import { type Sizes, Zip } from './zip.ts';

/** What a peer is in an archive. */
export type Content =
  | Whole
  /** Too large to be put together in memory. `at` is that of its newest sample, in Unix seconds. */
  | { readonly at: number; readonly pieces: AsyncIterable<Uint8Array> };

export interface Entries {
  readonly peers: (networks: readonly string[]) => Iterable<Peer>;
  /** @returns undefined for a peer of which nothing is kept */
  readonly read: (peer: number) => Content | undefined | Promise<Content | undefined>;
}

/** Bytes that are passed on together, about. */
const PIECE = 65_536;
/** Of what telemetry looks like a third of the time of level 6, for a tenth more bytes (measured). */
const LEVEL = 3;

/**
 * A ZIP archive with a file for each peer that has samples: `<peer_id>.json`, in a folder for its network where there are several.
 *
 * One entry at a time is under way. What grows is the archive's table of contents: some hundred bytes for each peer.
 *
 * @returns pieces that nobody else holds
 */
export async function* zipOf(
  entries: Entries,
  networks: readonly string[],
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const zip = new Zip();
  const gathered = new Gathered();
  for (const { id, network, name } of entries.peers(networks)) {
    const found = entries.read(id);
    const content = found instanceof Promise ? await found : found;
    if (content === undefined) continue;
    const path = entryName(network, name, networks.length > 1);
    if ('json' in content) {
      const { json } = content;
      const packed = deflateRawSync(json, { level: LEVEL });
      gathered.add(zip.entry(path, content.at, { crc: crc32(json), size: json.length, packed: packed.length }));
      gathered.add(packed);
      if (gathered.size >= PIECE) yield gathered.take();
    } else {
      const { head, close } = zip.begin(path, content.at);
      gathered.add(head);
      const sizes = { crc: 0, size: 0, packed: 0 };
      for await (const part of deflated(content.pieces, sizes)) {
        gathered.add(part);
        if (gathered.size >= PIECE) yield gathered.take();
      }
      gathered.add(close(sizes));
    }
  }
  for (const part of zip.end()) {
    gathered.add(part);
    yield gathered.take();
  }
}

/** @param sizes are counted in it */
async function* deflated(
  pieces: AsyncIterable<Uint8Array>,
  sizes: { -readonly [K in keyof Sizes]: Sizes[K] },
): AsyncGenerator<Uint8Array> {
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      sizes.crc = crc32(piece, sizes.crc);
      sizes.size += piece.length;
      yield piece;
    }
  }
  const source = Readable.from(counted(), { objectMode: false });
  const deflate = createDeflateRaw({ level: LEVEL });
  source.once('error', (error) => deflate.destroy(error));
  for await (const part of source.pipe(deflate)) {
    const bytes: Uint8Array = part;
    sizes.packed += bytes.length;
    yield bytes;
  }
}

/** Small parts until they are worth to be passed on. */
class Gathered {
  #parts: Uint8Array[] = [];
  size = 0;

  add(part: Uint8Array): void {
    this.#parts.push(part);
    this.size += part.length;
  }

  take(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.size);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    this.#parts = [];
    this.size = 0;
    return all;
  }
}
