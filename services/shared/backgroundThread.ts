import { constants, setPriority } from 'node:os';

/**
 * To be called first by a thread for whose work nobody waits: where cores are few, who waits for an answer goes first.
 *
 * Does nothing where a priority is one of the whole process, as on anything but Linux.
 */
export function workInBackground(): void {
  if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW);
}
