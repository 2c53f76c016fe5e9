/** `chainwatch diff`: what a change of stack files, rules or code means for who is told of what. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import { interruptible } from '../interrupt.ts';
import type { Io } from '../io.ts';
import { readStackText } from '../loadStack.ts';
import { json, paint } from '../output.ts';
import { emptyDocument, type PlanDocument } from '../plan/document.ts';
import { compare, type Difference, isEmpty } from './compare.ts';
import { commitOf, type Repository, repositoryOf } from './git.ts';
import { formatMarkdown } from './markdown.ts';
import { planOf } from './revision.ts';
import { formatText } from './text.ts';
import { view } from './view.ts';
import { providePackages, withWorktree } from './worktree.ts';

export interface DiffOptions {
  readonly stack: string;
  readonly base: string;
  readonly format: 'text' | 'json' | 'markdown';
  readonly exitCode: boolean;
}

export async function diff(options: DiffOptions, io: Io): Promise<ExitCode> {
  const repository = repositoryOf(io.cwd, io.env);
  const commit = commitOf(options.base, repository, io.env);
  const { before, after } = await interruptible((signal) => bothPlans(options, repository, commit, io, signal));
  if (!before && !after) readStackText(options.stack, io.cwd);
  const difference = compare(before ?? emptyDocument(after), after ?? emptyDocument(before));
  const notes = [...(before ? [] : ['The stack is new.']), ...(after ? [] : ['The stack is removed.'])];
  show(difference, notes, options, commit, io);
  return options.exitCode && !isEmpty(difference) ? exitCodes.failed : exitCodes.ok;
}

interface Plans {
  readonly before: PlanDocument | undefined;
  readonly after: PlanDocument | undefined;
}

/** Each made by the code of its own revision; `undefined` where the revision has no such stack. */
export function bothPlans(
  { stack, base }: Pick<DiffOptions, 'stack' | 'base'>,
  repository: Repository,
  commit: string,
  io: Io,
  signal: AbortSignal,
): Promise<Plans> {
  const { cwd, env } = io;
  const onProgress = (what: string) => {
    if (io.progress) io.err(`${what}…\n`);
  };
  const worktree = { repository, commit, env, signal, onProgress };
  return withWorktree(worktree, async (top) => {
    const code = codeFolders(repository, cwd, top);
    const own = code.there !== code.here && existsSync(join(code.there, 'cli', 'main.ts'));
    const giveBack = own ? await providePackages(code.there, code.here, worktree) : () => {};
    try {
      const common = { stack, env, signal };
      const folder = join(top, repository.prefix);
      // Side by side; both have ended before anything is cleared away.
      const [before, after] = await Promise.allSettled([
        planOf({ ...common, name: `revision ${base}`, program: code.there, folder }),
        planOf({ ...common, name: 'the working tree', program: code.here, folder: cwd }),
      ]);
      return { before: settled(before), after: settled(after) };
    } finally {
      giveBack();
    }
  });
}

/** @throws its reason where it was rejected */
function settled<T>(result: PromiseSettledResult<T>): T {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

/**
 * Where the code of both revisions is. A repository that holds only stack files has none: then this program makes both plans, and the
 * difference is that of the stack files.
 */
function codeFolders({ top }: Repository, cwd: string, baseTop: string): { here: string; there: string } {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (isProgram(folder)) return { here: folder, there: join(baseTop, relative(top, folder)) };
    if (folder === top || !`${folder}${sep}`.startsWith(`${top}${sep}`) || dirname(folder) === folder) break;
  }
  const own = join(import.meta.dirname, '..', '..');
  return { here: own, there: own };
}

function isProgram(folder: string): boolean {
  const manifest = join(folder, 'package.json');
  if (!existsSync(join(folder, 'cli', 'main.ts')) || !existsSync(manifest)) return false;
  const content: unknown = JSON.parse(readFileSync(manifest, 'utf8'));
  return typeof content === 'object' && content !== null && 'name' in content && content.name === 'chainwatch';
}

function show(
  difference: Difference,
  notes: readonly string[],
  { stack, base, format }: DiffOptions,
  commit: string,
  io: Io,
): void {
  const short = commit.slice(0, 10);
  if (format === 'json') {
    io.out(json({ format: 1, stack, base: { revision: base, commit }, empty: isEmpty(difference), ...difference }));
    return;
  }
  const empty = isEmpty(difference) && notes.length === 0;
  if (format === 'markdown') {
    const body = empty ? 'Nothing changes for it.' : formatMarkdown(view(difference));
    io.out([`### Chainwatch: stack \`${stack}\`, \`${short}\` → this change`, ...notes, body, ''].join('\n\n'));
    return;
  }
  const colours = paint(io);
  if (empty) io.out(`Nothing changes for stack ${stack}: the plan is that of ${base} (${short}).\n`);
  else {
    const head = colours.dim(`Stack ${stack}: ${base} (${short}) → the files here`);
    io.out(`${[head, ...notes, '', formatText(view(difference), colours)].join('\n')}`);
  }
}
