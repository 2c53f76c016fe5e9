/** The plan of one revision, made by its own code. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../child.ts';
import { COMMAND } from '../commandName.ts';
import { CliError } from '../errors.ts';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import { stackFileName } from '../loadStack.ts';
import { FORMAT, type PlanDocument, planDocument } from '../plan/document.ts';

export interface RevisionOptions {
  /** The folder that holds the revision's `cli/main.ts`. */
  readonly program: string;
  /** The folder that holds its stack files. */
  readonly folder: string;
  readonly stack: string;
  /** What messages call it. */
  readonly name: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** `undefined` where the revision has no such stack. @throws CliError where it has one, but no plan comes of it */
export async function planOf(options: RevisionOptions): Promise<PlanDocument | undefined> {
  const { program, folder, stack, name, env, signal } = options;
  if (!existsSync(join(folder, stackFileName(stack)))) return undefined;
  const main = join(program, 'cli', 'main.ts');
  if (!existsSync(main)) throw tooOld(name);
  const args = ['--disable-warning=ExperimentalWarning', main, 'plan', '--stack', stack, '--json'];
  // A machine reads it: no colours, no matter what the person has set.
  const { code, stdout, stderr } = await run(process.execPath, args, {
    cwd: folder,
    env: { ...env, NO_COLOR: '1', FORCE_COLOR: undefined, CHAINWATCH_STACK: undefined },
    signal,
  });
  if (code !== 0) {
    if (/unknown command/.test(stderr)) throw tooOld(name);
    const words = stderr.trim().replace(/^chainwatch: /, '');
    throw new CliError(`${name} gives no plan: ${words}`, { exitCode: exitCodeOf(code) });
  }
  return parse(stdout, name);
}

function parse(text: string, name: string): PlanDocument {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw tooOld(name);
  }
  const format: unknown =
    typeof content === 'object' && content !== null && 'format' in content ? content.format : undefined;
  if (format !== FORMAT) {
    throw new CliError(`the plan of ${name} has format ${String(format)}; this Chainwatch reads format ${FORMAT}`, {
      remedy: 'compare with the newer of the two revisions checked out',
    });
  }
  return planDocument.parse(content);
}

function tooOld(name: string): CliError {
  return new CliError(`${name} is older than \`${COMMAND} plan\`, so it cannot say what it would do`, {
    remedy: 'choose a later --base',
  });
}

function exitCodeOf(code: number | null): ExitCode {
  return Object.values(exitCodes).find((known) => known === code) ?? exitCodes.internal;
}
