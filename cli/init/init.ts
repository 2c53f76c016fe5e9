/** `chainwatch init`: a new stack file. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { secretVariable } from '../../local/secrets.ts';
import { makePlan } from '../../model/plan/plan.ts';
import { RECEIVER_TOKEN } from '../../model/plan/services.ts';
import { createAtomically } from '../atomic.ts';
import { CliError } from '../errors.ts';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import type { Io } from '../io.ts';
import { loadKnown, parseStackText, stackFileName } from '../loadStack.ts';
import { count, indent } from '../output.ts';
import { draftReceiver, type InitOptions, watchdogUrl } from './draftStack.ts';
import { initFromFlags } from './fromFlags.ts';
import { type NewStack, stackText } from './template.ts';
import { mayWrite, mustBeValid } from './write.ts';

export async function init(options: InitOptions, io: Io): Promise<ExitCode> {
  if (options.stack !== undefined) refuseExisting(options.stack, io);
  const stack = io.interactive ? await (await import('./askStack.ts')).askStack(options, io) : stackFromFlags(options);
  refuseExisting(stack.name, io);
  const text = stackText(stack, io.cwd);
  const known = loadKnown();
  io.out(text);
  mustBeValid(text, stack.name, known, 'change the flags; chainwatch init --help shows them');
  if (!(await mayWrite(options, io))) return exitCodes.ok;
  createAtomically(join(io.cwd, stackFileName(stack.name)), text);
  const plan = makePlan(parseStackText(text, stack.name, known), known);
  io.out(`\nWrote ${stackFileName(stack.name)}.\n${nextSteps(stack, plan.secrets)}`);
  return exitCodes.ok;
}

export function refuseExisting(name: string, io: Io): void {
  if (!existsSync(join(io.cwd, stackFileName(name)))) return;
  const remedy = `add to it with chainwatch network add --stack ${name}, or choose another name`;
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

function nextSteps({ name, kind, network }: NewStack, secrets: readonly string[]): string {
  const own = secrets.filter((secret) => secret !== RECEIVER_TOKEN);
  const steps = [
    ...(network ? [] : [`chainwatch network add --stack ${name}    add a network`]),
    `chainwatch config check --stack ${name}   what it comes to`,
    `chainwatch start --stack ${name}          run it on this machine`,
    ...(kind === 'dev' ? [] : [`pulumi stack init ${name}                 then: pulumi up`]),
  ];
  const lines = own.flatMap((secret) => {
    const here = `${secretVariable(secret)}, or .chainwatch/${name}/secrets/${secret} with mode 0600`;
    if (kind === 'dev') return [here];
    return [
      `pulumi config set --stack ${name} --secret --path 'chainwatch:secrets.${secret}'`,
      `  (on this machine: ${here})`,
    ];
  });
  const needed = own.length === 0 ? '' : `${count(own.length, 'secret')} to set:\n${indent(lines.join('\n'))}\n`;
  return `${needed}Next:\n${indent(steps.join('\n'))}\n`;
}
