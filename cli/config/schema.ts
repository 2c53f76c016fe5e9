/** `chainwatch config schema`: for editors, which then complete keys and underline mistakes while one types. */
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { stackFileSchema } from '../../config/jsonSchema.ts';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import type { Io } from '../io.ts';
import { loadKnown } from '../loadStack.ts';
import { json } from '../output.ts';

/** Beside the code that it describes: the stack files refer to it there. */
export const SCHEMA_FILE = join(import.meta.dirname, '..', '..', 'config', 'stack.schema.json');

export async function showSchema({ write }: { write: boolean }, io: Io): Promise<ExitCode> {
  const text = json(stackFileSchema(loadKnown().forConfig));
  if (!write) io.out(text);
  else {
    writeFileSync(SCHEMA_FILE, text);
    io.out(`Wrote ${relative(io.cwd, SCHEMA_FILE)}.\n`);
  }
  return exitCodes.ok;
}
