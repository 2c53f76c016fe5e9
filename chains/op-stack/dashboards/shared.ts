/** What several of the dashboards show: the transaction manager that batcher, proposer and challenger have in common. */
import { type Panel, query, timeseries } from '../../../model/dashboards/panels.ts';

export const DOWN_ALERTS = ['L2GethDown', 'L2NodeDown', 'BatcherDown', 'ProposerDown', 'ChallengerDown'] as const;

/** Nodes with P2P switched off have no bandwidth, and no peers on purpose. */
export const peersQuery =
  'op_node_default_p2p_peer_count and on (network, instance) op_node_default_p2p_bandwidth_bytes_total{direction="in"}';

export interface SenderAlerts {
  readonly stuck?: string;
  readonly reverted?: string;
  readonly publishErrors?: string;
  readonly rpcErrors?: string;
}

/** Panels `first` to `first + 4`: what becomes of the transactions of one account. @param metrics prefix of its metrics */
export function transactionPanels(first: number, metrics: string, alerts: SenderAlerts): Panel[] {
  const named = (...names: (string | undefined)[]) => names.flatMap((name) => name ?? []);
  return [
    timeseries(first, 'Transactions', {
      description: 'Transactions published to L1, and those that were confirmed there, by outcome.',
      unit: 'txs/s',
      queries: [
        query(`sum by (instance) (rate(${metrics}_txmgr_publish_total[$__rate_interval]))`, 'published {{instance}}'),
        query(
          `sum by (instance, status) (rate(${metrics}_txmgr_confirm_total[$__rate_interval]))`,
          '{{status}} {{instance}}',
        ),
      ],
      alerts: named(alerts.reverted),
    }),
    timeseries(first + 1, 'Transactions waiting', {
      description:
        'Transactions without a receipt. They come and go; one that stays is stuck behind its fee or its nonce.',
      unit: 'txs',
      queries: [query(`${metrics}_txmgr_pending_txs`, '{{instance}}')],
      alerts: named(alerts.stuck),
    }),
    timeseries(first + 2, 'Time since the last confirmation', {
      description: 'By outcome. A failed one younger than the last success is a transaction that reverted.',
      unit: 's',
      queries: [query(`time() - ${metrics}_txmgr_last_confirm_unix`, '{{status}} {{instance}}')],
      alerts: named(alerts.reverted, alerts.stuck),
    }),
    timeseries(first + 3, 'Errors towards L1', {
      description:
        'Transactions that L1 refused, by reason, and requests that failed while pricing, sending or confirming.',
      unit: 'errors/s',
      queries: [
        query(
          `sum by (instance, error) (rate(${metrics}_txmgr_tx_publish_error_count[$__rate_interval]))`,
          '{{error}} {{instance}}',
        ),
        query(`sum by (instance) (rate(${metrics}_txmgr_rpc_error_count[$__rate_interval]))`, 'requests {{instance}}'),
      ],
      alerts: named(alerts.publishErrors, alerts.rpcErrors),
    }),
    timeseries(first + 4, 'Fees paid', {
      description: 'Gas fees of confirmed transactions. Blob fees are not in it: the balance shows those.',
      unit: 'gwei/s',
      queries: [
        query(`sum by (instance) (rate(${metrics}_txmgr_tx_fee_gwei_total[$__rate_interval]))`, '{{instance}}'),
      ],
    }),
  ];
}

/** Panels `first` and `first + 1`. @param recorded prefix of the recorded runway */
export function fundsPanels(first: number, balance: string, alerts: { low: string[]; runway: string[] }): Panel[] {
  return [
    timeseries(first, 'Balance', {
      description: 'Ether left in the account. The process keeps the old value while it cannot ask L1.',
      unit: 'ETH',
      queries: [query(balance, '{{instance}}')],
      limits: alerts.low,
    }),
    timeseries(first + 1, 'Runway', {
      description: 'Hours until the account is empty at its recent spending; no line where nothing is spent.',
      unit: 'h',
      queries: [query(`instance:${balance}:runway_hours < Inf`, '{{instance}}')],
      limits: alerts.runway,
    }),
  ];
}

/** Memory and CPU of a Go service of the OP stack. */
export function processPanels(first: number, component: string): Panel[] {
  return [
    timeseries(first, 'Memory', {
      description: `Resident memory of ${component}. A line that only rises is a leak.`,
      unit: 'B',
      queries: [query(`process_resident_memory_bytes{component="${component}"}`, '{{instance}}')],
    }),
    timeseries(first + 1, 'CPU', {
      description: `Cores that ${component} uses.`,
      unit: 'cores',
      queries: [query(`rate(process_cpu_seconds_total{component="${component}"}[$__rate_interval])`, '{{instance}}')],
    }),
  ];
}
