import { type Command, InvalidArgumentError } from 'commander';
import { act, JSON_OPTION, type Session, stackOption } from '../command.ts';
import { COMMAND } from '../commandName.ts';
import { addExamples, addGroup, type Example, groups } from '../help.ts';
import type { ListOptions } from '../rules/list.ts';
import type { MutateOptions } from '../rules/mutate/mutate.ts';
import { registerRuleImport } from './ruleImport.ts';

/** rules check|test|list|mutate|import */
export function registerRuleCommands(program: Command, session: Session): void {
  const { io } = session;
  const rules = addGroup(program, 'rules', 'The alert rules of every chain.')
    .helpGroup(groups.understand)
    .summary('alert rules: read strictly, proven, listed');
  const check = rules
    .command('check')
    .summary('read all rule files, strictly')
    .description('Read the rule files of all chains strictly; with --stack also as that stack tunes them.')
    .option('-s, --stack <name>', 'also check what this stack makes of them')
    .option(...JSON_OPTION, false)
    .action(
      act(session, async (options: { stack?: string; json: boolean }) =>
        (await import('../rules/check.ts')).checkRules(options, io),
      ),
    );
  const test = rules
    .command('test')
    .summary('run the rule tests with promtool')
    .description('Run the rule tests with promtool.')
    .argument('[chain]', 'only those of this chain')
    .option(...JSON_OPTION, false)
    .action(
      act(session, async (chain: string | undefined, options: { json: boolean }) =>
        (await import('../rules/test.ts')).testRules(chain, options, io),
      ),
    );
  const list = rules
    .command('list')
    .summary('alerts with threshold, window and severity')
    .description('List the alerts with threshold, window and severity; those of a stack as it tunes them.')
    .option('--chain <chain>', 'only those of this chain')
    .option('--network <name>', 'as this network of the stack has them')
    .addOption(stackOption().default(undefined))
    .option(...JSON_OPTION, false)
    .action(act(session, async (options: ListOptions) => (await import('../rules/list.ts')).listRules(options, io)));
  const mutate = rules
    .command('mutate')
    .summary('do the tests notice a mistake in a rule?')
    .description(
      'Change each rule in many small ways (a limit, a window, a label, a matcher) and see whether its tests notice. At least 95 % must be caught.',
    )
    .argument('[chain...]', 'only those of these chains')
    .option('--alert <name>', 'only this alert, or recording rule')
    .option('--jobs <n>', 'programs at a time; by default as many as processors', atLeastOne)
    .option('--show-caught', 'also list what was caught, and what cannot be', false)
    .option(...JSON_OPTION, false)
    .action(
      act(session, async (chains: string[], options: MutateOptions) =>
        (await import('../rules/mutate/mutate.ts')).mutateRules(chains, options, io),
      ),
    );
  registerRuleImport(rules, session);
  addExamples(mutate, [
    [`${COMMAND} rules mutate op-stack`, 'one pack; a minute'],
    [`${COMMAND} rules mutate --alert BatcherLowETH`, 'the alert at hand'],
  ]);
  addExamples(check, [
    [`${COMMAND} rules check`, 'after a rule file was changed'],
    [`${COMMAND} rules check -s mainnet`, 'and as mainnet tunes them'],
  ]);
  addExamples(test, [
    [`${COMMAND} rules test`, 'all'],
    [`${COMMAND} rules test op-stack`, 'one chain'],
  ]);
  const calls: Example[] = [
    [`${COMMAND} rules list --chain op-stack`, 'the defaults'],
    [`${COMMAND} rules list -s mainnet --network bega-mainnet`, 'as tuned for one network'],
  ];
  addExamples(list, calls);
  addExamples(rules, calls);
}

function atLeastOne(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('It must be a number from 1 on.');
  return Number(text);
}
