import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { messageOf, ServiceFault } from '../../shared/fault.ts';

/** There for as long as the folder is; without it the disk under the folder is gone. */
export const LOCK_FILE = 'lock';

/** A process that was just told to stop may take that long to let go. */
const PATIENCE_MS = 3_000;

/**
 * Takes a folder for this process alone. The system lets go of it when the process ends, however it ends; a file with a process id in it would have
 * to be judged after a kill.
 *
 * @returns what lets go
 * @throws ServiceFault where another process has it
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, LOCK_FILE);
  const db = new DatabaseSync(path, { timeout: PATIENCE_MS });
  try {
    db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    throw new ServiceFault(
      `the queue ${folder} cannot be had: ${messageOf(error)}`,
      'another agent may use it: give each a folder of its own',
      { cause: error },
    );
  }
  return () => {
    if (db.isOpen) db.close();
  };
}
