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
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: PATIENCE_MS });
    db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    db?.close();
    const passing = /locked/.test(messageOf(error));
    throw new ServiceFault(
      `the queue ${folder} cannot be had: ${messageOf(error)}`,
      passing
        ? 'another agent uses it: give each a folder of its own'
        : `give the user of the agent the right to write there; nothing but the agent writes ${path}`,
      { cause: error, passing },
    );
  }
  const held = db;
  return () => {
    if (held.isOpen) held.close();
  };
}
