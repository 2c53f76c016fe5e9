import type { Command } from 'commander';
import { serviceNames } from '../../services/index.ts';
import { act, type Session } from '../command.ts';
import { COMMAND } from '../commandName.ts';
import { addExamples, type Example, groups } from '../help.ts';
import { addSettings, type Served, serveExamples, settingsGiven } from '../serveOptions.ts';

interface ServeOptions {
  readonly settings?: string;
  readonly listen?: string;
  readonly authToken?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly clientCa?: string;
  readonly [setting: string]: string | undefined;
}

const EXAMPLES: readonly Example[] = [
  [`${COMMAND} serve receiver --settings receiver.json`, 'for this machine'],
  [`${COMMAND} serve receiver --settings receiver.json --listen 0.0.0.0:2021`, 'for others to reach'],
  [`${COMMAND} serve aggregator --tls-cert server.pem --tls-key server.key`, 'over TLS'],
  [`AGGREGATOR_DB=peers.db ${COMMAND} serve aggregator`, 'set as the one of the-block was'],
  [`${COMMAND} serve aggregator --help`, 'all settings of one, as options and variables'],
];

/** @param asked the service that is asked for, where that is known: its settings are options too */
export function registerServe(program: Command, session: Session, asked?: Served): void {
  const serve = program
    .command('serve')
    .helpGroup(groups.deliver)
    .summary('run one of our services: what the image starts')
    .description('Run one of our services, until it is asked to stop: what the image and `start` run.')
    .argument('<service>', serviceNames.join(', '))
    .option('--settings <file>', `YAML or JSON; \`${COMMAND} render\` writes it`)
    .option('--listen <host:port>', 'over what the settings say; default: loopback')
    .option('--auth-token <token>', 'of the aggregator; others on this machine can see it: better a tokenFile')
    .option('--tls-cert <file>', 'certificate in PEM: speak TLS; read again when it changes')
    .option('--tls-key <file>', 'its private key')
    .option('--client-ca <file>', 'take connections only of those who show a certificate of this authority')
    .action(
      act(session, async (name: string, options: ServeOptions) => {
        const { settings, listen, authToken, tlsCert, tlsKey, clientCa } = options;
        const flags = {
          token: authToken,
          'tls.cert': tlsCert,
          'tls.key': tlsKey,
          'tls.clientCa': clientCa,
          ...(asked?.service.name === name ? await settingsGiven(asked, options) : {}),
        };
        return (await import('../serve.ts')).serve(name, { settings, listen, flags });
      }),
    );
  const example = asked && serveExamples[asked.service.name];
  if (asked !== undefined) addSettings(serve, asked);
  addExamples(serve, example === undefined ? EXAMPLES : [example]);
}
