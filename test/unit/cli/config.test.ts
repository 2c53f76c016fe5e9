import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { runCli } from '../../../cli/run.ts';
import { ROOT } from '../../fixtures/real.ts';
import { temporaryFolder, terminal } from './terminal.ts';

const GOOD = `config:
  chainwatch:networks:
    op-one:
      chain: op-stack
      chainId: 10
      nodes: { op-node: ["10.0.0.1:7300"] }
      l1: { chainId: 1, rpcUrls: [{ secret: rpcUrl }] }
  chainwatch:notifications:
    receivers: { team: { slack: { webhook: { secret: slackWebhook }, channel: "#x" } } }
    default: team
`;

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, `Pulumi.${name}.yaml`), text);
  return folder;
}

async function run(cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const io = terminal({ cwd, env });
  const code = await runCli(args, io);
  return { code, stdout: io.stdout(), stderr: io.stderr() };
}

describe('config check', () => {
  test('says what a good file comes to, and where its secrets come from', async () => {
    const cwd = folderWith({ testnet: GOOD });
    const secrets = join(cwd, '.chainwatch', 'testnet', 'secrets');
    mkdirSync(secrets, { recursive: true });
    writeFileSync(join(secrets, 'rpcUrl'), 'https://a.example/secret-part');
    chmodSync(join(secrets, 'rpcUrl'), 0o644);
    const { code, stdout, stderr } = await run(cwd, ['config', 'check'], {
      CHAINWATCH_SECRET_SLACK_WEBHOOK: 'secret-part',
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^ok Pulumi\.testnet\.yaml\n {2}1 network\n {4}op-one \(op-stack\): 1 target\n {2}\d+ alerts: \d+ critical, /,
    );
    expect(stdout).toContain('  1 receiver:\n    team: slack #x\n');
    expect(stdout).toContain('slackWebhook: from CHAINWATCH_SECRET_SLACK_WEBHOOK\n');
    expect(stdout).toContain(
      'rpcUrl: UNUSABLE: others on this machine may read .chainwatch/testnet/secrets/rpcUrl (mode 0644)',
    );
    expect(stdout).toContain('receiverToken: will be made at random in .chainwatch/testnet/secrets/receiverToken\n');
    expect(stdout).not.toContain('secret-part');
    expect(existsSync(join(secrets, 'receiverToken'))).toBe(false);
  });

  test('asks nobody for the token of an aggregator, which is made at random too', async () => {
    const file = GOOD.replace(
      '    op-one:',
      '    fleet: { chain: the-block, nodes: { aggregator: [{ name: one, service: aggregator }] } }\n    op-one:',
    );
    const { code, stdout, stderr } = await run(folderWith({ dev: file }), ['config', 'check']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('aggregatorToken: will be made at random in .chainwatch/dev/secrets/aggregatorToken\n');
  });

  test('finds all faults of all files, each with its place; one bad file does not hide the others', async () => {
    const cwd = folderWith({
      dev: GOOD,
      mainnet: GOOD.replace('chainId: 10', 'chainId: ten')
        .replace('op-node:', 'op-nod:')
        .replace('default: team', 'defualt: team'),
      testnet: 'config:\n  a: [\n',
    });
    const { code, stdout } = await run(cwd, ['config', 'check']);
    expect(code).toBe(2);
    expect(stdout).toContain('ok Pulumi.dev.yaml\n');
    expect(stdout).toMatch(/Pulumi\.mainnet\.yaml:5:7 {2}chainwatch:networks\.op-one\.chainId: /);
    expect(stdout).toContain('did you mean "op-node"?');
    expect(stdout).toContain('did you mean "default"?');
    expect(stdout).toContain('✗ Pulumi.testnet.yaml has ');

    const json = await run(cwd, ['config', 'check', '--json', '--all']);
    const { ok, stacks } = JSON.parse(json.stdout);
    expect([json.code, ok, stacks.map((each: { ok: boolean }) => each.ok)]).toEqual([2, false, [true, false, false]]);
    expect(stacks[1].faults).toContainEqual(
      expect.objectContaining({ path: 'chainwatch:networks.op-one.chainId', line: 5, column: 7 }),
    );
    expect(stacks[2].faults[0]).toMatchObject({ line: expect.any(Number) });
  });

  test('warns of what is no fault, and is content', async () => {
    const routes = GOOD.replace(
      '    default: team\n',
      `    default: team
    routes:
      - match: { severity: warning }
        muteTimes: [nights]
        routes:
          - { match: { instance: a } }
          - { match: { instance: b }, muteTimes: [] }
    muteTimes: { nights: [{ weekdays: [sunday] }] }
`,
    );
    const cwd = folderWith({
      dev: GOOD,
      testnet: routes,
      mainnet: `${routes}    watchdog: { receiver: team }\n  chainwatch:runbooks: https://x.example\n  chainwatch:prometheus: { retention: 8d }\n`,
    });
    const { code, stdout } = await run(cwd, ['config', 'check']);
    expect([code, stdout.match(/^warning: .*/gm)]).toEqual([
      0,
      [
        expect.stringMatching(
          /^warning: Pulumi\.mainnet\.yaml:15:13 {2}chainwatch:notifications\.routes\[0\]\.routes\[0\]: does not inherit the mute times of the route above \(nights\)/,
        ),
        expect.stringMatching(
          /^warning: Pulumi\.testnet\.yaml:1:1 {2}chainwatch:runbooks: is not set, so messages link to the status service/,
        ),
        expect.stringMatching(/^warning: Pulumi\.testnet\.yaml:15:13 /),
      ],
    ]);
    const json = await run(cwd, ['config', 'check', '--json', '--all']);
    const { ok, stacks } = JSON.parse(json.stdout);
    expect([ok, stacks.map(({ warnings }: { warnings: unknown[] }) => warnings.length)]).toEqual([true, [0, 1, 2]]);
    expect(stacks[2].warnings[1]).toMatchObject({
      path: 'chainwatch:notifications.routes[0].routes[0]',
      line: 15,
      column: 13,
    });
  });

  test('the stack files of the project give it nothing to say', async () => {
    const { code, stdout } = await run(ROOT, ['config', 'check', '--all']);
    expect([code, stdout.match(/^(warning|✗).*/gm)]).toEqual([0, null]);
  });

  test('one stack, or all: not both', async () => {
    const { code, stderr } = await run(folderWith({ dev: GOOD }), ['config', 'check', '--all', '--stack', 'dev']);
    expect(code).toBe(2);
    expect(stderr).toContain('give --stack or --all, not both');
  });
});

test('config show fills in every default, as YAML and as JSON', async () => {
  const cwd = folderWith({ testnet: GOOD });
  const yaml = await run(cwd, ['config', 'show', '--stack', 'testnet']);
  const json = await run(cwd, ['config', 'show', '--stack', 'testnet', '--json']);
  expect(parse(yaml.stdout)).toEqual(JSON.parse(json.stdout));
  expect(JSON.parse(json.stdout)).toMatchObject({ environment: 'testnet', prometheus: { scrapeInterval: 15 } });
});

test('config schema is a JSON schema that knows the chains', async () => {
  const { code, stdout } = await run(temporaryFolder(), ['config', 'schema']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    $schema: expect.stringContaining('json-schema.org'),
    required: ['config'],
  });
  expect(stdout).toContain('"op-stack"');
});
