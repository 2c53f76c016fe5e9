/** `chainwatch render`: the plan as files in a folder. */
import { resolve } from 'node:path';
import { CliError } from '../errors.ts';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import { interruptible } from '../interrupt.ts';
import type { Io } from '../io.ts';
import { loadPlan } from '../loadStack.ts';
import { count, paint } from '../output.ts';
import { renderFiles } from './files.ts';
import { type Written, writeFolder } from './folder.ts';

export interface RenderOptions {
  readonly stack: string;
  readonly out?: string;
  readonly force: boolean;
}

export async function render(options: RenderOptions, io: Io): Promise<ExitCode> {
  const { out } = options;
  if (!out)
    throw new CliError('say where to write: --out <folder>', { remedy: `such as --out rendered/${options.stack}` });
  const { stack, plan } = loadPlan(options.stack, io.cwd);
  const folder = resolve(io.cwd, out);
  const files = renderFiles(stack, plan);
  const written = await interruptible((signal) =>
    writeFolder(folder, { stack: options.stack, files, force: options.force, signal }),
  );
  show(written, out, io);
  return exitCodes.ok;
}

function show({ added, changed, removed, same }: Written, folder: string, io: Io): void {
  const { green, yellow, red, dim } = paint(io);
  const marked = [
    ...added.map((path) => ({ path, mark: green('+') })),
    ...changed.map((path) => ({ path, mark: yellow('~') })),
    ...removed.map((path) => ({ path, mark: red('-') })),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
  // The first time everything is new, and a list of it says nothing.
  const first = same === 0 && changed.length === 0 && removed.length === 0;
  if (!first) for (const { mark, path } of marked) io.out(`  ${mark} ${path}\n`);
  const parts = [
    added.length > 0 && `${added.length} new`,
    changed.length > 0 && `${changed.length} changed`,
    removed.length > 0 && `${removed.length} removed`,
    same > 0 && dim(`${same} as before`),
  ].filter((part) => part !== false);
  io.out(`${folder}: ${count(added.length + changed.length + same, 'file')} (${parts.join(', ')})\n`);
}
