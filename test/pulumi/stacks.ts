/** The three stacks as they are, recorded once for all tests of a process, with secrets that are found wherever they turn up. */

import { type Recorded, recordProgram } from '../../cli/render/record.ts';
import { readStackFile } from '../../config/file.ts';
import { STACKS, type StackName, stackText } from '../fixtures/real.ts';
import type { Situation } from './policies/types.ts';

export { STACKS, type StackName } from '../fixtures/real.ts';

export const IMAGE = `registry.example/chainwatch@sha256:${'0123456789abcdef'.repeat(4)}`;

/** Of all stacks. Each looks like an address, so that it is told apart in every way of writing one. */
export const SECRETS: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'sepoliaRpcUrl',
    'mainnetRpcUrl',
    'slackWebhook',
    'pagerdutyRoutingKey',
    'deadmanUrl',
    'remoteWriteToken',
    'registryLogin',
    'grafanaToken',
    'natsToken',
  ].map((name) => [name, `https://secret.example/${name}?key="Zq9~${name}"&b=<c>`]),
);
/** How whatever the mocked engine makes begins, such as the token that nobody sets. */
export const MADE_UP = 'made-up';

type Config = Record<string, unknown>;
/** Changes of the configuration, by full key; each is laid over what the stack file says. */
export type Change = Readonly<Record<string, unknown>>;

/** The stack file with our services' image, and with the changes laid over it. */
export function configOf(stack: StackName, change: Change = {}): Config {
  const { config } = readStackFile(stackText(stack), `Pulumi.${stack}.yaml`);
  return overlay(overlay(config, { 'chainwatch:kubernetes': { image: IMAGE } }), change);
}

export async function recordStack(stack: StackName, change: Change = {}): Promise<Recorded[]> {
  return await recordProgram({ stack, config: configOf(stack, change), secrets: SECRETS, onMessage: () => {} });
}

const recorded = new Map<StackName, Promise<readonly Recorded[]>>();

/** Not to be changed: all tests see the same. */
export function stackResources(stack: StackName): Promise<readonly Recorded[]> {
  const already = recorded.get(stack);
  if (already) return already;
  const made = recordStack(stack);
  recorded.set(stack, made);
  return made;
}

export function situation(stack: StackName): Situation {
  return { stack, kind: stack, secrets: [...Object.values(SECRETS), MADE_UP] };
}

export async function everyStack(): Promise<ReadonlyMap<StackName, readonly Recorded[]>> {
  const all = new Map<StackName, readonly Recorded[]>();
  // One after another: the mocked engine is one for the process.
  for (const stack of STACKS) all.set(stack, await stackResources(stack));
  return all;
}

function overlay(below: unknown, above: Readonly<Record<string, unknown>>): Config {
  const base: Config = isRecord(below) ? { ...below } : {};
  for (const [key, value] of Object.entries(above)) base[key] = isRecord(value) ? overlay(base[key], value) : value;
  return base;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
