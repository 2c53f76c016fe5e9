import type { Command } from 'commander';
import { act, examples, type Session } from '../command.ts';
import { exitCodes } from '../exitCodes.ts';
import { version } from '../version.ts';

export function registerVersion(program: Command, session: Session): void {
  const { io } = session;
  program.version(version, '-V, --version', 'the version');
  const command = program
    .command('version')
    .description('the versions of Chainwatch and of the Node that runs it')
    .option('--json', 'for machines', false)
    .action(
      act(session, async ({ json }: { json: boolean }) => {
        const versions = { chainwatch: version, node: process.versions.node };
        io.out(json ? `${JSON.stringify(versions)}\n` : `chainwatch ${version} (Node ${versions.node})\n`);
        return exitCodes.ok;
      }),
    );
  examples(command, [['chainwatch version', 'also: chainwatch --version']]);
}
