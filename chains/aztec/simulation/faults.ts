/** What can go wrong on a simulated Aztec network, and which alerts follow while it lasts. */
import type { Fault } from '../../simulator.ts';
import { chainFaults } from './chainFaults.ts';
import { nodeFaults } from './nodeFaults.ts';
import { proverFaults } from './proverFaults.ts';

/** Sorted by name. */
export const faults: readonly Fault[] = [...chainFaults, ...nodeFaults, ...proverFaults].sort((a, b) =>
  a.name < b.name ? -1 : 1,
);
