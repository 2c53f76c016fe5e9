/** `start --detach`: a process of its own runs the stack; this one waits until it is up, shows the table and ends. */

import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { COMMAND } from '../cli/commandName.ts';
import { CliError } from '../cli/errors.ts';
import { type ExitCode, exitCodes } from '../cli/exitCodes.ts';
import type { Stack } from '../config/stack.ts';
import type { RunFolder } from './folder.ts';
import { isAlive } from './identity.ts';
import { showOverview } from './overview.ts';
import { StartError, tail } from './process.ts';
import { type RunState, readState } from './state.ts';
import { step } from './steps.ts';
import { writing } from './storage.ts';

/** @throws what the other process says where it ended before it was up, with its exit code; the signal's reason when aborted */
export async function startDetached(
  stack: Stack,
  project: string,
  folder: RunFolder,
  signal: AbortSignal,
): Promise<void> {
  const logFile = join(folder.logs, 'chainwatch.log');
  const child = spawnSupervisor(stack.environment, project, logFile);
  const state = await step({
    title: 'Start in the background',
    signal,
    work: (say) => untilUp(child, folder, logFile, signal, say),
  });
  child.unref();
  await showOverview(state, folder, stack);
  console.log(`It runs on by itself. Stop it with: ${COMMAND} stop --stack ${stack.environment}`);
}

function spawnSupervisor(stack: string, project: string, logFile: string): ChildProcess {
  const log = writing(logFile, () => openSync(logFile, 'w'));
  const main = join(import.meta.dirname, '..', 'cli', 'main.ts');
  const args = ['--disable-warning=ExperimentalWarning', main, 'start', '--stack', stack];
  const child = spawn(process.execPath, args, { cwd: project, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  return child;
}

async function untilUp(
  child: ChildProcess,
  folder: RunFolder,
  logFile: string,
  signal: AbortSignal,
  say: (what: string) => void,
): Promise<RunState> {
  let exit: { readonly code: number | null; readonly killed: NodeJS.Signals | null } | undefined;
  const gone = new Promise<void>((resolve) =>
    child.once('exit', (code, killed) => {
      exit = { code, killed };
      resolve();
    }),
  );
  for (;;) {
    if (signal.aborted) {
      child.kill('SIGTERM');
      await gone;
      signal.throwIfAborted();
    }
    if (exit !== undefined) throw failureOf(exit, logFile);
    const state = readState(folder);
    if (state?.supervisor.pid === child.pid && state && isAlive(state.supervisor)) {
      if (state.ready) return state;
      say(state.programs.map(({ name }) => name).join(', '));
    }
    await sleep(100);
  }
}

/** What a command says last of all, where it says why it failed. */
const COMPLAINT = /^chainwatch: ((?:.|\n)*)$/m;

function failureOf(
  { code, killed }: { readonly code: number | null; readonly killed: NodeJS.Signals | null },
  logFile: string,
): Error {
  const complaint = COMPLAINT.exec(readFileSync(logFile, 'utf8'))?.[1]?.trimEnd();
  const exitCode = Object.values(exitCodes).find((known): known is ExitCode => known === code);
  if (complaint !== undefined && exitCode !== undefined) return new CliError(complaint, { exitCode });
  // It may have been unable to say why: then so are we.
  writing(logFile, () => appendFileSync(logFile, '\n'));
  return new StartError(
    `it ended before everything was up (${killed ?? `exit code ${code}`}). The end of ${logFile}:\n${tail(logFile, 15)}`,
  );
}
