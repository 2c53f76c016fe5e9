/** What can go wrong with a simulated environment, and which alerts follow while it lasts. */
import type { Fault } from '../../simulator.ts';
import { fleetFaults } from './fleetFaults.ts';
import { hostFaults } from './hostFaults.ts';
import { monitoringFaults } from './monitoringFaults.ts';
import { probeFaults } from './probeFaults.ts';
import { serviceFaults } from './serviceFaults.ts';

/** Sorted by name. */
export const faults: readonly Fault[] = [
  ...hostFaults,
  ...probeFaults,
  ...monitoringFaults,
  ...serviceFaults,
  ...fleetFaults,
].sort((a, b) => (a.name < b.name ? -1 : 1));
