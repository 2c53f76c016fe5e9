/** The hidden `chainwatch plan`: asked by `diff` of another revision, so its arguments and its answer stay as they are. */
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import type { Io } from '../io.ts';
import { loadStack, uncompressed } from '../loadStack.ts';
import { json } from '../output.ts';
import { makeDocument } from './document.ts';

export async function showPlan({ stack: name }: { stack: string }, io: Io): Promise<ExitCode> {
  const loaded = loadStack(name, io.cwd);
  io.out(json(makeDocument(uncompressed(loaded), loaded.stack.prometheus.timeScale)));
  return exitCodes.ok;
}
