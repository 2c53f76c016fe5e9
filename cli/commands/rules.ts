import type { Command } from 'commander';
import { act, examples, JSON_OPTION, type Session, stackOption } from '../command.ts';
import type { ListOptions } from '../rules/list.ts';

/** rules check|test|list */
export function registerRuleCommands(program: Command, session: Session): void {
  const { io } = session;
  const rules = program.command('rules').description('the alert rules of every chain');
  const check = rules
    .command('check')
    .description('read all rule packs, strictly; with --stack also the rules as that stack tunes them')
    .option('-s, --stack <name>', 'also check what this stack makes of them')
    .option(...JSON_OPTION, false)
    .action(
      act(session, async (options: { stack?: string; json: boolean }) =>
        (await import('../rules/check.ts')).checkRules(options, io),
      ),
    );
  const test = rules
    .command('test')
    .description('run the rule tests with promtool')
    .argument('[chain]', 'only those of this chain')
    .option(...JSON_OPTION, false)
    .action(
      act(session, async (chain: string | undefined, options: { json: boolean }) =>
        (await import('../rules/test.ts')).testRules(chain, options, io),
      ),
    );
  const list = rules
    .command('list')
    .description('alerts with threshold, window and severity; those of a stack as it tunes them')
    .option('--chain <chain>', 'only those of this chain')
    .option('--network <name>', 'as this network of the stack has them')
    .addOption(stackOption().default(undefined))
    .option(...JSON_OPTION, false)
    .action(act(session, async (options: ListOptions) => (await import('../rules/list.ts')).listRules(options, io)));
  examples(check, [
    ['chainwatch rules check', 'after a rule file was changed'],
    ['chainwatch rules check --stack mainnet', 'and as mainnet tunes them'],
  ]);
  examples(test, [
    ['chainwatch rules test', 'all'],
    ['chainwatch rules test op-stack', 'one chain'],
  ]);
  const calls: [string, string][] = [
    ['chainwatch rules list --chain op-stack', 'the defaults'],
    ['chainwatch rules list --stack mainnet --network bega-mainnet', 'as tuned for one network'],
  ];
  examples(list, calls);
  examples(rules, calls);
}
