import { type Command, Option } from 'commander';
import { act, collect, examples, JSON_OPTION, type Session, stackOption } from '../command.ts';
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
    .option(
      '--node <component=host:port>',
      'a scrape target, or component=name@host:port; may be repeated',
      collect,
      [],
    )
    .option('--simulated', 'served by our simulator instead of real nodes; dev only', false)
    .option('--set <key=value>', 'a field of the network, such as l1.chainId=1; may be repeated', collect, [])
    .option('--dry-run', 'show what would be written, and write nothing', false)
    .option('-y, --yes', 'write without asking', false);
}

function registerInit(program: Command, session: Session): void {
  const init = networkFlags(
    program
      .command('init')
      .description('write a new stack file, by asking or by flags')
      .option('-s, --stack <name>', 'the stack to make: Pulumi.NAME.yaml')
      .addOption(
        new Option('--environment <kind>', 'how strict to be; default: the name of the stack').choices([
          'dev',
          'testnet',
          'mainnet',
        ]),
      )
      .option('--network <name>', 'its first network')
      .option('--receiver <channel>', 'who is told: slack, discord, pagerduty, telegram, email or webhook')
      .option(
        '--receiver-set <key=value>',
        'a field of that channel, such as channel=#alerts; may be repeated',
        collect,
        [],
      )
      .option(
        '--watchdog <url|secret>',
        'the webhook that notices when the Watchdog stops; an address, or a secret’s name',
      ),
  ).action(act(session, async (options: InitOptions) => (await import('../init/init.ts')).init(options, session.io)));
  examples(init, [
    ['chainwatch init', 'asks for everything'],
    [
      'chainwatch init --stack dev --network op-dev --chain op-stack --simulated --set chainId=901 --set l1.chainId=31337',
      '',
    ],
    [
      'chainwatch init --stack mainnet --network op-main --chain op-stack --node op-geth=10.0.0.5:6060 --set chainId=10 --set l1.chainId=1 --receiver slack --watchdog deadmanUrl',
      '',
    ],
  ]);
}

function registerNetwork(program: Command, session: Session): void {
  const network = program.command('network').description('the networks of a stack file');
  const add = networkFlags(
    network
      .command('add')
      .description('add a network to a stack file, by asking or by flags; comments stay')
      .argument('[name]', 'of the network')
      .addOption(stackOption()),
  ).action(
    act(session, async (name: string | undefined, options: NetworkOptions) =>
      (await import('../init/network.ts')).addNetwork(name, options, session.io),
    ),
  );
  const calls: [string, string][] = [
    ['chainwatch network add', 'asks for everything'],
    [
      'chainwatch network add op-two --chain op-stack --simulated --set chainId=902 --set l1.chainId=31337',
      'simulated, in the dev stack',
    ],
    [
      'chainwatch network add bega --stack testnet --chain op-stack --node op-geth=seq@10.0.0.5:6060 --node op-node=seq@10.0.0.5:7300 --set chainId=1234 --set l1.chainId=11155111',
      '',
    ],
  ];
  examples(add, calls);
  examples(network, calls);
}

function registerConfig(program: Command, session: Session): void {
  const { io } = session;
  const config = program.command('config').description('check stack files, and see what they say');
  const check = config
    .command('check')
    .description('find all faults of stack files, with line and column')
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
    .description('the JSON schema of stack files, for editors')
    .option('--write', 'into config/stack.schema.json, to which the stack files refer', false)
    .action(
      act(session, async (options: { write: boolean }) =>
        (await import('../config/schema.ts')).showSchema(options, io),
      ),
    );
  const show = config
    .command('show')
    .description('what a stack file says, with every default filled in')
    .addOption(stackOption())
    .option('--json', 'as JSON instead of YAML', false)
    .action(
      act(session, async (options: { stack: string; json: boolean }) =>
        (await import('../config/show.ts')).showConfig(options, io),
      ),
    );
  examples(check, [
    ['chainwatch config check', 'all stack files of this folder'],
    ['chainwatch config check --stack mainnet --json', 'one, for a script'],
  ]);
  examples(schema, [
    ['chainwatch config schema', 'print it'],
    ['chainwatch config schema --write', 'after a chain or an alert was added'],
  ]);
  examples(show, [['chainwatch config show --stack testnet', 'durations in seconds, sizes in bytes']]);
  examples(config, [
    ['chainwatch config check', 'all stack files of this folder'],
    ['chainwatch config show --stack testnet', 'with every default'],
  ]);
}
