import { type Command, InvalidArgumentError, Option } from 'commander';
import { COMMAND } from '../called.ts';
import { act, JSON_OPTION, type Session } from '../command.ts';
import { addExamples, addGroup, type Example, groups } from '../help.ts';
import type { ExportOptions } from '../peers/export.ts';
import type { ListOptions } from '../peers/list.ts';
import type { PruneOptions } from '../peers/prune.ts';
import type { ShowOptions } from '../peers/show.ts';

/** peers list, peers show, peers export, peers prune */
export function registerPeerCommands(program: Command, session: Session): void {
  const peers = addGroup(program, 'peers', 'What nodes have reported of their peers, as an aggregator keeps it.')
    .helpGroup(groups.others)
    .summary('peers as an aggregator knows them');
  registerList(peers, session);
  registerShow(peers, session);
  registerExport(peers, session);
  registerPrune(peers, session);
  addExamples(peers, [
    [`${COMMAND} peers list --network the-block-mainnet`, 'who there is'],
    [`${COMMAND} peers export --all --path peers.zip`, 'everything'],
  ]);
}

function registerList(peers: Command, session: Session): void {
  const list = peers
    .command('list')
    .summary('which there are')
    .description('List the peers, by network and name, with the time of the first and the last snapshot.')
    .addOption(networkOption())
    .addOption(new Option('--limit <n>', 'at most so many').argParser(atLeastOne));
  finish(
    list,
    act(session, async (options: ListOptions) => (await import('../peers/list.ts')).listPeers(options, session.io)),
    [
      [`${COMMAND} peers list`, 'of all networks that the token is good for'],
      [`${COMMAND} peers list --network the-block-mainnet --json`, 'for a program'],
    ],
  );
}

function registerShow(peers: Command, session: Session): void {
  const show = peers
    .command('show')
    .summary('the history of one')
    .description('Show what was reported of one peer, newest first.')
    .argument('<peer>', 'its id')
    .addOption(networkOption())
    .addOption(new Option('--limit <n>', 'samples at most').argParser(atLeastOne).default(20))
    .option('--snapshot', 'whole snapshots in place of their metrics', false);
  finish(
    show,
    act(session, async (peer: string, options: ShowOptions) =>
      (await import('../peers/show.ts')).showPeer(peer, options, session.io),
    ),
    [
      [`${COMMAND} peers show 12D3KooWExample`, 'the last 20 samples'],
      [`${COMMAND} peers show 12D3KooWExample --limit 1 --snapshot --json`, 'all of the last'],
    ],
  );
}

function registerExport(peers: Command, session: Session): void {
  const command = peers
    .command('export')
    .summary('all of them as one archive')
    .description(
      'Write a ZIP archive with the history of every peer as <peer_id>.json. The file is there when it is whole, not before; one of the same name is replaced.',
    )
    .requiredOption('--all', 'all peers that the token is good for')
    .requiredOption('--path <file>', 'of the archive')
    .addOption(networkOption())
    .option('--age-recipient <age1…>', 'encrypt for the owner of this key; several with commas')
    .option('--age-pass-file <file>', 'encrypt with the passphrase in this file, for age')
    .option('--openssl-pass-file <file>', 'the same for openssl (AES-256-CBC); prefer age')
    .option('--snapshot', 'whole snapshots in place of their metrics', false);
  finish(
    command,
    act(session, async (options: ExportOptions) =>
      (await import('../peers/export.ts')).exportPeers(options, session.io),
    ),
    [
      [`${COMMAND} peers export --all --path bulk.zip`, 'as it is'],
      [`${COMMAND} peers export --all --path bulk.zip.age --age-recipient age1…`, 'for one reader'],
      [`${COMMAND} peers export --all --path bulk.zip.enc --openssl-pass-file pass`, 'without age'],
    ],
  );
}

function registerPrune(peers: Command, session: Session): void {
  const prune = peers
    .command('prune')
    .summary('take old samples away')
    .description(
      'Take away all samples that are older than a time, at once. What is older than the retention goes by itself. Wants a token that is good for all networks.',
    )
    .requiredOption('--before <time>', 'Unix seconds, 2026-03-01, 2026-03-01T12:00:00Z, or 3d ago');
  finish(
    prune,
    act(session, async (options: PruneOptions) => (await import('../peers/prune.ts')).prunePeers(options, session.io)),
    [
      [`${COMMAND} peers prune --before 3d`, 'older than three days'],
      [`${COMMAND} peers prune --before 1763737200 --json`, 'for a program'],
    ],
  );
}

/** What all of them have. */
function finish<A extends unknown[]>(
  command: Command,
  action: (...args: A) => Promise<void>,
  examples: Example[],
): void {
  command
    .addOption(
      new Option('--aggregator <url>', 'which one').env('CHAINWATCH_AGGREGATOR').default('http://127.0.0.1:9300'),
    )
    .option('--token-file <file>', 'with a bearer token')
    .option(...JSON_OPTION, false)
    .addHelpText(
      'after',
      '\nWithout --token-file the token is read from CHAINWATCH_SECRET_AGGREGATOR_TOKEN.\nExit codes: 2 a wrong call or token, 5 the disk, 6 no or no good answer.',
    )
    .action(action);
  addExamples(command, examples);
}

function networkOption(): Option {
  return new Option('--network <name>', 'only of this one');
}

function atLeastOne(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a number from 1 on.');
  return Number(text);
}
