import type { Logger } from '../../shared/log.ts';
import { GroupStore } from '../../shared/store/groupStore.ts';
import type { StoreEvents } from '../../shared/store/kind.ts';
import { SPAN } from '../ingest/batch.ts';
import { Reader } from './reader.ts';
import type { Batch, BatchOutcome, Question, Reply, WriterOptions } from './records.ts';

export type Store = GroupStore<Batch, BatchOutcome, Reader, Question, Reply>;

const MAX_COMMIT = 8_000;
const MAX_WAITING = 200_000;
const SMALL_BYTES = 16_384;

/**
 * Opens the aggregator's store: batches go in, durable when the promise resolves.
 *
 * @throws ServiceFault where trying again cannot help
 */
export function openStore(options: WriterOptions, events: StoreEvents, log: Logger): Promise<Store> {
  return GroupStore.open(
    {
      path: options.path,
      worker: new URL('./worker.ts', import.meta.url),
      workerData: options,
      unit: 'snapshots',
      weigh: ({ spans }: Batch) => Math.max(1, spans.length / SPAN.width),
      maxCommit: MAX_COMMIT,
      maxWaiting: MAX_WAITING,
      // What is small is copied in less time than it takes to hand it over.
      transfer: ({ bytes, spans }: Batch) => (bytes.length < SMALL_BYTES ? [] : [bytes.buffer, spans.buffer]),
      openReader: (path) => new Reader(path),
    },
    events,
    log,
  );
}
