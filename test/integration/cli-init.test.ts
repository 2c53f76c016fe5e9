/** `chainwatch init` and `network add`, as a script and as a person at a terminal. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CLUSTER_SECTION } from '../../cli/init/init.ts';
import { mayAsk } from '../../cli/init/write.ts';
import { processIo } from '../../cli/io.ts';
import { inProcess, ROOT } from './command.ts';
import { eventually } from './eventually.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainwatch-cli-init-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function place(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}

const NETWORK = ['--chain', 'op-stack', '--set', 'chainId=901', '--set', 'l1.chainId=31337'];

describe('by flags', () => {
  test('a stack for each kind is one that config check takes', async () => {
    const cwd = place('kinds');
    const node = ['--node', 'op-node=seq@10.0.0.5:7300', '--node', 'op-geth=seq@10.0.0.5:6060'];
    const calls = [
      ['--stack', 'dev', '--network', 'op-dev', '--simulated', ...NETWORK],
      ['--stack', 'testnet', '--network', 'op-test', ...NETWORK, ...node, '--receiver', 'discord'],
      [
        '--stack',
        'mainnet',
        '--network',
        'op-main',
        ...NETWORK,
        ...node,
        '--receiver',
        'slack',
        '--watchdog',
        'deadmanUrl',
      ],
      ['--stack', 'eu', '--environment', 'testnet', '--network', 'op-eu', ...NETWORK, ...node],
    ];
    for (const args of calls) {
      const { code, stderr } = await inProcess(['init', ...args], { cwd });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    }
    const { code, stdout } = await inProcess(['config', 'check', '--json'], { cwd });
    expect(code).toBe(0);
    const { stacks } = JSON.parse(stdout);
    expect(stacks.map(({ stack, ok }: { stack: string; ok: boolean }) => [stack, ok])).toEqual([
      ['dev', true],
      ['eu', true],
      ['mainnet', true],
      ['testnet', true],
    ]);
  });

  test('a network more, and everything else stays', async () => {
    const cwd = place('more');
    const before = readFileSync(join(ROOT, 'Pulumi.mainnet.yaml'), 'utf8');
    writeFileSync(join(cwd, 'Pulumi.mainnet.yaml'), before);
    const args = ['network', 'add', 'op-more', '--stack', 'mainnet', ...NETWORK, '--node', 'op-node=10.9.9.9:7300'];
    const dry = await inProcess([...args, '--dry-run'], { cwd });
    expect(dry.stdout).toContain('+     op-more:\n');
    expect(readFileSync(join(cwd, 'Pulumi.mainnet.yaml'), 'utf8')).toBe(before);
    expect((await inProcess(args, { cwd })).code).toBe(0);
    const after = readFileSync(join(cwd, 'Pulumi.mainnet.yaml'), 'utf8').split('\n');
    const rest = after.filter((line, index) => index < after.indexOf('    op-more:') || before.includes(`${line}\n`));
    for (const line of before.split('\n')) expect(rest).toContain(line);
    expect(readdirSync(cwd)).toEqual(['Pulumi.mainnet.yaml']);
    const again = await inProcess(args, { cwd });
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('network op-more is there already');
  });

  test('what would be wrong is told, and nothing is written', async () => {
    const cwd = place('wrong');
    const node = ['--node', 'op-node=10.0.0.5'];
    const { code, stderr } = await inProcess(
      ['init', '--stack', 'testnet', '--network', 'x', ...NETWORK, ...node, '--set', 'l1.chainId=-1'],
      { cwd },
    );
    expect(code).toBe(2);
    expect(stderr).toContain('nothing is written, because it would be wrong:\nPulumi.testnet.yaml has 2 faults:');
    expect(stderr).toContain('chainwatch:networks.x.nodes.op-node');
    expect(readdirSync(cwd)).toEqual([]);
  });

  test.each<[string[], RegExp]>([
    [['init'], /missing:\n {2}--stack <name> .*\n {2}--network <name> .*\n {2}--chain <chain> .*\n {2}--node /],
    [['init', '--stack', 'dev'], /missing:\n {2}--network <name> .*\n {2}--chain <chain> .*\n {2}--node /],
    [['init', '--stack', 'eu', '--simulated'], /missing:\n {2}--environment <kind> .*\n {2}--network .*\n {2}--chain /],
    [
      ['init', '--stack', 'mainnet', '--network', 'x', '--chain', 'op-stack', '--set', 'chainId=1'],
      /missing:\n {2}--node .*\n {2}--set l1\.chainId=….*\n {2}--receiver .*\n {2}--watchdog /,
    ],
    [['network', 'add'], /missing:\n {2}<name> .*\n {2}--chain <chain> .*\n {2}--node /],
    [
      ['network', 'add', 'x', '--chain', 'op-stack'],
      /missing:\n {2}--node .*\n {2}--set chainId=….*\n {2}--set l1\.chainId=…/,
    ],
  ])(
    '%j: without a terminal to ask at, all flags that are missing are named, with an example',
    async (args, missing) => {
      const cwd = mkdtempSync(join(folder, 'missing-'));
      const adds = args[0] === 'network';
      if (adds) writeFileSync(join(cwd, 'Pulumi.dev.yaml'), 'config: {}\n');
      const { code, stdout, stderr } = await inProcess(args, { cwd });
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(missing);
      expect(readdirSync(cwd)).toEqual(adds ? ['Pulumi.dev.yaml'] : []);
      // The example is one that works.
      const [, example = ''] = /as in\n {2}npx chainwatch (.*?)\nor run/s.exec(stderr) ?? [];
      const tried = await inProcess(example.replaceAll('\\\n', ' ').split(/\s+/), { cwd });
      expect({ code: tried.code, stderr: tried.stderr }).toEqual({ code: 0, stderr: '' });
    },
  );

  test('its own examples are complete: a mainnet that config check takes, with readings of L1 and a channel', async () => {
    const { stdout } = await inProcess(['init', '--help'], { cwd: folder });
    const [, call = ''] = /a real one.*\n {2}\$ npx chainwatch (init [\s\S]*)$/.exec(stdout) ?? [];
    const cwd = place('example');
    const { code, stdout: said } = await inProcess(call.trim().replaceAll('\\\n', ' ').split(/\s+/), { cwd });
    expect(code).toBe(0);
    expect(said).toMatch(/rpcUrls: \[https:.*, https:.*\]\n[\s\S]*channel: "#/);
  });

  test('at the end it says how to go on, here and on a cluster, as the README does', async () => {
    const cwd = place('next');
    const args = ['--network', 'op-test', ...NETWORK, '--node', 'op-node=a:7300', '--receiver', 'discord'];
    const { stdout } = await inProcess(['init', '--stack', 'testnet', ...args], { cwd });
    expect(stdout).toContain('  npx chainwatch start --stack testnet         run it on this machine\n');
    const steps =
      /\n {2}pulumi stack init testnet\n {2}pulumi config set .*discordWebhook'\n {2}pulumi up --stack testnet\n$/;
    expect(stdout).toMatch(steps);
    expect(stdout).toContain(`"${CLUSTER_SECTION}" in README.md`);
    expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(`\n## ${CLUSTER_SECTION}\n`);
  });

  test('--yes asks nothing, not even in a terminal', () => {
    const flags = { dryRun: false, yes: true };
    expect([mayAsk(flags, { ...processIo(), interactive: true })]).toEqual([false]);
    expect(mayAsk({ ...flags, yes: false }, { ...processIo(), interactive: true })).toBe(true);
  });

  test('never over a file that is there', async () => {
    const cwd = place('over');
    writeFileSync(join(cwd, 'Pulumi.dev.yaml'), '# mine\n');
    const { code, stderr } = await inProcess(['init', '--stack', 'dev'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain('Pulumi.dev.yaml is there already, and is left as it is');
    expect(readFileSync(join(cwd, 'Pulumi.dev.yaml'), 'utf8')).toBe('# mine\n');
  });
});

/** util-linux' `script` gives a command a terminal of its own. */
const hasTerminal = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') ?? false;

describe('by asking', () => {
  /** Types each answer when its question has come. */
  async function converse(cwd: string, args: readonly string[], answers: readonly (readonly [string, string])[]) {
    const command = [process.execPath, '--disable-warning=ExperimentalWarning', join(ROOT, 'cli', 'main.ts'), ...args];
    const child = spawn('script', ['-qec', `stty cols 200 rows 50; ${command.join(' ')}`, '/dev/null'], {
      cwd,
      env: { ...process.env, TERM: 'xterm', CI: undefined },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let shown = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      shown += text;
    });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    try {
      let seen = 0;
      for (const [question, answer] of answers) {
        await eventually(`it asks "${question}"`, 120, async () => shown.slice(seen).includes(question) || undefined);
        seen = shown.length;
        child.stdin.write(answer);
        // The question is drawn before its keys are read.
        await sleep(150);
      }
      return { code: await ended, shown };
    } finally {
      child.kill();
    }
  }

  const ENTER = '\r';

  test('the questions of the chain make a stack file', async ({ skip }) => {
    if (!hasTerminal) skip("util-linux' script is not here, which gives a command a terminal");
    const cwd = place('asked');
    const { code, shown } = await converse(
      cwd,
      ['init', '--stack', 'dev', '--network', 'op-asked', '--chain', 'op-stack'],
      [
        ['Simulate its nodes?', ENTER],
        ['Which processes', ENTER],
        ['chainId', `abc${ENTER}`],
        // Refused; Ctrl-U empties the line.
        ['number', `\u0015901${ENTER}`],
        ['blockTime', ENTER],
        ['l1.chainId', `31337${ENTER}`],
        ['l1.rpcUrls', `service:anvil${ENTER}`],
        ['rpcUrls', ENTER],
        ['accounts.batcher', ENTER],
        ['accounts.proposer', ENTER],
        ['accounts.challenger', ENTER],
        ['Who is told', ENTER],
        ['Write this?', ENTER],
      ],
    );
    expect(code).toBe(0);
    expect(shown).toContain('Wrote Pulumi.dev.yaml');
    const text = readFileSync(join(cwd, 'Pulumi.dev.yaml'), 'utf8');
    expect(text).toContain('    op-asked:\n      chain: op-stack\n      simulated: true\n');
    expect(text).toContain(
      '      chainId: 901\n      l1:\n        chainId: 31337\n        rpcUrls: [{ service: anvil }]\n',
    );
    expect((await inProcess(['config', 'check'], { cwd })).code).toBe(0);
  });

  test('Ctrl-C at a question writes nothing, and ends with 130', async ({ skip }) => {
    if (!hasTerminal) skip("util-linux' script is not here, which gives a command a terminal");
    const cwd = place('interrupted');
    const { code } = await converse(cwd, ['init'], [['What is the stack called?', '\u0003']]);
    expect(code).toBe(130);
    expect(readdirSync(cwd)).toEqual([]);
  });
});
