/** The look of `--help`: it fits a terminal of 80 columns, and says each thing once. */
import type { Command, HelpConfiguration, Option } from 'commander';
import pc from 'picocolors';
import { columns, indent, widthOf } from './output.ts';

/** Columns. */
export const WIDTH = 80;

/** What one may want to do, in the order in which one usually does. */
export const groups = {
  run: 'Run a stack on this machine:',
  write: 'Write a stack file:',
  understand: 'See what it means, before it is merged:',
  deliver: 'Bring it to where it runs:',
  others: 'Others:',
} as const;

export const helpStyle: HelpConfiguration = {
  helpWidth: WIDTH,
  // Without `[options]`: every command has some.
  subcommandTerm: (command) =>
    command.commands.length > 0 ? `${command.name()} ${namesBelow(command)}` : termOf(command),
  optionDescription: (option) => {
    const notes = notesOf(option);
    return notes === '' ? option.description : `${option.description} (${notes})`;
  },
  // Taken away again where there are no colours.
  styleTitle: pc.createColors(true).bold,
};

function termOf(command: Command): string {
  const operands = command.registeredArguments.map((each) => (each.required ? `<${each.name()}>` : `[${each.name()}]`));
  return [command.name(), ...operands].join(' ');
}

/** Characters of the names below a command: with more, what is said beside them would break into two lines. */
const NAMES = 22;

function namesBelow({ commands }: Command): string {
  const names = commands.map((each) => each.name());
  const all = names.join('|');
  if (all.length <= NAMES) return all;
  while (`${names.join('|')}|…`.length > NAMES) names.pop();
  return `${names.join('|')}|…`;
}

function notesOf({ argChoices, defaultValue, envVar }: Option): string {
  const variable = envVar === undefined ? '' : `$${envVar}`;
  const value = typeof defaultValue === 'string' ? defaultValue : '';
  const usually = [variable, value].filter((each) => each !== '').join(' or ');
  const parts = [argChoices?.join(', ') ?? '', usually === '' ? '' : `default: ${usually}`];
  return parts.filter((part) => part !== '').join('; ');
}

/** Commands that are only the first word of others. Their own `help` would say what `--help` says. */
export function addGroup(program: Command, name: string, about: string): Command {
  return program.command(name).description(about).helpCommand(false);
}

export type Example = readonly [call: string, what: string];

const examples = new WeakMap<Command, readonly Example[]>();

/** A call that works, for whoever called it wrongly. */
export function firstExample(command: Command): string | undefined {
  return examples.get(command)?.[0]?.[0];
}

/** Below the help of a command: calls and what each does, side by side where there is room, else one below the other. */
export function addExamples(command: Command, list: readonly Example[]): Command {
  examples.set(command, list);
  const beside = indent(columns(list.map(([call, what]) => [`$ ${call}`, ` ${what}`])));
  const fits = beside.split('\n').every((line) => widthOf(line) <= WIDTH);
  const text = fits ? beside : list.map(([call, what]) => `  # ${what}\n${broken(`  $ ${call}`)}\n`).join('\n');
  return command.addHelpText('after', `\n${pc.createColors(true).bold('Examples:')}\n${text.trimEnd()}`);
}

/** In several lines that a shell reads as one. */
function broken(call: string): string {
  const lines: string[] = [];
  let line = '';
  // An option and its value stay together.
  for (const part of call.split(/ (?=--?[a-z])/)) {
    const longer = line === '' ? part : `${line} ${part}`;
    if (line !== '' && longer.length > WIDTH - 2) {
      lines.push(line);
      line = `      ${part}`;
    } else line = longer;
  }
  return [...lines, line].join(' \\\n');
}
