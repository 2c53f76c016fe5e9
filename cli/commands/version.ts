import type { Command } from 'commander';
import { act, type Session } from '../command.ts';
import { COMMAND } from '../commandName.ts';
import { exitCodes } from '../exitCodes.ts';
import { addExamples, groups } from '../help.ts';
import { version } from '../version.ts';

export function registerVersion(program: Command, session: Session): void {
  const { io } = session;
  program.version(version, '-V, --version', 'the version');
  const command = program
    .command('version')
    .helpGroup(groups.others)
    .summary('of Chainwatch and of the Node that runs it')
    .description('Say the versions of Chainwatch and of the Node that runs it.')
    .option('--json', 'one JSON document, for machines', false)
    .action(
      act(session, async ({ json }: { json: boolean }) => {
        const versions = { chainwatch: version, node: process.versions.node };
        io.out(json ? `${JSON.stringify(versions)}\n` : `chainwatch ${version} (Node ${versions.node})\n`);
        return exitCodes.ok;
      }),
    );
  addExamples(command, [[`${COMMAND} version`, `also: ${COMMAND} --version`]]);
}
