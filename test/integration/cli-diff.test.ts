/** `chainwatch diff` in a real git repository, each revision by its own code. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { withWorktree } from '../../cli/diff/worktree.ts';
import { chainwatch, type Ended, inProcess, ROOT, start } from './command.ts';
import { eventually } from './eventually.ts';

/** One network is as good as many, and quicker. */
const STACK = `config:
  chainwatch:networks:
    op-one:
      chain: op-stack
      chainId: 10
      nodes:
        op-node: [{ name: a, address: "10.0.0.1:7300" }]
        op-batcher: [{ name: b, address: "10.0.0.2:7301" }]
      l1: { chainId: 1 }
      alerts:
        BatcherLowETH: { threshold: 2 ETH }
  chainwatch:notifications:
    receivers: { team: { slack: { webhook: { secret: slackWebhook } } } }
    default: team
`;

let folder = '';
let repository = '';
let temporary = '';

function git(...args: readonly string[]): string {
  const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.org', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...who, ...args], { cwd: repository, encoding: 'utf8' }).trim();
}

function edit(file: string, change: (text: string) => string): void {
  const path = join(repository, file);
  const before = readFileSync(path, 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(path, after);
}

const stackFile = (change: (text: string) => string) => edit('Pulumi.mainnet.yaml', (text) => change(text));

/** As a process, by the code of the repository. */
function diff(args: readonly string[] = [], env: Record<string, string> = {}): Promise<Ended> {
  const options = { cwd: repository, program: repository, env: { TMPDIR: temporary, ...env } };
  return chainwatch(['diff', '--stack', 'mainnet', ...args], options);
}

/** The comparison in this process; the plans are still made by each revision's own code, in processes of their own. */
function diffHere(args: readonly string[] = [], env: Record<string, string> = {}): Promise<Ended> {
  return inProcess(['diff', '--stack', 'mainnet', ...args], { cwd: repository, env });
}

/** Those of ours that are left in the folder for temporary files. */
const folders = () => readdirSync(temporary).filter((name) => name.startsWith('chainwatch-'));

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'chainwatch-cli-diff-')));
  [repository, temporary] = [join(folder, 'repository'), join(folder, 'tmp')];
  mkdirSync(repository);
  mkdirSync(temporary);
  vi.stubEnv('TMPDIR', temporary);
  git('init', '--quiet', '--initial-branch=main');
  writeFileSync(join(repository, 'README.md'), 'nothing yet\n');
  writeFileSync(join(repository, '.gitignore'), 'node_modules\n');
  git('add', '.');
  git('commit', '--quiet', '-m', 'before there was a plan');
  git('tag', 'too-old');
  for (const name of ['bin', 'chains', 'cli', 'config', 'local', 'model', 'rules', 'services', 'tools'])
    cpSync(join(ROOT, name), join(repository, name), { recursive: true });
  for (const name of ['package.json', 'package-lock.json']) cpSync(join(ROOT, name), join(repository, name));
  symlinkSync(realpathSync(join(ROOT, 'node_modules')), join(repository, 'node_modules'));
  writeFileSync(join(repository, 'Pulumi.mainnet.yaml'), `${STACK}    watchdog: { receiver: team }\n`);
  git('add', '.');
  git('commit', '--quiet', '-m', 'base');
});

afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
  // A test that failed is no reason for the next one to fail, nor for its own second try.
  for (const name of folders()) rmSync(join(temporary, name), { recursive: true, force: true });
  git('worktree', 'prune');
  git('checkout', '--quiet', '--force', 'main');
  git('clean', '--quiet', '-fd');
});

afterEach(() => {
  // Whatever happened: the worktree is gone, its folder is gone, and nothing followed the link to the packages.
  expect(git('worktree', 'list', '--porcelain').match(/^worktree /gm)).toHaveLength(1);
  expect(folders()).toEqual([]);
  expect(existsSync(join(ROOT, 'node_modules', 'zod', 'package.json'))).toBe(true);
});

describe('a change', () => {
  test('of stack file, rules and code is told in units, each revision by its own code', async () => {
    stackFile((text) =>
      text.replace('threshold: 2 ETH', 'threshold: 0.5 ETH, for: 1h').replace('"10.0.0.1:7300"', '"10.0.0.9:7300"'),
    );
    edit('rules/op-stack/alerts.yaml', (text) => text.replace('alert: L2NodeDown', 'alert: L2NodeGone'));
    rmSync(join(repository, 'rules/op-stack/runbooks/L2NodeDown.md'), { force: true });
    // By the code of here the base would scrape there too.
    edit('chains/op-stack/chain.ts', (text) =>
      text.replace("name: 'op-batcher', metricsPath: '/metrics'", "name: 'op-batcher', metricsPath: '/elsewhere'"),
    );

    const text = await diff();
    expect({ code: text.code, stderr: text.stderr }).toEqual({ code: 0, stderr: '' });
    expect(text.stdout).toMatch(/1 alert added\n {2}\+ L2NodeGone {2}critical .*op-one/);
    expect(text.stdout).toMatch(/1 alert removed\n {2}- L2NodeDown {2}critical .*op-one/);
    expect(text.stdout).toMatch(
      /~ BatcherLowETH \(warning\) {2}op-one\n {6}threshold {2}< 2 ETH → < 0\.5 ETH {2}fires later\n {6}for .* → 1h {2}fires later/,
    );
    expect(text.stdout).toContain('~ op-one/op-node/a\n      address  10.0.0.1:7300 → 10.0.0.9:7300\n');
    expect(text.stdout).toContain('~ op-one/op-batcher/b\n      path  /metrics → /elsewhere\n');

    const json = await diffHere(['--format', 'json', '--base', 'main', '--exit-code']);
    expect(json.code).toBe(1);
    const document = JSON.parse(json.stdout);
    expect(document).toMatchObject({
      format: 1,
      stack: 'mainnet',
      base: { revision: 'main', commit: git('rev-parse', 'main') },
      empty: false,
    });
    expect(document.alerts.added.map(({ alert }: { alert: string }) => alert)).toEqual(['L2NodeGone']);
  });

  test('that means nothing is said to mean nothing; a hook of git does not disturb', async () => {
    stackFile((text) => `# a comment\n${text}`);
    const env = {
      GIT_DIR: join(repository, '.git'),
      GIT_WORK_TREE: repository,
      GIT_INDEX_FILE: join(repository, '.git', 'index'),
    };
    const { code, stdout } = await diff(['--exit-code'], env);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `Nothing changes for stack mainnet: the plan is that of HEAD (${git('rev-parse', 'main').slice(0, 10)}).\n`,
    });
    expect(git('status', '--porcelain')).toBe('M Pulumi.mainnet.yaml');
  });
});

describe('a base that gives no plan', () => {
  test.each([
    ['does not exist', 'mian'],
    ['looks like an option', '--force'],
  ])('%s', async (_, revision) => {
    const { code, stdout, stderr } = await diffHere([`--base=${revision}`]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`chainwatch: there is no revision "${revision}" here\nRemedy: `);
  });

  test('was before there was anything: then the stack is new', async () => {
    const { code, stdout } = await diffHere(['--base', 'too-old', '--format', 'markdown']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^### Chainwatch: stack `mainnet`, `[0-9a-f]{10}` → this change\n\nThe stack is new\.\n/);
    expect(stdout).toMatch(
      /\n#### \d+ alerts added\n\n<details><summary>show them<\/summary>\n\n\| alert \| severity \| when \| of \|\n/,
    );
  });

  test('has the stack, but no command that could read it', async () => {
    git('rm', '--quiet', '-r', 'cli');
    git('commit', '--quiet', '-m', 'without the command');
    const base = git('rev-parse', 'HEAD');
    git('reset', '--quiet', '--hard', 'HEAD^');
    const { code, stderr } = await diffHere(['--base', base]);
    expect(code).toBe(2);
    expect(stderr).toContain('is older than `npx chainwatch plan`');
  });

  test('has a fault in its stack file: it is named, and whose it is', async () => {
    stackFile((text) => text.replace('threshold: 2 ETH', 'threshold: 2 gwai'));
    git('commit', '--quiet', '-am', 'a fault');
    const base = git('rev-parse', 'HEAD');
    git('reset', '--quiet', '--hard', 'HEAD^');
    const { code, stderr } = await diffHere(['--base', base]);
    expect(code).toBe(2);
    expect(stderr).toContain(`revision ${base} gives no plan: Pulumi.mainnet.yaml has 1 fault:`);
    expect(stderr).toContain('gwai');
  });

  test('outside of a repository', async () => {
    const { code, stderr } = await inProcess(['diff'], {
      cwd: folder,
      env: { GIT_CEILING_DIRECTORIES: dirname(folder) },
    });
    expect(code).toBe(2);
    expect(stderr).toContain('is in no git repository');
  });
});

test('a worktree that was only half made is forgotten; one of the user whose disk is away is not', async () => {
  const away = join(folder, 'away');
  git('worktree', 'add', '--quiet', '--detach', away, 'main');
  renameSync(away, `${away}-for-now`);
  const options = {
    repository: { top: repository, prefix: '' },
    commit: 'main',
    env: process.env,
    onProgress: () => {},
  };
  await withWorktree({ ...options, signal: new AbortController().signal }, async (top) => rmSync(join(top, '.git')));
  expect(git('worktree', 'list', '--porcelain').match(/^worktree .*/gm)).toEqual([
    `worktree ${repository}`,
    `worktree ${away}`,
  ]);
  renameSync(`${away}-for-now`, away);
  git('worktree', 'remove', away);
});

describe('other packages than here', () => {
  /** Stands in for npm, which would need its registry. */
  function fakeNpm(script: string): Record<string, string> {
    const bin = join(folder, 'bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'npm'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, 'npm'), 0o755);
    return { PATH: `${bin}${delimiter}${process.env.PATH}` };
  }

  beforeEach(() => edit('package-lock.json', (text) => `${text}\n`));

  test('are installed for the base, without running its scripts', async () => {
    const log = join(folder, 'npm.log');
    const modules = realpathSync(join(ROOT, 'node_modules'));
    const { code, stdout } = await diffHere([], fakeNpm(`echo "$PWD $*" >> ${log}; ln -s ${modules} node_modules`));
    expect(code).toBe(0);
    expect(stdout).toContain('Nothing changes');
    expect(readFileSync(log, 'utf8')).toMatch(/\/base ci --ignore-scripts --omit=dev /);
  });

  test('that cannot be had are told in the words of npm', async () => {
    const { code, stderr } = await diffHere([], fakeNpm('echo "npm error network" >&2; exit 1'));
    expect(code).toBe(3);
    expect(stderr).toContain('npm cannot install the packages of the base revision:\n  npm error network\nRemedy: ');
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s in the middle leaves nothing behind', async (signal, exitCode) => {
    const mark = join(folder, `started-${signal}`);
    const env = { TMPDIR: temporary, ...fakeNpm(`touch ${mark}; exec sleep 60`) };
    const { child, ended } = start(['diff', '--stack', 'mainnet'], { cwd: repository, program: repository, env });
    onTestFinished(() => void child.kill('SIGKILL'));
    await eventually('npm runs', 120, async () => existsSync(mark) || undefined);
    expect(folders()).toHaveLength(1);
    child.kill(signal);
    expect(await ended).toEqual({ code: exitCode, stdout: '', stderr: '' });
  });
});

/** As a terminal does it: Ctrl-C goes to the program and to everything that it has started. */
test.each(['worktree', 'plan'])('Ctrl-C while the %s is made leaves nothing behind', async (step) => {
  const { child, ended } = start(['diff', '--stack', 'mainnet'], {
    ...{ cwd: repository, program: repository, env: { TMPDIR: temporary } },
    ownGroup: true,
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('it did not start');
  onTestFinished(() => void child.kill('SIGKILL'));
  const ready = () => {
    const [made] = folders();
    if (made === undefined) return false;
    return step === 'worktree' || existsSync(join(temporary, made, 'base', 'node_modules'));
  };
  await eventually(`the ${step} is being made`, 120, async () => ready() || undefined);
  process.kill(-pid, 'SIGINT');
  expect(await ended).toEqual({ code: 130, stdout: '', stderr: '' });
});
