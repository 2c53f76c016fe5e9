/** A revision of the repository in a folder of its own, ready to run, for as long as somebody works with it. */
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../child.ts';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exitCodes.ts';
import { gitRaw, type Repository, withoutGitVariables } from './git.ts';

export interface WorktreeOptions {
  readonly repository: Repository;
  readonly commit: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Told what takes long. */
  readonly onProgress: (what: string) => void;
}

/**
 * Gives `work` the revision's top folder, and removes it whatever happens.
 * @throws CliError where git cannot make it
 */
export async function withWorktree<T>(options: WorktreeOptions, work: (top: string) => Promise<T>): Promise<T> {
  const { repository, commit, env, signal } = options;
  // The real path: git records that one.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'chainwatch-diff-')));
  const top = join(folder, 'base');
  try {
    // Hooks of the repository are for its own work tree.
    const args = ['-c', 'core.hooksPath=/dev/null', 'worktree', 'add', '--quiet', '--detach', top, commit];
    const added = await run('git', args, { cwd: repository.top, env: withoutGitVariables(env), signal });
    if (added.code !== 0) throw new CliError(`git worktree add: ${added.stderr.trim().split('\n').at(-1) ?? ''}`);
    return await work(top);
  } finally {
    remove(top, folder, options);
  }
}

/** Not abortable: what was made is removed even when Ctrl-C is the reason. */
function remove(top: string, folder: string, { repository, env }: WorktreeOptions): void {
  const removed = gitRaw(['worktree', 'remove', '--force', '--force', top], repository.top, env);
  rmSync(folder, { recursive: true, force: true });
  if (removed.status !== 0) forget(top, repository, env);
}

/**
 * What git keeps of a worktree that it had only half made. Not by `git worktree prune`: that would also forget worktrees of the user's
 * whose disk is not mounted just now.
 */
function forget(top: string, repository: Repository, env: WorktreeOptions['env']): void {
  const common = gitRaw(['rev-parse', '--path-format=absolute', '--git-common-dir'], repository.top, env).stdout.trim();
  const records = join(common, 'worktrees');
  if (common === '' || !existsSync(records)) return;
  for (const name of readdirSync(records)) {
    const place = join(records, name, 'gitdir');
    if (existsSync(place) && readFileSync(place, 'utf8').startsWith(`${top}/`))
      rmSync(join(records, name), { recursive: true, force: true });
  }
}

/**
 * Gives a folder of the worktree its packages: those at hand where the lock file is the same, else its own.
 * @param here the same folder in the working tree
 * @throws CliError where npm cannot install them
 */
export async function providePackages(
  there: string,
  here: string,
  { env, signal, onProgress }: WorktreeOptions,
): Promise<() => void> {
  const modules = join(there, 'node_modules');
  if (existsSync(modules)) return () => {};
  if (sameLock(there, here) && existsSync(join(here, 'node_modules'))) {
    symlinkSync(join(here, 'node_modules'), modules);
    // Nothing that removes the worktree may ever follow the link.
    return () => {
      if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) unlinkSync(modules);
    };
  }
  onProgress('installing the packages of the base revision');
  const args = ['ci', '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', '--prefer-offline'];
  const installed = await run('npm', args, { cwd: there, env, signal });
  if (installed.code === 0) return () => {};
  const words = installed.stderr.trim().split('\n').slice(-5).join('\n  ');
  throw new CliError(`npm cannot install the packages of the base revision:\n  ${words}`, {
    exitCode: exitCodes.missing,
    remedy: 'let npm reach its registry, or choose a base with the same package-lock.json',
  });
}

function sameLock(there: string, here: string): boolean {
  const [a, b] = [there, here].map((folder) => join(folder, 'package-lock.json'));
  return (
    a !== undefined && b !== undefined && existsSync(a) && existsSync(b) && readFileSync(a).equals(readFileSync(b))
  );
}
