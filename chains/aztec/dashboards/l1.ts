import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { query, reading, section, timeseries } from '../../../model/dashboards/panels.ts';
import { INSTANCES } from './shared.ts';

const scoped = (outcome: string) =>
  query(
    `sum by (instance, aztec_l1_tx_scope) (aztec_l1_tx_${outcome}_count)`,
    `${outcome.replace('_', ' ')} {{aztec_l1_tx_scope}} {{instance}}`,
  );

/** The L1 as our nodes and our exporter see it, and the accounts that pay there. */
export const l1: DashboardSpec = {
  slug: 'l1',
  title: 'L1 and publishers',
  description: 'The chain below, how our nodes reach it, and the accounts that pay for blocks and proofs.',
  instancesOf: INSTANCES,
  sections: [
    section(100, 'Chain', [
      timeseries(1, 'L1 as read', {
        description: 'L1 block that the archiver of each node has come to.',
        unit: 'number',
        queries: [query('max by (instance) (aztec_archiver_l1_block_height)', '{{instance}}')],
        alerts: ['L1BlockHeightNotIncreasing'],
      }),
      timeseries(2, 'Archiver behind its endpoint', {
        description: 'L1 blocks that the node knows of and its archiver has not read.',
        unit: 'blocks',
        queries: [reading('ArchiverBehindL1', '{{instance}}')],
        limits: ['ArchiverBehindL1'],
      }),
      timeseries(3, 'Behind the L1 of others', {
        description: 'L1 blocks that a majority of endpoints has and the archiver has not read.',
        unit: 'blocks',
        queries: [reading('L1EndpointBehind', '{{instance}}')],
        limits: ['L1EndpointBehind'],
        noValue: 'nobody asks the L1',
      }),
    ]),
    section(101, 'Fees', [
      timeseries(10, 'Base fee', {
        description: 'Base fee of L1 at the head that a majority of the endpoints agrees on.',
        unit: 'gwei',
        queries: [reading('L1GasPriceHigh', 'base fee')],
        limits: ['L1GasPriceHigh'],
        noValue: 'nobody asks the L1',
        width: 24,
      }),
    ]),
    section(102, 'Publishers', [
      timeseries(20, 'Balance', {
        description: 'Ether of each publisher, read on chain where our exporter does it, else by the node.',
        unit: 'ETH',
        queries: [query('publisher:aztec_l1_balance:ether', '{{address}}')],
        limits: ['LowL1PublisherBalance', 'L1PublisherBalanceLow'],
        alerts: ['PublisherBalanceUnknown'],
      }),
      timeseries(21, 'Runway', {
        description: 'Hours until the account is empty at its recent spending; no line where nothing is spent.',
        unit: 'h',
        queries: [query('publisher:aztec_l1_balance:runway_hours < Inf', '{{address}}')],
        limits: ['PublisherBalanceDrainingFast', 'PublisherRunwayLow'],
      }),
      timeseries(22, 'Transactions', {
        description: 'Transactions on L1 since the start that were mined, that reverted, and that were given up.',
        unit: 'txs',
        queries: [scoped('mined'), scoped('reverted'), scoped('not_mined')],
        alerts: ['L1TransactionsFailing', 'L1TransactionsNotMined'],
      }),
    ]),
  ],
};
