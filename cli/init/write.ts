/** The last steps of making or changing a stack file: it must be right, a person may look at it, and it is written whole. */
import { ConfigError } from '../../config/faults.ts';
import type { Known } from '../../model/knowledge.ts';
import { CliError, Interrupted } from '../errors.ts';
import { exitCodes } from '../exitCodes.ts';
import type { Io } from '../io.ts';
import { parseStackText } from '../loadStack.ts';

export interface WriteFlags {
  readonly dryRun: boolean;
  /** Nothing is asked, not even for what is missing. */
  readonly yes: boolean;
}

/** Whether questions may be put: to a person who did not say that flags say all. */
export function mayAsk({ yes }: WriteFlags, io: Io): boolean {
  return io.interactive && !yes;
}

/** @throws CliError with all faults: nothing is written that `config check` would refuse */
export function mustBeValid(text: string, stack: string, known: Known, hint: string): void {
  try {
    parseStackText(text, stack, known);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new CliError(`nothing is written, because it would be wrong:\n${error.message}`, { remedy: hint });
  }
}

/** Asks a person; a script has said what it wants. */
export async function mayWrite(flags: WriteFlags, io: Io): Promise<boolean> {
  if (flags.dryRun) {
    io.out('Nothing is written (--dry-run).\n');
    return false;
  }
  if (!mayAsk(flags, io)) return true;
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({ message: 'Write this?' });
  if (isCancel(answer)) throw new Interrupted(exitCodes.interrupted);
  if (!answer) io.out('Nothing is written.\n');
  return answer;
}
