/** The questions of `chainwatch init`. */
import { confirm, intro, log, select, text } from '@clack/prompts';
import { receiver as receiverSchema } from '../../config/notifications.ts';
import type { EnvironmentKind } from '../../config/stack.ts';
import type { Io } from '../io.ts';
import { loadKnown, stackNames } from '../loadStack.ts';
import { answered, askField, askName, askNetwork } from './ask.ts';
import type { Draft } from './draft.ts';
import { channelSchema, draftReceiver, type InitOptions, kindOf, secretName, watchdogUrl } from './draftStack.ts';
import { allowsSecret, fieldsOf, inputSchema } from './fields.ts';
import type { NewStack } from './template.ts';

export async function askStack(options: InitOptions, io: Io): Promise<NewStack> {
  intro('A new stack file');
  const name = options.stack ?? (await askName('What is the stack called?', stackNames(io.cwd)));
  const kind = options.environment ?? kindOf(name) ?? (await askKind());
  const wants = options.network !== undefined || answered(await confirm({ message: 'Add a network now?' }));
  const surroundings = { known: loadKnown(), kind, taken: [] };
  const network = wants ? await askNetwork(options.network, options, surroundings) : undefined;
  const receiver = await askReceiver(options, kind);
  const watchdog = options.watchdog ?? (kind === 'mainnet' ? await askWatchdog() : '');
  return {
    name,
    kind,
    ...(network ? { network } : {}),
    ...(receiver ? { receiver } : {}),
    ...(watchdog === '' ? {} : { watchdog: watchdogUrl(watchdog) }),
  };
}

async function askKind(): Promise<EnvironmentKind> {
  const options: { value: EnvironmentKind; label: string; hint: string }[] = [
    { value: 'dev', label: 'dev', hint: 'one machine, simulated networks' },
    { value: 'testnet', label: 'testnet', hint: 'somebody looks at it in working hours' },
    { value: 'mainnet', label: 'mainnet', hint: 'it holds money: wakes somebody' },
  ];
  return answered(await select({ message: 'How strict is it to be?', options }));
}

async function askReceiver(options: InitOptions, kind: EnvironmentKind): Promise<Record<string, Draft> | undefined> {
  const channels = Object.keys(inputSchema(receiverSchema).properties ?? {}).sort();
  const nobody = { value: '', label: 'nobody', hint: 'the alerts stand on the page' };
  const choices = [...(kind === 'mainnet' ? [] : [nobody]), ...channels.map((value) => ({ value, label: value }))];
  const channel = options.receiver ?? answered(await select({ message: 'Who is told of alerts?', options: choices }));
  if (channel === '') return undefined;
  const schema = channelSchema(channel);
  const draft: Draft = draftReceiver(channel, options.receiverSet)[channel] ?? {};
  for (const field of fieldsOf(schema)) {
    const suggested = field.required && allowsSecret(field.schema) ? secretName(channel, field.path) : undefined;
    await askField(field, draft, () => undefined, suggested);
  }
  log.info('Only names of secrets stand in the file; you are told at the end how to set them.');
  return { [channel]: draft };
}

async function askWatchdog(): Promise<string> {
  const message = 'Which webhook notices when the Watchdog stops? (a URL, or the name of a secret that holds one)';
  const validate = (answer: string | undefined) => (answer ? undefined : 'mainnet needs one: somebody outside of it');
  return answered(await text({ message, initialValue: 'deadmanUrl', validate }));
}
