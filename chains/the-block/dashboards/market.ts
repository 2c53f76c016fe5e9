/** The compute market: matches, settlement, promises. */
import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { query, reading, section, timeseries } from '../../../model/dashboards/panels.ts';
import { events, rates } from './shared.ts';

export const market: DashboardSpec = {
  slug: 'market',
  title: 'Compute market',
  description: 'Jobs matched, receipts settled, promises kept.',
  instancesOf: 'up{component="tb-node"}',
  sections: [
    section(100, 'Settlement', [
      timeseries(1, 'Settlements that fail', {
        description: 'Share of all changes of the ledger.',
        unit: 'ratio',
        queries: [reading('SettlementFailureRatioHigh', 'failing')],
        limits: ['SettlementFailureRatioHigh'],
      }),
      events(2, 'Failed settlements', 'settle_failed_total', ['reason'], {
        description: 'In half an hour, by what could not be done. Any that repeats makes balances drift.',
        unit: 'errors',
        alerts: ['SettlementFailing'],
      }),
      rates(3, 'Settlements', 'settle_applied_total', [], {
        description:
          'Accruals, refunds and burns written to the ledger. A plateau while matches go on is a stuck anchor.',
        unit: 'events/s',
        alerts: ['SettlementStalled'],
      }),
      events(4, 'Changes of mode', 'settle_mode_change_total', ['to'], {
        description: 'To dry-run, armed or real.',
        unit: 'changes',
        alerts: ['SettlementRevertedToDryRun'],
      }),
      events(5, 'Audit mismatches', 'settle_audit_mismatch_total', [], {
        description:
          'Receipts that the audit found different from the ledger. This version of the node never raises it.',
        unit: 'receipts',
        alerts: ['SettlementAuditMismatch'],
      }),
      timeseries(6, 'Receipts lost or damaged', {
        description: 'In half an hour: could not be written, could not be read.',
        unit: 'receipts',
        queries: [
          query('increase(receipt_persist_fail_total[30m])', 'not written {{instance}}'),
          query('increase(receipt_corrupt_total[30m])', 'damaged {{instance}}'),
        ],
        alerts: ['ReceiptPersistFailing', 'ReceiptsCorrupt'],
      }),
    ]),
    section(101, 'Matches', [
      timeseries(10, 'Matches by lane', {
        description: 'In half an hour.',
        unit: 'matches',
        queries: [query('sum by (lane) (increase(matches_total[30m]))', '{{lane}}')],
        limits: ['MatchesStopped'],
        alerts: ['SettlementStalled'],
      }),
      timeseries(11, 'Match loop', {
        description: 'p95 of a round of the matcher.',
        unit: 's',
        queries: [reading('MatchLoopSlow', '{{lane}} {{instance}}')],
        limits: ['MatchLoopSlow'],
      }),
      rates(12, 'Outcomes of the scheduler', 'scheduler_match_total', ['result'], {
        description: 'By result: what jobs lack when they find no provider.',
        unit: 'matches/s',
        alerts: ['MatchesStopped'],
      }),
    ]),
    section(102, 'Promises (SLA)', [
      timeseries(20, 'Violations by provider', {
        description: 'In the last hour.',
        unit: 'violations',
        queries: [reading('SlaViolationsHigh', '{{provider}}')],
        limits: ['SlaViolationsHigh'],
        alerts: ['SlaSlashingStopped'],
      }),
      rates(21, 'Burned by slashing', 'slashing_burn_ct_total', [], {
        description: 'Should follow violations.',
        unit: 'CT/s',
        alerts: ['SlaSlashingStopped'],
      }),
      timeseries(22, 'Jobs under SLA', {
        description: 'Jobs whose deadline is watched.',
        unit: 'jobs',
        queries: [query('compute_sla_pending_total', '{{instance}}')],
        alerts: ['SlaPendingGrowing'],
      }),
      timeseries(23, 'Deadline overdue', {
        description: 'Since when the next deadline has passed. The sweep resolves it within moments.',
        unit: 's',
        queries: [query('time() - (compute_sla_next_deadline_ts > 0)', '{{instance}}')],
        limits: ['SlaDeadlineOverdue'],
      }),
      timeseries(24, 'Uptime of providers', {
        description: 'Rolling; below the limit a provider loses its badge.',
        unit: '%',
        queries: [reading('ComputeProviderUptimeLow', '{{provider}}')],
        limits: ['ComputeProviderUptimeLow'],
      }),
    ]),
  ],
};
