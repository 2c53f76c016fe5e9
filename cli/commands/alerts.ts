import type { Command } from 'commander';
import { act, examples, JSON_OPTION, type Session, stackOption } from '../command.ts';
import type { ExplainOptions } from '../explain/explain.ts';
import type { NotifyOptions } from '../notify/notify.ts';

/** explain, notify test: where an alert goes, and whether it arrives. */
export function registerAlertCommands(program: Command, session: Session): void {
  const { io } = session;
  const explain = program
    .command('explain')
    .description('where an alert goes: routes, receivers, mute times, inhibition, and why')
    .argument('<labels...>', 'label=value; alertname and network are enough for one of our alerts')
    .addOption(stackOption())
    .option('--at <time>', 'whether a mute time holds then: "now" or 2026-03-01T03:00:00Z')
    .option(...JSON_OPTION, false)
    .action(
      act(session, async (labels: string[], options: ExplainOptions) =>
        (await import('../explain/explain.ts')).explain(labels, options, io),
      ),
    );
  examples(explain, [
    ['chainwatch explain --stack mainnet alertname=BatcherLowETH network=bega-mainnet', 'one of our alerts'],
    ['chainwatch explain --stack mainnet severity=critical chain=op-stack', 'any labels'],
    ['chainwatch explain --stack mainnet alertname=BatcherLowETH network=bega-mainnet --at now', 'is it muted now?'],
  ]);

  const notify = program.command('notify').description('whether messages reach their receivers');
  const test = notify
    .command('test')
    .description('send a test alert to a receiver through a real Alertmanager, with the real credentials')
    .argument('<receiver>', 'of chainwatch:notifications')
    .addOption(stackOption())
    .option('--timeout <duration>', 'how long to wait for an answer', '15s')
    .option(...JSON_OPTION, false)
    .action(
      act(session, async (receiver: string, options: NotifyOptions) =>
        (await import('../notify/notify.ts')).notifyTest(receiver, options, io),
      ),
    );
  const calls: [string, string][] = [
    ['chainwatch notify test team --stack testnet', 'each of its channels gets a message marked [TEST]'],
    ['CHAINWATCH_SECRET_SLACK_WEBHOOK=… chainwatch notify test oncall --stack mainnet', 'with a secret for this once'],
  ];
  examples(test, calls);
  examples(notify, calls);
}
