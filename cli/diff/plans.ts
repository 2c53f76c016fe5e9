/** The plans of a revision and of the files here, each made by its own code. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { Io } from '../io.ts';
import type { PlanDocument } from '../plan/document.ts';
import type { Repository } from './git.ts';
import { planOf } from './revision.ts';
import { providePackages, withWorktree } from './worktree.ts';

export interface Plans {
  readonly before: PlanDocument | undefined;
  readonly after: PlanDocument | undefined;
}

/** Each made by the code of its own revision; `undefined` where the revision has no such stack. */
export function bothPlans(
  { stack, base }: { readonly stack: string; readonly base: string },
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
