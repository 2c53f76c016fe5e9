import { dirname } from 'node:path';
import { BackupFault } from '../../services/aggregator/backup/fault.ts';
import { DatabaseTaken } from '../../services/aggregator/backup/restore.ts';
import { codeOf, messageOf } from '../../services/shared/fault.ts';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exitCodes.ts';

/** What a person is told when a backup fails. @param path of what was to be written */
export function explained(error: unknown, path: string): unknown {
  if (error instanceof DatabaseTaken) return told(error, exitCodes.storage);
  if (error instanceof BackupFault) return told(error, error.kind === 'damaged' ? exitCodes.failed : exitCodes.usage);
  const code = codeOf(error);
  if (code === 'ENOENT') {
    const reason = `${path} cannot be written: there is no folder ${dirname(path)} that takes files`;
    return new CliError(reason, { exitCode: exitCodes.storage, remedy: 'make it, or choose another place' });
  }
  // Of drafts nobody has heard.
  if (error instanceof Error && code !== undefined && /^E[A-Z]+$/.test(code)) return Object.assign(error, { path });
  if (code === 'ERR_SQLITE_ERROR') {
    const remedy = 'see whether the file is the database of an aggregator, and may be read';
    return new CliError(`SQLite says: ${messageOf(error)}`, { exitCode: exitCodes.storage, remedy });
  }
  return error;
}

function told({ message, remedy }: BackupFault, exitCode: (typeof exitCodes)[keyof typeof exitCodes]): CliError {
  return new CliError(message, { exitCode, remedy });
}
