/** The `chainwatch` command: what was typed, done, and its exit code. */
import { Command, CommanderError } from 'commander';
import type { Session } from './command.ts';
import { registerAlertCommands } from './commands/alerts.ts';
import { registerLocalCommands } from './commands/local.ts';
import { registerPlanCommands } from './commands/plan.ts';
import { registerRuleCommands } from './commands/rules.ts';
import { registerServe } from './commands/serve.ts';
import { registerStackCommands } from './commands/stack.ts';
import { registerVersion } from './commands/version.ts';
import { describeError } from './errors.ts';
import { exitCodes } from './exitCodes.ts';
import type { Io } from './io.ts';

/** @returns the exit code; never throws */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  const session: Session = { io, exitCode: exitCodes.ok };
  try {
    const program = makeProgram(session);
    if (args.length === 0) io.out(program.helpInformation());
    else await program.parseAsync(args, { from: 'user' });
    return session.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    const { message, exitCode } = describeError(error, Boolean(io.env.CHAINWATCH_DEBUG));
    if (message !== '') io.err(`chainwatch: ${message}\n`);
    return exitCode;
  }
}

export function makeProgram(session: Session): Command {
  const { io } = session;
  const program = new Command('chainwatch')
    .description('Monitoring for blockchain networks: rules, routes, dashboards and services from one stack file.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => io.err(text.replace(/^error: /, 'chainwatch: ')),
      getOutHasColors: () => io.color,
      getErrHasColors: () => io.color,
    })
    .showHelpAfterError(false)
    .helpOption('-h, --help', 'this help')
    .addHelpText('after', FIRST_STEPS);
  program.commandsGroup('On this machine:');
  registerLocalCommands(program, session);
  registerServe(program, session);
  program.commandsGroup('The stack file:');
  registerStackCommands(program, session);
  program.commandsGroup('What follows from it:');
  registerPlanCommands(program, session);
  registerRuleCommands(program, session);
  registerAlertCommands(program, session);
  program.commandsGroup('Others:');
  registerVersion(program, session);
  program.addHelpCommand(
    new Command('help').argument('[command]').description('the help of a command').helpGroup('Others:'),
  );
  return program;
}

const FIRST_STEPS = `
Examples:
  $ chainwatch start                              run the dev stack on this machine
  $ chainwatch simulate op-dev <fault>            make a simulated network go wrong, and watch the alert
  $ chainwatch init --stack testnet               write a stack file, by asking
  $ chainwatch diff --stack mainnet --base main   what a change of this branch would mean

Exit codes are explained in docs/exit-codes.md.`;
