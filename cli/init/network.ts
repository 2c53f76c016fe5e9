/** `chainwatch network add`: one more network in a stack file. */

import { join } from 'node:path';
import { writeAtomically } from '../atomic.ts';
import { COMMAND } from '../commandName.ts';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import type { Io } from '../io.ts';
import { loadKnown, parseStackText, readStackText, stackFileName } from '../loadStack.ts';
import { paint } from '../output.ts';
import type { NetworkFlags } from './draft.ts';
import { insertNetwork } from './edit.ts';
import { networkFromFlags } from './fromFlags.ts';
import { preview } from './preview.ts';
import { mayAsk, mayWrite, mustBeValid, type WriteFlags } from './write.ts';

export interface NetworkOptions extends NetworkFlags, WriteFlags {
  readonly stack: string;
}

export async function addNetwork(given: string | undefined, options: NetworkOptions, io: Io): Promise<ExitCode> {
  const { stack } = options;
  const known = loadKnown();
  const text = readStackText(stack, io.cwd);
  // A file that is wrong already would get the blame for what we add.
  const { kind, networks } = parseStackText(text, stack, known);
  const taken = networks.map(({ name }) => name);
  const { name, network } = mayAsk(options, io)
    ? await (await import('./ask.ts')).askNetwork(given, options, { known, kind, taken })
    : networkFromFlags(given, options, known);
  const edited = insertNetwork(text, name, network);
  io.out(preview(text, edited, paint(io)));
  mustBeValid(edited, stack, known, 'change the flags; --set key=value sets any field, --node a target');
  if (!(await mayWrite(options, io))) return exitCodes.ok;
  writeAtomically(join(io.cwd, stackFileName(stack)), edited);
  io.out(`Added ${name} to ${stackFileName(stack)}. See what it means: ${COMMAND} diff --stack ${stack}\n`);
  return exitCodes.ok;
}
