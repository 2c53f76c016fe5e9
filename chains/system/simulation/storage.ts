/** The database of a Prometheus. */
import type { Exposition } from '../../simulation/exposition.ts';
import type { Timeline } from '../../simulation/timeline.ts';

const SERIES = 200_000;

export function storage(page: Exposition, timeline: Timeline): void {
  const grown = timeline.isActive('series-growing') ? 2 * SERIES : SERIES;
  page
    // Per second of the machine's time where a real Prometheus is watched beside: there are many in any time.
    .counter(
      'prometheus_tsdb_head_samples_appended_total',
      timeline.count({ perSecond: 13_000, not: ['not-ingesting'] }),
      { type: 'float' },
    )
    .counter('prometheus_tsdb_head_samples_appended_total', 0, { type: 'histogram' })
    .gauge('prometheus_tsdb_head_series', grown)
    .gauge('prometheus_tsdb_head_chunks', 3 * grown)
    .counter('prometheus_tsdb_reloads_failures_total', timeline.events(600, 'blocks-unreadable').count)
    .counter('prometheus_tsdb_compactions_failed_total', timeline.events(7200, 'compaction-failing').count)
    .counter('prometheus_tsdb_wal_writes_failed_total', timeline.events(60, 'wal-unwritable').count)
    // Counted when it starts, and gone with the next start.
    .counter('prometheus_tsdb_wal_corruptions_total', timeline.isActive('wal-damaged') ? 1 : 0)
    .gauge('prometheus_tsdb_storage_blocks_bytes', 40e9);
}
