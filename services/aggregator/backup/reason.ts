import { codeOf } from '../../shared/fault.ts';
import { BackupFault } from './fault.ts';

/** Why there is no backup, as the metric says it. */
export type Reason = 'full' | 'damaged' | 'io';

const SQLITE_FULL = 13;

export function reasonOf(error: unknown): Reason {
  if (error instanceof BackupFault) return 'damaged';
  const code = codeOf(error);
  const sqlite = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  return code === 'ENOSPC' || code === 'EDQUOT' || sqlite === SQLITE_FULL ? 'full' : 'io';
}
