/** `chainwatch init`: a new stack file. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { OWN_TOKENS } from '../../config/ownTokens.ts';
import { secretVariable } from '../../local/secrets.ts';
import { makePlan } from '../../model/plan/plan.ts';
import { createAtomically } from '../atomic.ts';
import { COMMAND } from '../commandName.ts';
import { CliError } from '../errors.ts';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import type { Io } from '../io.ts';
import { loadKnown, parseStackText, stackFileName } from '../loadStack.ts';
import { columns, count, indent } from '../output.ts';
import { draftReceiver, type InitOptions, watchdogUrl } from './draftStack.ts';
import { initFromFlags } from './fromFlags.ts';
import { type NewStack, stackText } from './template.ts';
import { mayAsk, mayWrite, mustBeValid } from './write.ts';

/** The section of the README that goes on where `init` ends. */
export const CLUSTER_SECTION = 'On a cluster: `pulumi up`';

export async function init(options: InitOptions, io: Io): Promise<ExitCode> {
  if (options.stack !== undefined) refuseExisting(options.stack, io);
  const stack = mayAsk(options, io)
    ? await (await import('./askStack.ts')).askStack(options, io)
    : stackFromFlags(options);
  refuseExisting(stack.name, io);
  const text = stackText(stack, io.cwd);
  const known = loadKnown();
  io.out(text);
  mustBeValid(text, stack.name, known, `change the flags; ${COMMAND} init --help shows them`);
  if (!(await mayWrite(options, io))) return exitCodes.ok;
  createAtomically(join(io.cwd, stackFileName(stack.name)), text);
  const plan = makePlan(parseStackText(text, stack.name, known), known);
  io.out(`\nWrote ${stackFileName(stack.name)}.\n${nextSteps(stack, plan.secrets)}`);
  return exitCodes.ok;
}

export function refuseExisting(name: string, io: Io): void {
  if (!existsSync(join(io.cwd, stackFileName(name)))) return;
  const remedy = `add to it with ${COMMAND} network add --stack ${name}, or choose another name`;
  throw new CliError(`${stackFileName(name)} is there already, and is left as it is`, { remedy });
}

function stackFromFlags(options: InitOptions): NewStack {
  const { receiver, receiverSet, watchdog } = options;
  return {
    ...initFromFlags(options, loadKnown()),
    ...(receiver === undefined ? {} : { receiver: draftReceiver(receiver, receiverSet) }),
    ...(watchdog === undefined ? {} : { watchdog: watchdogUrl(watchdog) }),
  };
}

function nextSteps({ name, network }: NewStack, secrets: readonly string[]): string {
  const own = secrets.filter((secret) => !OWN_TOKENS.includes(secret));
  const here = own.map(
    (secret) => `${secretVariable(secret)}, or .chainwatch/${name}/secrets/${secret} with mode 0600`,
  );
  const needed = here.length === 0 ? '' : `${count(here.length, 'secret')} to set on this machine:\n${list(here)}`;
  const steps = columns([
    ...(network ? [] : [[`${COMMAND} network add --stack ${name}`, 'add a network']]),
    [`${COMMAND} config check --stack ${name}`, 'what it comes to'],
    [`${COMMAND} start --stack ${name}`, 'run it on this machine'],
  ]);
  // In this order: a stack takes secrets once it is there.
  const cluster = [
    `pulumi stack init ${name}`,
    ...own.map((secret) => `pulumi config set --stack ${name} --secret --path 'chainwatch:secrets.${secret}'`),
    `pulumi up --stack ${name}`,
  ];
  const before = `add "chainwatch:kubernetes: {}" to ${stackFileName(name)}, read "${CLUSTER_SECTION}" in README.md, then`;
  return `${needed}Next:\n${indent(steps)}On a cluster: ${before}\n${list(cluster)}`;
}

function list(lines: readonly string[]): string {
  return `${indent(lines.join('\n'))}\n`;
}
