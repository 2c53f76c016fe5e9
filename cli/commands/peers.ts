import { type Command, InvalidArgumentError, Option } from 'commander';
import { act, JSON_OPTION, type Session } from '../command.ts';
import { COMMAND } from '../commandName.ts';
import { addExamples, addGroup, type Example, groups } from '../help.ts';
import type { BackupOptions } from '../peers/backup.ts';
import type { ExportOptions } from '../peers/export.ts';
import type { ListOptions } from '../peers/list.ts';
import type { PruneOptions } from '../peers/prune.ts';
import type { RestoreOptions } from '../peers/restore.ts';
import type { RotateKeyOptions } from '../peers/rotateKey.ts';
import type { ShowOptions } from '../peers/show.ts';

/** peers list, peers show, peers export, peers prune, peers rotate-key, peers backup, peers restore */
export function registerPeerCommands(program: Command, session: Session): void {
  const peers = addGroup(program, 'peers', 'What nodes have reported of their peers, as an aggregator keeps it.')
    .helpGroup(groups.others)
    .summary('peers as an aggregator knows them');
  registerList(peers, session);
  registerShow(peers, session);
  registerExport(peers, session);
  registerPrune(peers, session);
  registerRotateKey(peers, session);
  registerBackup(peers, session);
  registerRestore(peers, session);
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
    .requiredOption('--path <file>', 'of the archive; one that is there is replaced')
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

function registerBackup(peers: Command, session: Session): void {
  const backup = peers
    .command('backup')
    .summary('all of the store as one file')
    .description(
      'Write a backup of all that an aggregator keeps, while it runs. The file is there when it has been restored into a scratch copy and compared, not before. Wants a token that is good for all networks.',
    )
    .requiredOption('--path <file or folder>', 'of the backup; in a folder it is named by its time')
    .option('--database <file>', 'a database on this machine, in place of an aggregator that is asked')
    .option('--age-recipient <age1…>', 'encrypt for the owner of this key; several with commas');
  finish(
    backup,
    act(session, async (options: BackupOptions) =>
      (await import('../peers/backup.ts')).backupPeers(options, session.io),
    ),
    [
      [`${COMMAND} peers backup --path /var/backups`, 'from the aggregator on this machine'],
      [`${COMMAND} peers backup --path peers.tar.age --age-recipient age1…`, 'for one reader'],
      [`${COMMAND} peers backup --path peers.tar --database aggregator.db`, 'without asking it, running or not'],
    ],
    'Exit codes: 1 what was written is not what it should be,\n2 a wrong call or token, 5 the disk, 6 no or no good answer.',
  );
}

function registerRestore(peers: Command, session: Session): void {
  const restore = peers
    .command('restore')
    .summary('a database out of a backup')
    .description(
      'Restore a backup to a database file. It gets its name when its content has been compared with what the backup says, not before. A database that is in use is never touched.',
    )
    .requiredOption('--from <file>', 'the backup; - is what is piped in')
    .requiredOption('--database <file>', 'what is made of it')
    .option('--age-identity <file>', 'with the key that opens it, as age-keygen wrote it')
    .option('--replace', 'replace a database that nobody uses; the old one is kept beside it', false)
    .option(...JSON_OPTION, false)
    .addHelpText(
      'after',
      '\nExit codes: 1 the backup is damaged, 2 a wrong call, key or version,\n5 the disk, or a database that is there or in use.',
    )
    .action(
      act(session, async (options: RestoreOptions) =>
        (await import('../peers/restore.ts')).restorePeers(options, session.io),
      ),
    );
  addExamples(restore, [
    [`${COMMAND} peers restore --from peers.tar --database aggregator.db`, 'where there is none'],
    [
      `${COMMAND} peers restore --from peers.tar.age --age-identity key.txt --database aggregator.db --replace`,
      'over an old one',
    ],
  ]);
}

function registerRotateKey(peers: Command, session: Session): void {
  const rotate = peers
    .command('rotate-key')
    .summary('another key of one')
    .description(
      'Tell the aggregator that a peer has another ed25519 key. The key that it has signs that; the old one stays good for keyGrace (five minutes). Wants the replica that leads.',
    )
    .argument('<peer>', 'its id, or a key that it has had')
    .requiredOption('--new-key <key>', 'the public key: 64 hexadecimal digits, or a PEM file')
    .addOption(networkOption())
    .option('--sign-with <file>', 'with the private key that the peer has now, to sign with; it stays here')
    .option('--signature <hex>', 'of that key, where it is somewhere else')
    .option('--force', 'without a signature, where that key is lost; it is good no longer', false);
  finish(
    rotate,
    act(session, async (peer: string, options: RotateKeyOptions) =>
      (await import('../peers/rotateKey.ts')).rotateKey(peer, options, session.io),
    ),
    [
      [`${COMMAND} peers rotate-key 3f9c… --new-key new.pub --sign-with old.pem`, 'signed by the old key'],
      [`${COMMAND} peers rotate-key 12D3KooWExample --new-key new.pub`, 'the first key of a peer'],
      [`${COMMAND} peers rotate-key 3f9c… --new-key new.pub --force`, 'after a loss; wants a token for all networks'],
    ],
  );
}

/** What all of them have that ask an aggregator. */
function finish<A extends unknown[]>(
  command: Command,
  action: (...args: A) => Promise<void>,
  examples: Example[],
  exitCodes = 'Exit codes: 2 a wrong call or token, 5 the disk, 6 no or no good answer.',
): void {
  command
    .addOption(
      new Option('--aggregator <url>', 'which one').env('CHAINWATCH_AGGREGATOR').default('http://127.0.0.1:9300'),
    )
    .option('--token-file <file>', 'with a bearer token')
    .addOption(new Option('--ca-file <file>', 'whose https:// addresses to trust').env('CHAINWATCH_CA_FILE'))
    .addOption(new Option('--cert-file <file>', 'certificate to show to it, in PEM').env('CHAINWATCH_CERT_FILE'))
    .addOption(new Option('--key-file <file>', 'its private key').env('CHAINWATCH_KEY_FILE'))
    .option(...JSON_OPTION, false)
    .addHelpText(
      'after',
      `\nWithout --token-file the token is read from CHAINWATCH_SECRET_AGGREGATOR_TOKEN.\n${exitCodes}`,
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
