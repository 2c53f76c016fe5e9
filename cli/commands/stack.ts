import { type Command, Option } from 'commander';
import { act, collect, JSON_OPTION, type Session, stackOption } from '../command.ts';
import { COMMAND } from '../commandName.ts';
import { addExamples, addGroup, type Example, groups } from '../help.ts';
import type { InitOptions } from '../init/draftStack.ts';
import type { NetworkOptions } from '../init/network.ts';

/** init, network add, config check|schema|show: writing a stack file and looking at what it says. */
export function registerStackCommands(program: Command, session: Session): void {
  registerInit(program, session);
  registerNetwork(program, session);
  registerConfig(program, session);
}

/** What a network may be given by flags; the questions ask for the same. */
function networkFlags(command: Command): Command {
  return command
    .option('--chain <chain>', 'its chain: op-stack, …')
    .option('--node <target>', 'component=[name@]host:port; repeatable', collect, [])
    .option('--simulated', 'our simulator plays its nodes; dev only', false)
    .option('--set <key=value>', 'a field of it, such as l1.chainId=1; repeatable', collect, [])
    .option('--dry-run', 'show what would be written, and write nothing', false)
    .option('-y, --yes', 'ask nothing: flags say all, and it is written', false);
}

function registerInit(program: Command, session: Session): void {
  const init = networkFlags(
    program
      .command('init')
      .helpGroup(groups.write)
      .summary('create one, by questions or by flags')
      .description('Write a new stack file: by asking in a terminal, by flags in a script.')
      .option('-s, --stack <name>', 'what to call it: Pulumi.<name>.yaml')
      .addOption(
        new Option('--environment <kind>', 'how strict; default: its name').choices(['dev', 'testnet', 'mainnet']),
      )
      .option('--network <name>', 'its first network')
      .option('--receiver <channel>', 'who is told: slack, email, webhook, pagerduty, …')
      .option('--receiver-set <key=value>', 'a field of it, such as channel=#ops; repeatable', collect, [])
      .option('--watchdog <url|secret>', 'the webhook that notices when all is silent'),
  ).action(act(session, async (options: InitOptions) => (await import('../init/init.ts')).init(options, session.io)));
  addExamples(init, [
    [`${COMMAND} init`, 'asks for everything'],
    [
      `${COMMAND} init --stack dev --network op-dev --chain op-stack --simulated --set chainId=901 --set l1.chainId=31337`,
      'a simulated network on this machine',
    ],
    [
      `${COMMAND} init --stack mainnet --network op-main --chain op-stack --node op-node=10.0.0.5:7300 --set chainId=10 --set l1.chainId=1 --set l1.rpcUrls=https://eth.drpc.org,https://1rpc.io/eth --receiver slack --receiver-set channel=#incidents --watchdog deadmanUrl`,
      'a real one; at the end it says how to set its two secrets',
    ],
  ]);
}

function registerNetwork(program: Command, session: Session): void {
  const network = addGroup(program, 'network', 'The networks of a stack file.')
    .helpGroup(groups.write)
    .summary('add a network; comments are kept');
  const add = networkFlags(
    network
      .command('add')
      .summary('add a network, by questions or by flags')
      .description('Add a network to a stack file, by questions or by flags. Comments and order are kept.')
      .argument('[name]', 'of the network')
      .addOption(stackOption()),
  ).action(
    act(session, async (name: string | undefined, options: NetworkOptions) =>
      (await import('../init/network.ts')).addNetwork(name, options, session.io),
    ),
  );
  const calls: Example[] = [
    [`${COMMAND} network add`, 'asks for everything'],
    [
      `${COMMAND} network add op-two --chain op-stack --simulated --set chainId=902 --set l1.chainId=31337`,
      'a simulated one in the dev stack',
    ],
    [
      `${COMMAND} network add bega --stack testnet --chain op-stack --node op-geth=seq@10.0.0.5:6060 --node op-node=seq@10.0.0.5:7300 --set chainId=1234 --set l1.chainId=11155111 --set l1.rpcUrls=https://sepolia.drpc.org,https://1rpc.io/sepolia`,
      'a real one with two targets, both called seq',
    ],
  ];
  addExamples(add, calls);
  addExamples(network, calls);
}

function registerConfig(program: Command, session: Session): void {
  const { io } = session;
  const config = addGroup(program, 'config', 'Check stack files, and see what they say.')
    .helpGroup(groups.write)
    .summary('its faults, its schema, its defaults');
  const check = config
    .command('check')
    .summary('all faults, with line and column')
    .description('Find all faults of stack files, with line and column.')
    .option('-s, --stack <name>', 'only this one; default: all of this folder')
    .option('--all', 'all of this folder', false)
    .option(...JSON_OPTION, false)
    .action(
      act(session, async (options: { stack?: string; all: boolean; json: boolean }) =>
        (await import('../config/check.ts')).checkConfig(options, io),
      ),
    );
  const schema = config
    .command('schema')
    .summary('the JSON schema, for editors')
    .description('Print the JSON schema of stack files, which editors read.')
    .option('--write', 'into config/stack.schema.json, to which stack files refer', false)
    .action(
      act(session, async (options: { write: boolean }) =>
        (await import('../config/schema.ts')).showSchema(options, io),
      ),
    );
  const show = config
    .command('show')
    .summary('what it says, with every default')
    .description('Show what a stack file says, with every default filled in.')
    .addOption(stackOption())
    .option('--json', 'as JSON instead of YAML', false)
    .action(
      act(session, async (options: { stack: string; json: boolean }) =>
        (await import('../config/show.ts')).showConfig(options, io),
      ),
    );
  addExamples(check, [
    [`${COMMAND} config check`, 'all stack files of this folder'],
    [`${COMMAND} config check -s mainnet --json`, 'one, for a script'],
  ]);
  addExamples(schema, [
    [`${COMMAND} config schema`, 'print it'],
    [`${COMMAND} config schema --write`, 'after a chain or an alert was added'],
  ]);
  addExamples(show, [[`${COMMAND} config show -s testnet`, 'durations in seconds, sizes in bytes']]);
  addExamples(config, [
    [`${COMMAND} config check`, 'all stack files of this folder'],
    [`${COMMAND} config show -s testnet`, 'with every default'],
  ]);
}
