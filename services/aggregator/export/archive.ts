import { PassThrough, Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { entryName } from './names.ts';
import type { Shown, View } from './view.ts';

/** What an archive needs of a view. */
type Entries = Pick<View, 'peers' | 'places' | 'json'>;

export interface ArchiveOptions {
  /** Sorted. */
  readonly networks: readonly string[];
  readonly show: Shown;
  /** Ends the work, whatever it waits for. */
  readonly signal: AbortSignal;
}

/**
 * A ZIP archive with a file for each peer of the view that has samples: `<peer_id>.json`, in a folder for its network
 * where there are several.
 *
 * One entry at a time is under way, and as much of it as the reader of the stream takes. What grows is the archive's table of
 * contents: some hundred bytes for each peer.
 *
 * @returns the bytes; the stream breaks with the error, or with the reason of the signal
 */
export function zipOf(view: Entries, options: ArchiveOptions): Readable {
  const zip = new ZipFile();
  const bytes = new PassThrough();
  const stop = (error: Error) => bytes.destroy(error);
  zip.on('error', stop);
  zip.outputStream.on('error', stop).pipe(bytes);
  const gone = new AbortController();
  const signal = AbortSignal.any([options.signal, gone.signal]);
  bytes.once('close', () => {
    gone.abort(new Error('nobody reads the archive any more'));
    // What yazl still holds in a pipe would wait for ever.
    if (zip.outputStream instanceof Readable) zip.outputStream.destroy();
  });
  fill(zip, view, { ...options, signal }).catch((error: unknown) => {
    stop(error instanceof Error ? error : new Error(String(error)));
  });
  return bytes;
}

async function fill(zip: ZipFile, view: Entries, { networks, show, signal }: ArchiveOptions): Promise<void> {
  // yazl keeps the function of each entry to the end: one for all keeps no entry's data.
  let current: Readable = Readable.from([]);
  const giveCurrent = (take: (error: unknown, stream: Readable) => void) => take(null, current);
  for (const { id, network, name } of view.peers(networks)) {
    signal.throwIfAborted();
    const places = await view.places(id);
    const newest = places[0];
    if (newest === undefined) continue;
    current = Readable.from(view.json(places, show), { objectMode: false });
    // What breaks it is told by `finished`, which no longer listens when it has been aborted.
    current.on('error', () => {});
    const read = finished(current, { signal });
    zip.addReadStreamLazy(
      entryName(network, name, networks.length > 1),
      { mtime: new Date(newest.at * 1000) },
      giveCurrent,
    );
    keepNameAlone(zip);
    try {
      await read;
    } finally {
      current.destroy();
    }
  }
  signal.throwIfAborted();
  zip.end();
}

/**
 * yazl keeps the name of each entry to the end, as a slice of the pool from which Node takes all small buffers. With it stay 64 KiB that held
 * samples: the memory of an export would grow with what it holds. The name gets bytes of its own.
 */
function keepNameAlone(zip: ZipFile): void {
  const entry: unknown = 'entries' in zip && Array.isArray(zip.entries) ? zip.entries.at(-1) : undefined;
  if (typeof entry !== 'object' || entry === null || !('utf8FileName' in entry)) return;
  const { utf8FileName } = entry;
  if (!(utf8FileName instanceof Uint8Array)) return;
  const own = Buffer.allocUnsafeSlow(utf8FileName.length);
  own.set(utf8FileName);
  entry.utf8FileName = own;
}
