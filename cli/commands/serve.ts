import type { Command } from 'commander';
import { serviceNames } from '../../services/index.ts';
import { act, examples, type Session } from '../command.ts';

interface ServeOptions {
  readonly settings?: string;
  readonly listen?: string;
}

export function registerServe(program: Command, session: Session): void {
  const serve = program
    .command('serve')
    .description('run one service: what the image and a local run start')
    .argument('<service>', serviceNames.join(', '))
    .option('--settings <file>', 'YAML or JSON; `chainwatch render` writes it')
    .option('--listen <host:port>', 'over what the settings say; default: loopback')
    .action(
      act(session, async (name: string, options: ServeOptions) => (await import('../serve.ts')).serve(name, options)),
    );
  examples(serve, [
    ['chainwatch serve receiver --settings receiver.json', 'with the settings of a file'],
    ['chainwatch serve receiver --settings receiver.json --listen 0.0.0.0:2021', 'for other machines to reach'],
  ]);
}
