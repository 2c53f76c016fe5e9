import type { Command } from 'commander';
import { act, JSON_OPTION, type Session, stackOption } from '../command.ts';
import { COMMAND } from '../commandName.ts';
import type { ExplainOptions } from '../explain/explain.ts';
import { addExamples, addGroup, type Example, groups } from '../help.ts';
import type { NotifyOptions } from '../notify/notify.ts';

/** explain, notify test: where an alert goes, and whether it arrives. */
export function registerAlertCommands(program: Command, session: Session): void {
  const { io } = session;
  const explain = program
    .command('explain')
    .helpGroup(groups.understand)
    .summary('where an alert goes, and why')
    .description('Say where an alert goes and why: routes, receivers, mute times, inhibition.')
    .argument('<labels...>', 'label=value; for our alerts alertname and network do')
    .addOption(stackOption())
    .option('--at <time>', 'is it muted then? "now", or such as 2026-03-01T03:00:00Z')
    .option(...JSON_OPTION, false)
    .action(
      act(session, async (labels: string[], options: ExplainOptions) =>
        (await import('../explain/explain.ts')).explain(labels, options, io),
      ),
    );
  addExamples(explain, [
    [`${COMMAND} explain -s mainnet alertname=BatcherLowETH network=bega-mainnet`, 'one of our alerts'],
    [`${COMMAND} explain -s mainnet alertname=BatcherLowETH network=bega-mainnet --at now`, 'is it muted just now?'],
    [`${COMMAND} explain -s mainnet severity=critical chain=op-stack`, 'any labels'],
  ]);

  const notify = addGroup(program, 'notify', 'Say whether messages reach their receivers.')
    .helpGroup(groups.deliver)
    .summary('send a test alert to a receiver');
  const test = notify
    .command('test')
    .summary('send a test alert to a receiver')
    .description('Send a test alert to a receiver: through a real Alertmanager, with the real credentials.')
    .argument('<receiver>', 'of chainwatch:notifications in the stack file')
    .addOption(stackOption())
    .option('--timeout <duration>', 'how long to wait for an answer', '15s')
    .option(...JSON_OPTION, false)
    .action(
      act(session, async (receiver: string, options: NotifyOptions) =>
        (await import('../notify/notify.ts')).notifyTest(receiver, options, io),
      ),
    );
  const calls: Example[] = [
    [`${COMMAND} notify test team -s testnet`, 'each of its channels gets a message marked [TEST]'],
    [`CHAINWATCH_SECRET_SLACK_WEBHOOK=… ${COMMAND} notify test oncall -s mainnet`, 'with a secret for this once'],
  ];
  addExamples(test, calls);
  addExamples(notify, calls);
}
