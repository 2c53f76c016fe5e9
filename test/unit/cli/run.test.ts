import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { COMMAND } from '../../../cli/commandName.ts';
import { groups } from '../../../cli/help.ts';
import { makeProgram, runCli } from '../../../cli/run.ts';
import { version } from '../../../cli/version.ts';
import { temporaryFolder, terminal } from './terminal.ts';

async function run(args: readonly string[], options: Parameters<typeof terminal>[0] = {}) {
  const io = terminal(options);
  const code = await runCli(args, io);
  return { code, stdout: io.stdout(), stderr: io.stderr() };
}

function allCommands(command: Command, path: readonly string[] = []): string[][] {
  return command.commands
    .filter((each) => each.name() !== 'help')
    .flatMap((each) => [[...path, each.name()], ...allCommands(each, [...path, each.name()])]);
}

describe('help', () => {
  const commands = allCommands(makeProgram({ io: terminal(), exitCode: 0 }));

  test('knows every command of the issue', () => {
    expect(commands.map((path) => path.join(' '))).toEqual(
      expect.arrayContaining([
        ...['start', 'stop', 'status', 'simulate', 'serve', 'init', 'network add', 'config check', 'config schema'],
        ...['config show', 'render', 'diff', 'rules check', 'rules test', 'rules list', 'explain', 'notify test'],
      ]),
    );
  });

  test.each(['rules', 'peers', 'config'])('is what `%s` says that was not told which', async (group) => {
    const { code, stdout, stderr } = await run([group]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`Usage: ${COMMAND} ${group}`);
    expect(stderr).not.toContain('chainwatch:');
  });

  test.each(commands.map((path) => path.join(' ')))('%s has examples that start with its own words', async (path) => {
    const { code, stdout, stderr } = await run([...path.split(' '), '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [, examples = ''] = stdout.split('Examples:\n');
    const calls = examples.split('\n').filter((line) => line.startsWith('  $ '));
    expect(calls.length).toBeGreaterThan(0);
    for (const call of calls) expect(call).toContain(`${COMMAND} ${path}`);
  });

  test('of the program: with --help and without arguments', async () => {
    const asked = await run(['--help']);
    expect(asked.stdout).toContain(`Usage: ${COMMAND}`);
    expect(asked.stdout).toContain('docs/exit-codes.md');
    expect((await run([])).code).toBe(0);
  });

  test('by the word and by the option is the same, also of a command below another', async () => {
    for (const path of [[], ['diff'], ['config', 'check']])
      expect(await run(['help', ...path])).toEqual(await run([...path, '--help']));
    expect((await run([])).stdout).toBe((await run(['--help'])).stdout);
  });

  test.each(['', ...commands.map((path) => path.join(' '))])(
    '"%s" fits 80 columns and says each thing once',
    async (path) => {
      const { stdout } = await run([...path.split(' ').filter((word) => word !== ''), '--help']);
      for (const line of stdout.split('\n')) expect([...line].length, line).toBeLessThanOrEqual(80);
      expect(stdout).not.toMatch(/default: (false|\[\]|"|dev\))|\[options\] {2,}/);
      expect(stdout).not.toMatch(/ +$/m);
    },
  );

  test('groups the commands by what one wants to do, each in one line', async () => {
    const { stdout } = await run(['--help']);
    const heads = Object.values(groups);
    expect(heads.map((head) => stdout.indexOf(head))).toEqual(
      heads.map((head) => stdout.indexOf(head)).sort((a, b) => a - b),
    );
    const [, list = ''] = /(Run a stack.*)\n\nExamples:/s.exec(stdout) ?? [];
    const rows = list.split('\n').filter((line) => line !== '' && !heads.some((head) => line === head));
    expect(rows.map((line) => line.trim().split(/[ <[]/)[0])).toEqual([
      ...['start', 'status', 'simulate', 'stop', 'init', 'network', 'config', 'diff'],
      ...['backtest', 'rules', 'drill', 'catalog', 'explain', 'render', 'notify', 'serve', 'peers', 'version', 'help'],
    ]);
  });

  test('an example that is long is one call in several lines', async () => {
    const { stdout } = await run(['init', '--help']);
    expect(stdout).toContain(
      '  # a simulated network on this machine\n' +
        '  $ npx chainwatch init --stack dev --network op-dev --chain op-stack \\\n' +
        '      --simulated --set chainId=901 --set l1.chainId=31337\n',
    );
  });

  test('the version of the package', async () => {
    expect((await run(['--version'])).stdout).toBe(`${version}\n`);
    expect((await run(['version'])).stdout).toMatch(new RegExp(`^chainwatch ${version} \\(Node \\d+`));
    expect(JSON.parse((await run(['version', '--json'])).stdout)).toMatchObject({ chainwatch: version });
  });
});

describe('wrong arguments end with 2 and one message', () => {
  test.each<[string, string[], string | RegExp]>([
    ['an unknown command', ['strat'], 'unknown command "strat"; did you mean "start"?\nRemedy: npx chainwatch --help'],
    ['one that begins as another', ['stat'], 'unknown command "stat"; did you mean "status"?'],
    ['one that begins as several', ['sta'], 'unknown command "sta"; did you mean "start" or "status"?'],
    ['one like no other', ['frobnicate'], 'unknown command "frobnicate"\nRemedy: npx chainwatch --help lists'],
    [
      'one below another',
      ['config', 'chek'],
      'unknown command "chek"; did you mean "check"?\nRemedy: npx chainwatch config --help',
    ],
    ['an unknown one, asked for help', ['frobnicate', '--help'], 'unknown command "frobnicate"'],
    ['the same with the option first', ['-h', 'frobnicate'], 'unknown command "frobnicate"'],
    ['the same below another', ['rules', 'lst', '-h'], 'unknown command "lst"; did you mean "list"?'],
    ['the help of one that is unknown', ['help', 'frobnicate'], 'unknown command "frobnicate"'],
    ['a hidden one is not proposed', ['pla'], 'unknown command "pla"\nRemedy: '],
    [
      'an unknown option',
      ['render', '--ot', 'x'],
      'unknown option "--ot"; did you mean "--out"?\nRemedy: npx chainwatch render --help lists',
    ],
    ['one of a command below another', ['rules', 'list', '--frob'], 'Remedy: npx chainwatch rules list --help'],
    ['a missing option', ['render'], 'say where to write: --out <folder>'],
    ['a value that it cannot have', ['diff', '--format', 'html'], 'Allowed choices are text, json, markdown.'],
    [
      'a missing argument',
      ['explain'],
      /missing required argument "labels"\nRemedy: give it, as in\n {2}npx chainwatch explain -s mainnet .*=/,
    ],
    ['an unknown service', ['serve', 'reciever'], 'unknown service "reciever"; did you mean "receiver"?'],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    if (message instanceof RegExp) expect(stderr).toMatch(message);
    else expect(stderr).toContain(message);
    expect(stderr).toMatch(/^chainwatch: /);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

describe('a stack that is not there', () => {
  test('is answered with those that are, and the nearest', async () => {
    const cwd = temporaryFolder();
    for (const name of ['dev', 'testnet']) writeFileSync(join(cwd, `Pulumi.${name}.yaml`), 'config: {}\n');
    const { code, stderr } = await run(['config', 'show', '--stack', 'tesnet'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain(`there is no Pulumi.tesnet.yaml in ${cwd}; did you mean testnet?`);
    expect(stderr).toContain('choose one of dev, testnet, or make it: npx chainwatch init --stack tesnet');
  });

  test('in a folder without any, says how to make one', async () => {
    const cwd = temporaryFolder();
    for (const args of [
      ['config', 'check'],
      ['config', 'show'],
    ]) {
      const { code, stderr } = await run(args, { cwd });
      expect(code).toBe(2);
      expect(stderr).toContain('npx chainwatch init');
    }
  });

  test('a name never leads out of the folder', async () => {
    const { code, stderr } = await run(['config', 'show', '--stack', '../x'], { cwd: temporaryFolder() });
    expect(code).toBe(2);
    expect(stderr).toContain('"../x" is not the name of a stack');
  });
});
