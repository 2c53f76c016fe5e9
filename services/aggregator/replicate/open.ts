import { accessSync, constants } from 'node:fs';
import type { Registry } from 'prom-client';
import type { Failpoint } from '../../shared/failpoint.ts';
import { codeOf, ServiceFault } from '../../shared/fault.ts';
import type { Logger } from '../../shared/log.ts';
import { SecretFile } from '../../shared/secretFile.ts';
import { ClientTls } from '../../shared/tls/clientTls.ts';
import type { RunningExports } from '../export/running.ts';
import { addReplicationReadings, createReplicationMetrics } from '../metrics.ts';
import type { Store } from '../store/store.ts';
import { catchUp, takePlace } from './catchUp.ts';
import { OtherReplicas } from './others.ts';
import { Replication } from './replication.ts';
import type { ReplicationSettings } from './settings.ts';

export interface ReplicasOptions {
  readonly settings: ReplicationSettings | undefined;
  /** This replica speaks TLS. */
  readonly secure: boolean;
  readonly store: Store;
  /** Of the database. */
  readonly path: string;
  readonly exports: RunningExports;
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
  const { settings, secure, store, path, exports, log, registry, failpoint } = options;
  if (settings === undefined) {
    addReplicationReadings(registry, undefined);
    return undefined;
  }
  const metrics = createReplicationMetrics(registry);
  try {
    requireFiles(settings);
    const { replicaTokenFile: file } = settings;
    const token = file === undefined ? undefined : new SecretFile(file, { holds: 'token of the other replicas', log });
    const { name, replicas, replicasSrv, replicasScheme: scheme = secure ? 'https' : 'http' } = settings;
    const tls = new ClientTls(settings.replicasTls, log);
    const others = new OtherReplicas({ name, replicas, replicasSrv, scheme, tls, token });
    const replication = await Replication.open({
      settings,
      store,
      others,
      log,
      metrics,
      failpoint,
      catchUp: (look) => catchUp(look, { others, store, path, exports, log }),
      takePlace: (other, look) => takePlace(other, look, { others, store, path, exports, log }),
    });
    addReplicationReadings(registry, replication);
    return replication;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** They are read at each connection: one that is missing from the beginning would be told as a NATS that does not answer. */
function requireFiles({ tokenFile, credentialsFile, caFile, certFile, keyFile }: ReplicationSettings): void {
  for (const [name, path] of Object.entries({ tokenFile, credentialsFile, caFile, certFile, keyFile })) {
    try {
      if (path !== undefined) accessSync(path, constants.R_OK);
    } catch (error) {
      const why = codeOf(error) === 'ENOENT' ? 'does not exist' : `cannot be read (${codeOf(error)})`;
      const remedy = `name a file that the user of the service may read: replication.${name} in the settings`;
      throw new ServiceFault(`the file ${path} ${why}`, remedy, { cause: error });
    }
  }
}
