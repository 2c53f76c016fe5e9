/** The text of a new stack file: what a person said, and what stacks of that kind usually say. */
import { relative, sep } from 'node:path';
import type { EnvironmentKind } from '../../config/stack.ts';
import { SCHEMA_FILE } from '../config/schema.ts';
import type { Draft } from './draft.ts';
import { emitBlock } from './emit.ts';

export interface NewStack {
  readonly name: string;
  readonly kind: EnvironmentKind;
  readonly network?: { readonly name: string; readonly network: Draft };
  /** One channel with its fields. */
  readonly receiver?: Readonly<Record<string, Draft>>;
  /** A URL, or a reference to a secret. */
  readonly watchdog?: unknown;
}

const ABOUT: Readonly<Record<EnvironmentKind, string>> = {
  dev: 'One machine. Simulated networks run in compressed time: a minute of the chain passes in each second.',
  testnet: 'Networks on public testnets: somebody looks at them in working hours.',
  mainnet:
    'Networks that hold money: critical alerts wake somebody, readings are kept long, what holds data is protected.',
};

/** @param folder where the file will be: the schema is named relative to it */
export function stackText(stack: NewStack, folder: string): string {
  const { name, kind, network } = stack;
  const schema = relative(folder, SCHEMA_FILE).split(sep).join('/');
  const path = schema.startsWith('.') ? schema : `./${schema}`;
  const sections: Draft = {
    ...(name === kind ? {} : { 'chainwatch:environment': kind }),
    ...(network ? { 'chainwatch:networks': { [network.name]: network.network } } : {}),
    ...prometheus(stack),
    ...notifications(stack),
  };
  const header = [`# yaml-language-server: $schema=${path}`, '#', `# ${ABOUT[kind]}`];
  const body = Object.keys(sections).length > 0 ? sections : { 'chainwatch:networks': {} };
  return `${header.join('\n')}\nconfig:\n${emitBlock(body, 2)}`;
}

function prometheus({ kind, network }: NewStack): Draft {
  const simulated = network?.network.simulated === true;
  if (kind === 'dev') {
    const fast = { scrapeInterval: '2s', evaluationInterval: '2s', retention: '2d' };
    return { 'chainwatch:prometheus': simulated ? { ...fast, timeScale: 60 } : fast };
  }
  return kind === 'mainnet' ? { 'chainwatch:prometheus': { retention: '90d', storage: '200GiB' } } : {};
}

function notifications({ kind, receiver, watchdog }: NewStack): Draft {
  if (!receiver && watchdog === undefined) return {};
  const critical = { match: { severity: 'critical' }, receiver: 'team', groupWait: '10s', repeatInterval: '1h' };
  return {
    'chainwatch:notifications': {
      receivers: {
        ...(receiver ? { team: receiver } : {}),
        ...(watchdog === undefined ? {} : { deadman: { webhook: { url: watchdog } } }),
      },
      ...(receiver ? { default: 'team' } : {}),
      ...(watchdog === undefined ? {} : { watchdog: { receiver: 'deadman', interval: '1m' } }),
      ...(receiver && kind === 'mainnet' ? { routes: [critical] } : {}),
    },
  };
}
