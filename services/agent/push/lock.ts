import { join } from 'node:path';
import { lockFile } from '../../shared/lockFile.ts';

/** There for as long as the folder is; without it the disk under the folder is gone. */
export const LOCK_FILE = 'lock';

/** Takes a folder for this process alone. @returns what lets go @throws ServiceFault where another process has it */
export function lockFolder(folder: string): () => void {
  return lockFile(join(folder, LOCK_FILE), {
    of: `the queue ${folder}`,
    taken: 'another agent uses it: give each a folder of its own',
  });
}
