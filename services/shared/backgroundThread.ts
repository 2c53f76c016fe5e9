import { constants, setPriority } from 'node:os';

/**
 * To be called first by a thread whose work is not urgent: where cores are few, who waits for an answer goes first.
 *
 * Does nothing where a priority is one of the whole process, as on anything but Linux.
 *
 * @param awaited somebody waits for it, if not urgently: then it comes on, if slowly, also where others want all of the processor
 */
export function workInBackground(awaited = false): void {
  const { PRIORITY_LOW, PRIORITY_BELOW_NORMAL } = constants.priority;
  if (process.platform === 'linux') setPriority(awaited ? PRIORITY_BELOW_NORMAL : PRIORITY_LOW);
}
