import type { Registry } from 'prom-client';
import type { Failpoint } from '../../shared/failpoint.ts';
import type { Logger } from '../../shared/log.ts';
import { addReplicationReadings, createReplicationMetrics } from '../metrics.ts';
import type { Store } from '../store/store.ts';
import { Replication } from './replication.ts';
import type { ReplicationSettings } from './settings.ts';

export interface ReplicasOptions {
  readonly settings: ReplicationSettings | undefined;
  readonly store: Store;
  readonly log: Logger;
  readonly registry: Registry;
  readonly failpoint: Failpoint;
}

/**
 * Joins the other replicas, where the settings name their log; else nothing of it is loaded.
 *
 * @throws ServiceFault where the stream must not be the log; then the store is closed
 */
export async function openReplicas(options: ReplicasOptions): Promise<Replication | undefined> {
  const { settings, store, log, registry, failpoint } = options;
  if (settings === undefined) {
    addReplicationReadings(registry, undefined);
    return undefined;
  }
  const metrics = createReplicationMetrics(registry);
  const catchUp = () => Promise.reject(new Error('no other replica is known'));
  try {
    const replication = await Replication.open({ settings, store, log, metrics, failpoint, catchUp });
    addReplicationReadings(registry, replication);
    return replication;
  } catch (error) {
    await store.close();
    throw error;
  }
}
