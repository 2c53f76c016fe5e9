/** git, asked about the repository that a folder is in. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { notFound } from '../child.ts';
import { CliError } from '../errors.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Inside of a hook git names its own repository by variables, which would win over the folder that we ask about. */
export function withoutGitVariables(env: Env): Env {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^GIT_(DIR|WORK_TREE|INDEX_FILE|PREFIX|COMMON_DIR)$/.test(name)),
  );
}

/** The answer's text without the last line break. @throws CliError with git's own words */
export function git(args: readonly string[], cwd: string, env: Env): string {
  const result = gitRaw(args, cwd, env);
  if (result.status === 0) return result.stdout.replace(/\n$/, '');
  throw new CliError(`git ${args[0]}: ${result.stderr.trim().split('\n').at(-1) ?? 'failed'}`);
}

export function gitRaw(args: readonly string[], cwd: string, env: Env): SpawnSyncReturns<string> {
  const result = spawnSync('git', args, { cwd, env: withoutGitVariables(env), encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (result.error) throw notFound('git', result.error);
  return result;
}

export interface Repository {
  /** Its top folder. */
  readonly top: string;
  /** The folder that was asked about, below it; empty for the top itself. */
  readonly prefix: string;
}

/** @throws CliError outside of a repository */
export function repositoryOf(folder: string, env: Env): Repository {
  const result = gitRaw(['rev-parse', '--show-toplevel', '--show-prefix'], folder, env);
  const [top, prefix = ''] = result.stdout.split('\n');
  if (result.status === 0 && top) return { top, prefix: prefix.replace(/\/$/, '') };
  throw new CliError(`${folder} is in no git repository; what is compared is a revision of one`);
}

/** The commit that a revision means. @throws CliError for one that does not exist */
export function commitOf(revision: string, { top }: Repository, env: Env): string {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
  const result = gitRaw(args, top, env);
  if (result.status === 0) return result.stdout.trim();
  const shallow = gitRaw(['rev-parse', '--is-shallow-repository'], top, env).stdout.trim() === 'true';
  const remedy = shallow
    ? 'this clone is shallow: git fetch --unshallow'
    : `name a commit, branch or tag that this clone has; git fetch brings those of others`;
  throw new CliError(`there is no revision "${revision}" here`, { remedy });
}
