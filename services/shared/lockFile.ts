import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { messageOf, ServiceFault } from './fault.ts';

/** A process that was just told to stop may take that long to let go. */
const PATIENCE_MS = 3_000;

export interface LockWords {
  /** What is locked, for messages: `the queue /var/lib/agent/queue`. */
  readonly of: string;
  /** What to do where another process has it. */
  readonly taken: string;
}

/**
 * Takes a file, which holds nothing, for this process alone. The system lets go of it when the process ends, however it ends; a file with a
 * process id in it would have to be judged after a kill.
 *
 * @returns what lets go
 * @throws ServiceFault where another process has it; what the system says of its folder
 */
export function lockFile(path: string, { of, taken }: LockWords): () => void {
  mkdirSync(dirname(path), { recursive: true });
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: PATIENCE_MS });
    db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    db?.close();
    const passing = /locked/.test(messageOf(error));
    const remedy = passing
      ? taken
      : `give the user of the service the right to write there; nobody else writes ${path}`;
    throw new ServiceFault(`${of} cannot be had: ${messageOf(error)}`, remedy, { cause: error, passing });
  }
  const held = db;
  return () => {
    if (held.isOpen) held.close();
  };
}
