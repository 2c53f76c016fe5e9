import type { Command } from 'commander';
import { serviceNames } from '../../services/index.ts';
import { COMMAND } from '../called.ts';
import { act, type Session } from '../command.ts';
import { addExamples, groups } from '../help.ts';

interface ServeOptions {
  readonly settings?: string;
  readonly listen?: string;
  readonly authToken?: string;
}

export function registerServe(program: Command, session: Session): void {
  const serve = program
    .command('serve')
    .helpGroup(groups.deliver)
    .summary('run one of our services: what the image starts')
    .description('Run one of our services, until it is asked to stop: what the image and `start` run.')
    .argument('<service>', serviceNames.join(', '))
    .option('--settings <file>', `YAML or JSON; \`${COMMAND} render\` writes it`)
    .option('--listen <host:port>', 'over what the settings say; default: loopback')
    .option('--auth-token <token>', 'of the aggregator; others on this machine can see it: better a tokenFile')
    .action(
      act(session, async (name: string, { authToken, ...options }: ServeOptions) => {
        const flags = authToken === undefined ? {} : { flags: { token: authToken } };
        return (await import('../serve.ts')).serve(name, { ...options, ...flags });
      }),
    );
  addExamples(serve, [
    [`${COMMAND} serve receiver --settings receiver.json`, 'for this machine'],
    [`${COMMAND} serve receiver --settings receiver.json --listen 0.0.0.0:2021`, 'for others to reach'],
    [`AGGREGATOR_DB=peers.db ${COMMAND} serve aggregator`, 'set as the one of the-block was'],
  ]);
}
