import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { Server } from '../http/server.ts';
import { TOKEN } from './snapshots.ts';

export interface Read {
  readonly status: number;
  /** Bytes. */
  readonly length: number;
}

/**
 * Reads an answer, and forgets it, in another thread: in the one that measures it would keep the answers waiting that are timed.
 *
 * @throws an Error where it breaks off
 */
export async function readElsewhere({ port }: Pick<Server, 'port'>, path: string): Promise<Read> {
  const worker = new Worker(new URL(import.meta.url), { workerData: `http://127.0.0.1:${port}${path}` });
  const [read]: Read[] = await once(worker, 'message');
  if (read === undefined) throw new Error('nothing was read');
  return read;
}

if (!isMainThread && typeof workerData === 'string') {
  const response = await fetch(workerData, { headers: { authorization: `Bearer ${TOKEN}` } });
  let length = 0;
  for await (const part of response.body ?? []) length += part.length;
  const read: Read = { status: response.status, length };
  parentPort?.postMessage(read);
}
