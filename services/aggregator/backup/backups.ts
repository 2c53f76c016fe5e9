import type { Registry } from 'prom-client';
import type { App, ReadinessCheck } from '../../shared/http.ts';
import type { Logger } from '../../shared/log.ts';
import { gauge } from '../../shared/metrics.ts';
import { aggregatorMetrics, type Metrics } from '../metrics.ts';
import type { AggregatorSettings } from '../settings.ts';
import type { Tokens } from '../tokens.ts';
import { Copies, sweepBeside } from './copies.ts';
import { addBackup } from './route.ts';
import { BackupSchedule } from './schedule.ts';

export interface BackupsOptions {
  readonly settings: AggregatorSettings;
  readonly store: { readonly path: string };
  readonly metrics: Metrics;
  readonly registry: Registry;
  readonly log: Logger;
}

export interface Backups {
  /** Also for others who make copies: there is one at a time. */
  readonly copies: Copies;
  /** What /readyz says; nothing where no backups are made by themselves. */
  readonly readiness: Readonly<Record<string, () => ReadinessCheck>>;
  addTo(app: App, tokens: Tokens): void;
  stop(): Promise<void>;
}

/** Backups by themselves (settings `backup`) and on demand (`GET /backup`). @throws ServiceFault */
export function openBackups({ settings, store, metrics, registry, log }: BackupsOptions): Backups {
  sweepBeside(store.path);
  const copies = new Copies();
  const { backup } = settings;
  const schedule =
    backup === undefined
      ? undefined
      : new BackupSchedule({
          ...backup,
          recipients: backup.ageRecipients,
          store,
          copies,
          log,
          onFailure: (reason) => metrics.backupFailures.inc({ reason }),
        });
  if (schedule !== undefined) {
    gauge(registry, aggregatorMetrics.backupLastProven, (metric) => metric.set((schedule.lastProven ?? 0) / 1000));
  }
  return {
    copies,
    readiness: schedule === undefined ? {} : { backup: () => schedule.check() },
    addTo: (app, tokens) => addBackup(app, { tokens, store, copies, log, maxDuration: settings.exportMaxDuration }),
    stop: async () => {
      schedule?.stop();
      await copies.stop();
    },
  };
}
