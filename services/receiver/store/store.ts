import type { Logger } from '../../shared/log.ts';
import { GroupStore } from '../../shared/store/groupStore.ts';
import type { StoreEvents } from '../../shared/store/kind.ts';
import { Reader } from './reader.ts';
import type { Delivery, Outcome, WriterOptions } from './records.ts';

export type Store = GroupStore<Delivery, Outcome, Reader>;

const MAX_COMMIT = 2_000;
const MAX_WAITING = 50_000;

/**
 * Opens the receiver's store: deliveries go in, durable when the promise resolves.
 *
 * @throws ServiceFault where trying again cannot help
 */
export function openStore(options: WriterOptions, events: StoreEvents, log: Logger): Promise<Store> {
  return GroupStore.open(
    {
      path: options.path,
      worker: new URL('./worker.ts', import.meta.url),
      workerData: options,
      unit: 'alerts',
      weigh: () => 1,
      maxCommit: MAX_COMMIT,
      maxWaiting: MAX_WAITING,
      openReader: (path) => new Reader(path),
    },
    events,
    log,
  );
}
