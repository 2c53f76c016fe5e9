import { type Command, InvalidArgumentError } from 'commander';
import { act, JSON_OPTION, type Session } from '../command.ts';
import { COMMAND } from '../commandName.ts';
import type { DrillCommand } from '../drill/drill.ts';
import { addExamples, groups } from '../help.ts';

/** drill: every fault on real programs, in compressed time. */
export function registerDrill(program: Command, session: Session): void {
  const drill = program
    .command('drill')
    .helpGroup(groups.understand)
    .summary('play faults: do their alerts arrive?')
    .description(
      'Play faults of simulated networks on a real Prometheus, Alertmanager and receiver, in compressed time, and see that exactly the promised alerts arrive and resolve. Ends with 1 where one is missing, one too many, or not over in the end.',
    )
    .argument('[name...]', 'an alert, a fault (fault or chain/fault), or a chain')
    .option('--all', 'every fault of every chain; minutes', false)
    .option('--list', 'only say what can be played, and which alerts have no drill', false)
    .option('--scale <n>', 'seconds of the chain in a real one, at most', scale)
    .option(...JSON_OPTION, false)
    .action(
      act(session, async (names: string[], options: DrillCommand) =>
        (await import('../drill/drill.ts')).runDrill(names, options, session.io),
      ),
    );
  addExamples(drill, [
    [`${COMMAND} drill BatcherDown`, 'one alert; a minute'],
    [`${COMMAND} drill op-stack/l1-halt`, 'one fault'],
    [`${COMMAND} drill genlayer the-block`, 'all faults of two chains'],
    [`${COMMAND} drill --all`, 'everything; minutes'],
  ]);
}

function scale(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text) || Number(text) > 480)
    throw new InvalidArgumentError('It must be a number from 1 to 480.');
  return Number(text);
}
