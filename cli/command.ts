/** What all commands share: the terminal, the exit code, the common options. */
import { Option } from 'commander';
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

export const DEFAULT_STACK = 'dev';

export function stackOption(): Option {
  return new Option('-s, --stack <name>', 'of Pulumi.<name>.yaml').env('CHAINWATCH_STACK').default(DEFAULT_STACK);
}

export const JSON_OPTION = ['--json', 'one JSON document, for machines'] as const;

/** For options that may be given several times. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
