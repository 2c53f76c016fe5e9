import type { MetricSpec } from '../shared/metrics.ts';

/** Every metric of the simulator; those that all services have are in ../shared/metrics.ts. */
export const simulatorMetrics = {
  scrapes: {
    name: 'simulator_scrapes_total',
    type: 'counter',
    labels: ['network', 'outcome'],
    unit: 'requests',
    help: 'Scrapes of simulated processes. outcome: served, down (the connection was closed).',
  },
  fleetSnapshots: {
    name: 'simulator_fleet_snapshots_total',
    type: 'counter',
    labels: ['network', 'outcome'],
    unit: 'snapshots',
    help: 'Snapshots of peers that simulated nodes pushed. outcome: delivered, dropped.',
  },
  activeFaults: {
    name: 'simulator_active_faults',
    type: 'gauge',
    labels: ['network'],
    unit: 'faults',
    help: 'Faults that are active.',
  },
  faultHistory: {
    name: 'simulator_fault_history_size',
    type: 'gauge',
    labels: ['network'],
    unit: 'faults',
    help: 'Past and present faults that are remembered; 1000 at most.',
  },
  timeScale: {
    name: 'simulator_time_scale',
    type: 'gauge',
    labels: [],
    unit: 'ratio',
    help: 'Simulated seconds in each real one.',
  },
  stateOk: {
    name: 'simulator_state_ok',
    type: 'gauge',
    labels: [],
    unit: 'bool',
    help: '1 while the state can be written to its file, else 0.',
  },
} as const satisfies Record<string, MetricSpec>;
