import { type Command, InvalidArgumentError, Option } from 'commander';
import type { BacktestOptions } from '../backtest/backtest.ts';
import { act, JSON_OPTION, type Session, stackOption } from '../command.ts';
import { COMMAND } from '../commandName.ts';
import { addExamples, groups } from '../help.ts';

/** backtest */
export function registerBacktest(program: Command, session: Session): void {
  const { io } = session;
  const stack = stackOption().default(undefined);
  stack.description = 'of Pulumi.<name>.yaml; else the first in real time';
  const command = program
    .command('backtest')
    .helpGroup(groups.understand)
    .summary('how often rules would have fired')
    .description(
      'Say how often each rule would have fired over recorded history, before and after: by the queries of a real Prometheus, with `for` and `keep_firing_for` as it applies them. Only rules that could fire differently are tried.',
    )
    .addOption(stack)
    .option('-b, --base <rev|file>', 'a commit, a stack file or a rule file', 'HEAD')
    .requiredOption('-p, --prometheus <url>', 'whose history')
    .option('--all', 'also rules that are what they were', false)
    .option('--alert <name>', 'only this alert');
  for (const option of [...historyOptions(), ...limitOptions()]) command.addOption(option);
  command
    .option('--markdown', 'for a pull request', false)
    .option(...JSON_OPTION, false)
    .addHelpText('after', '\nA bearer token is read from CHAINWATCH_SECRET_PROMETHEUS_TOKEN.')
    .action(
      act(session, async (options: BacktestOptions) =>
        (await import('../backtest/backtest.ts')).runBacktest(options, io),
      ),
    );
  addExamples(command, [
    [`${COMMAND} backtest -s mainnet -p http://localhost:9090`, 'not yet committed, over 7 days'],
    [`${COMMAND} backtest -s mainnet -b main -p https://prometheus.example.org --from 30d`, 'this branch'],
    [`${COMMAND} backtest -s mainnet -b old.yaml -p http://localhost:9090 --all --step 1m`, 'against a file'],
  ]);
}

/** Which history; `diff` has them too. */
export function historyOptions(): Option[] {
  return [
    new Option('--from <time>', 'such as 7d, 2026-03-01, 2026-03-01T12:00:00Z').default('7d'),
    new Option('--to <time>', 'the same').default('now'),
    new Option('--step <duration>', 'between evaluations; by default as the rules have it'),
  ];
}

/** How much of it at a time. */
function limitOptions(): Option[] {
  return [
    new Option('--jobs <n>', 'queries at a time; 4 where it is not said').argParser(atLeastOne),
    new Option('--max-queries <n>', 'refuse where it would take more; 2000 where it is not said').argParser(atLeastOne),
  ];
}

function atLeastOne(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It must be a number from 1 on.');
  return Number(text);
}
