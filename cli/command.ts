/** What all commands share: the terminal, the exit code, the common options, the look of the help. */
import { type Command, Option } from 'commander';
import type { Io } from './io.ts';

/** One call of the program. */
export interface Session {
  readonly io: Io;
  exitCode: number;
}

/** An action that says its exit code. Its parts are imported when it runs, so that `--help` loads none of them. */
export function act<Args extends unknown[]>(
  session: Session,
  run: (...args: Args) => Promise<number>,
): (...args: Args) => Promise<void> {
  return async (...args) => {
    session.exitCode = await run(...args);
  };
}

/** Below the help of a command: each a call, and what it does. */
export function examples(command: Command, list: readonly (readonly [string, string])[]): Command {
  const width = Math.max(...list.map(([call]) => call.length));
  const lines = list.map(([call, what]) => `  $ ${call.padEnd(width)}   ${what}`.trimEnd());
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}

export const DEFAULT_STACK = 'dev';

export function stackOption(): Option {
  return new Option('-s, --stack <name>', 'the stack: NAME of Pulumi.NAME.yaml in this folder')
    .env('CHAINWATCH_STACK')
    .default(DEFAULT_STACK);
}

export const JSON_OPTION = ['--json', 'for machines: one JSON document on standard output'] as const;

/** For options that may be given several times. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
