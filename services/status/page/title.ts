import { SYSTEM } from '../status.ts';

/** How a network is called on the page; what belongs to none is the monitoring itself. */
export function titleOf(network: string): string {
  return network === SYSTEM || network === '' ? 'Monitoring' : network;
}
