import { type Command, Option } from 'commander';
import { act, JSON_OPTION, type Session, stackOption } from '../command.ts';
import { COMMAND } from '../commandName.ts';
import { addExamples, groups } from '../help.ts';

interface StackOptions {
  readonly stack: string;
}

/** start, stop, status, simulate: the stack as processes on this machine. */
export function registerLocalCommands(program: Command, session: Session): void {
  const project = session.io.cwd;

  const start = program
    .command('start')
    .helpGroup(groups.run)
    .summary('Prometheus, Alertmanager and our services')
    .description('Run a stack here: Prometheus, Alertmanager, our services, simulated networks.')
    .addOption(stackOption())
    .option('-d, --detach', `in the background, until \`${COMMAND} stop\``, false)
    .action(
      act(session, async ({ stack, detach }: StackOptions & { detach: boolean }) => {
        const { loadStack } = await import('../loadStack.ts');
        const { start: run } = await import('../../local/start.ts');
        return run({ ...loadStack(stack, project), project, detach });
      }),
    );
  addExamples(start, [
    [`${COMMAND} start`, 'the dev stack, until Ctrl-C'],
    [`${COMMAND} start --detach`, 'the same in the background'],
    [`${COMMAND} start --stack testnet`, 'a real environment, from this machine'],
  ]);

  const status = program
    .command('status')
    .helpGroup(groups.run)
    .summary('what runs, where, and which targets are up')
    .description('Say what runs, where, and which targets are up. Ends with 1 where something is wrong.')
    .addOption(stackOption())
    .option(...JSON_OPTION, false)
    .action(
      act(session, async ({ stack, json }: StackOptions & { json: boolean }) =>
        (await import('../../local/status.ts')).status({ stack, project, json }),
      ),
    );
  addExamples(status, [
    [`${COMMAND} status`, 'a table'],
    [`${COMMAND} status --json | jq '.targets'`, 'the targets, for a script'],
  ]);

  registerSimulate(program, session);

  const stop = program
    .command('stop')
    .helpGroup(groups.run)
    .summary('stop what start started')
    .description('Stop what `start` has started, and nothing else.')
    .addOption(stackOption())
    .action(
      act(session, async ({ stack }: StackOptions) => (await import('../../local/stop.ts')).stop({ stack, project })),
    );
  addExamples(stop, [
    [`${COMMAND} stop`, 'the dev stack'],
    [`${COMMAND} stop --stack testnet`, 'another one'],
  ]);
}

interface SimulateOptions extends StackOptions {
  readonly instance?: string;
  readonly clear: boolean;
  readonly alerts: boolean;
}

function registerSimulate(program: Command, session: Session): void {
  const simulate = program
    .command('simulate')
    .helpGroup(groups.run)
    .summary('break a simulated network, or repair it')
    .description('Break a simulated network, or repair it.')
    .argument('[network]', 'left out: lists the simulated networks')
    .argument('[fault]', 'left out: lists the faults that the network knows')
    .addOption(stackOption())
    .option('-i, --instance <name>', 'only this node; default: all that it is about')
    .option('--clear', 'end the fault; without one all of the network, or of all', false)
    .addOption(
      new Option('--alerts', 'only say which alerts follow, and switch nothing').conflicts('clear').default(false),
    )
    .action(
      act(session, async (network: string | undefined, fault: string | undefined, options: SimulateOptions) => {
        const { simulate: run } = await import('../../local/simulate.ts');
        const { stack, instance, clear, alerts } = options;
        return run({
          stack,
          project: session.io.cwd,
          clear,
          alerts,
          network,
          fault,
          instance,
        });
      }),
    );
  addExamples(simulate, [
    [`${COMMAND} simulate op-dev`, 'which faults there are'],
    [`${COMMAND} simulate op-dev <fault>`, 'switch one on'],
    [`${COMMAND} simulate op-dev <fault> --clear`, 'and off again'],
    [`${COMMAND} simulate op-dev --alerts`, 'which alerts each leads to'],
    [`${COMMAND} simulate --clear`, 'everything well again'],
  ]);
}
