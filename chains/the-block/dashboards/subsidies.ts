/** Subsidies, inflation, rent. */
import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { query, reading, section, timeseries } from '../../../model/dashboards/panels.ts';
import { events } from './shared.ts';

export const subsidies: DashboardSpec = {
  slug: 'subsidies',
  title: 'Subsidies and rent',
  description: 'Money that the chain pays or keeps.',
  instancesOf: 'up{component="tb-node"}',
  sections: [
    section(100, 'Subsidies', [
      timeseries(1, 'Subsidised bytes', {
        description: 'In ten minutes, by what they were for.',
        unit: 'B',
        queries: [reading('SubsidyGrowthSpike', '{{type}}')],
        limits: ['SubsidyGrowthSpike'],
      }),
      timeseries(2, 'Subsidised compute', {
        description: 'Milliseconds of CPU in ten minutes.',
        unit: 'cpu-ms',
        queries: [reading('SubsidyComputeSpike', '{{instance}}')],
        limits: ['SubsidyComputeSpike'],
      }),
      timeseries(3, 'Multipliers', {
        description: 'By kind. They must be equal on all nodes.',
        unit: 'amount',
        queries: [query('subsidy_multiplier', '{{type}} {{instance}}')],
        alerts: ['SubsidyAutoReduced', 'SubsidyKillSwitch'],
      }),
      events(4, 'Reductions by the inflation guard', 'subsidy_auto_reduced_total', [], {
        description: 'In half an hour: inflation ran above its target.',
        unit: 'reductions',
        alerts: ['SubsidyAutoReduced'],
      }),
      events(5, 'Kill switch', 'kill_switch_trigger_total', [], {
        description: 'Governance stopped the subsidies.',
        unit: 'activations',
        alerts: ['SubsidyKillSwitch'],
      }),
    ]),
    section(101, 'Rent', [
      timeseries(10, 'Rent escrow', {
        description: 'Deposits held. Counted from 0 when the process starts.',
        unit: 'CT',
        queries: [query('rent_escrow_locked_ct_total', '{{instance}}')],
        alerts: ['RentEscrowLockedSpike'],
      }),
      timeseries(11, 'Growth of rent escrow', {
        description: 'In ten minutes; below 0 more is released than locked.',
        unit: 'CT',
        queries: [reading('RentEscrowLockedSpike', '{{instance}}')],
        limits: ['RentEscrowLockedSpike'],
      }),
      timeseries(12, 'Rent burned', {
        description: 'Deposits lost in an hour.',
        unit: 'CT',
        queries: [reading('RentEscrowBurnSpike', '{{instance}}')],
        limits: ['RentEscrowBurnSpike'],
      }),
    ]),
  ],
};
