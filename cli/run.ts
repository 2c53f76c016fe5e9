/** The `chainwatch` command: what was typed, done, and its exit code. */

import { Command, CommanderError } from 'commander';
import { nearest } from '../config/faults.ts';
import type { Session } from './command.ts';
import { COMMAND } from './commandName.ts';
import { registerAlertCommands } from './commands/alerts.ts';
import { registerBacktest } from './commands/backtest.ts';
import { registerCatalogCommands } from './commands/catalog.ts';
import { registerDrill } from './commands/drill.ts';
import { registerLocalCommands } from './commands/local.ts';
import { registerPeerCommands } from './commands/peers.ts';
import { registerPlanCommands } from './commands/plan.ts';
import { registerRuleCommands } from './commands/rules.ts';
import { registerServe } from './commands/serve.ts';
import { registerStackCommands } from './commands/stack.ts';
import { registerVersion } from './commands/version.ts';
import { CliError, describeError } from './errors.ts';
import { exitCodes } from './exitCodes.ts';
import { addExamples, type Example, firstExample, groups, helpStyle } from './help.ts';
import type { Io } from './io.ts';
import { type Served, serviceAsked } from './serveOptions.ts';

/** @returns the exit code; never throws */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  const session: Session = { io, exitCode: exitCodes.ok };
  const asked = withHelpOption(args);
  const program = makeProgram(session, await serviceAsked(asked));
  try {
    requireKnownCommand(program, asked);
    await program.parseAsync(asked, { from: 'user' });
    return session.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok;
    // A command that only has others below it has said which, where one was wanted.
    if (error instanceof CommanderError && error.code === 'commander.help') return exitCodes.usage;
    const ours = error instanceof CommanderError ? wrongCall(error, commandOf(program, asked)) : error;
    const { message, exitCode } = describeError(ours, Boolean(io.env.CHAINWATCH_DEBUG));
    if (message !== '') io.err(`chainwatch: ${message}\n`);
    return exitCode;
  }
}

/** @param served the service that `serve` is asked for */
export function makeProgram(session: Session, served?: Served): Command {
  const { io } = session;
  const program = new Command(COMMAND)
    .description('Monitoring for blockchain networks: rules, routes, dashboards and services from one stack file.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => io.err(text),
      // Said below, with all other errors.
      outputError: () => {},
      getOutHasColors: () => io.color,
      getErrHasColors: () => io.color,
    })
    .showHelpAfterError(false)
    .helpOption('-h, --help', 'this help')
    .configureHelp(helpStyle);
  registerLocalCommands(program, session);
  registerStackCommands(program, session);
  registerPlanCommands(program, session);
  registerBacktest(program, session);
  registerRuleCommands(program, session);
  registerDrill(program, session);
  registerCatalogCommands(program, session);
  registerAlertCommands(program, session);
  registerPeerCommands(program, session);
  registerServe(program, session, served);
  registerVersion(program, session);
  program.addHelpCommand(
    new Command('help').argument('[command]').description('help on a command').helpGroup(groups.others),
  );
  addExamples(program, FIRST_STEPS);
  program.addHelpText('after', `\n\`${COMMAND} <command> --help\` says more. Exit codes: docs/exit-codes.md.`);
  return program;
}

const FIRST_STEPS: readonly Example[] = [
  [`${COMMAND} start`, 'the dev stack: simulated networks'],
  [`${COMMAND} simulate op-dev`, 'the faults that can be simulated'],
  [`${COMMAND} init`, 'a stack file of your own, by questions'],
  [`${COMMAND} diff -s mainnet -b main`, 'what this branch would change'],
];

/** `help config check` asks for the same as `config check --help`, and nothing asks for the same as `--help`. */
function withHelpOption(args: readonly string[]): readonly string[] {
  const [first, ...rest] = args;
  return first === undefined || first === 'help' ? [...rest, '--help'] : args;
}

/** The one that arguments are given to. */
function commandOf(program: Command, args: readonly string[]): Command {
  let at = program;
  for (const arg of args) at = at.commands.find((command) => command.name() === arg) ?? at;
  return at;
}

/** What commander says of wrong arguments, as we say it, with what would have been right. */
function wrongCall({ code, message }: CommanderError, command: Command): CliError {
  const path = pathOf(command);
  const what = message
    .replace(/^error: /, '')
    .replace(/\s*\(Did you mean (--[\w-]+)\?\)$/, '; did you mean "$1"?')
    .replaceAll(/'([^']*)'/g, '"$1"');
  const example = firstExample(command);
  if (code === 'commander.missingArgument' && example !== undefined)
    return new CliError(what, { remedy: `give it, as in\n  ${example}` });
  const says = code === 'commander.unknownOption' ? 'lists the options' : 'says what it takes';
  return new CliError(what, { remedy: `${path} --help ${says}` });
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

/** Before anything else is read: `--help` would answer for a command that does not exist. @throws CliError */
function requireKnownCommand(program: Command, args: readonly string[]): void {
  let at = program;
  for (const arg of args) {
    if (at.commands.length === 0 || arg === '--') return;
    if (arg.startsWith('-')) continue;
    const below = at.commands.find((command) => command.name() === arg);
    if (!below) throw unknownCommand(at, arg);
    at = below;
  }
}

function unknownCommand(parent: Command, typed: string): CliError {
  const names = parent.commands.map((command) => command.name()).filter((name) => name !== 'plan');
  const meant = meantBy(typed, names).map((name) => `"${name}"`);
  const doubt = meant.length === 0 ? '' : `; did you mean ${meant.join(' or ')}?`;
  return new CliError(`unknown command "${typed}"${doubt}`, {
    remedy: `${pathOf(parent)} --help lists the commands`,
  });
}

/** The beginning of a name means that one, however many letters another is away. */
function meantBy(typed: string, names: readonly string[]): string[] {
  const begun = names.filter((name) => name.startsWith(typed.toLowerCase()));
  if (begun.length > 0) return begun;
  const near = nearest(typed, names);
  return near === undefined ? [] : [near];
}
