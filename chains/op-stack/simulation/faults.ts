/** What can go wrong on a simulated OP-stack network, and which alerts follow while it lasts. */
import type { Fault } from '../../simulator.ts';
import { accountFaults } from './accountFaults.ts';
import { chainFaults } from './chainFaults.ts';
import { serviceFaults } from './serviceFaults.ts';

/** Sorted by name. */
export const faults: readonly Fault[] = [...chainFaults, ...accountFaults, ...serviceFaults].sort((a, b) =>
  a.name < b.name ? -1 : 1,
);
