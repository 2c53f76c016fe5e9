/** Stored data, and the disk under everything. */
import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { query, reading, section, timeseries } from '../../../model/dashboards/panels.ts';
import { events } from './shared.ts';

export const storage: DashboardSpec = {
  slug: 'storage',
  title: 'Storage',
  description: 'Whether what was stored can be read, repaired and proven.',
  instancesOf: 'up{component="tb-node"}',
  sections: [
    section(100, 'Data', [
      timeseries(1, 'Repairs that fail', {
        description: 'Share of the attempts.',
        unit: 'ratio',
        queries: [reading('StorageRepairFailing', '{{instance}}')],
        limits: ['StorageRepairFailing'],
      }),
      events(2, 'Why repairs fail', 'storage_repair_failures_total', ['error', 'erasure', 'compression'], {
        description: 'In half an hour, by error, coder and compressor.',
        unit: 'errors',
        alerts: ['StorageRepairFailing'],
      }),
      timeseries(3, 'Challenges that fail', {
        description: 'Share of the proofs of retrievability.',
        unit: 'ratio',
        queries: [reading('RetrievalFailing', '{{instance}}')],
        limits: ['RetrievalFailing'],
      }),
      timeseries(4, 'Fallback coders', {
        description: '1 where a fallback or emergency coder is in use.',
        unit: 'bool',
        queries: [reading('StorageFallbackCoder', '{{algorithm}} {{instance}}')],
        alerts: ['StorageFallbackCoder'],
      }),
      timeseries(5, 'Upload', {
        description: 'p95 of storing an object as a whole.',
        unit: 's',
        queries: [reading('StoragePutSlow', '{{instance}}')],
        limits: ['StoragePutSlow'],
      }),
    ]),
    section(101, 'Disk', [
      events(10, 'Writes without room', 'storage_disk_full_total', [], {
        description: 'In half an hour.',
        unit: 'writes',
        alerts: ['StorageDiskFull'],
      }),
      timeseries(11, 'Compactions that wait', {
        description: 'By database. A number that only grows ends in stalled writes.',
        unit: 'compactions',
        queries: [query('storage_engine_pending_compactions', '{{db}} {{engine}} {{instance}}')],
        limits: ['StorageCompactionBacklog'],
      }),
      timeseries(12, 'Size', {
        description: 'On disk, by database.',
        unit: 'B',
        queries: [query('storage_engine_size_bytes', '{{db}} {{engine}} {{instance}}')],
      }),
      events(13, 'Failed snapshots', 'snapshot_fail_total', [], {
        description: 'In half an hour.',
        unit: 'snapshots',
        alerts: ['SnapshotFailing'],
      }),
    ]),
  ],
};
