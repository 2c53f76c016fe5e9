/** `start --detach`: a process of its own runs the stack; this one waits until it is up, shows the table and ends. */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from '../config/stack.ts';
import type { RunFolder } from './folder.ts';
import { showOverview } from './overview.ts';
import { isAlive, StartError, tail } from './process.ts';
import { type RunState, readState } from './state.ts';

/** @throws StartError with the end of its log where it ended before it was up */
export async function startDetached(
  stack: Stack,
  project: string,
  folder: RunFolder,
  signal: AbortSignal,
): Promise<number> {
  mkdirSync(folder.logs, { recursive: true });
  const logFile = join(folder.logs, 'chainwatch.log');
  const log = openSync(logFile, 'w');
  const main = join(import.meta.dirname, '..', 'cli', 'main.ts');
  const args = ['--disable-warning=ExperimentalWarning', main, 'start', '--stack', stack.environment];
  const child = spawn(process.execPath, args, { cwd: project, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  let exit: string | undefined;
  child.once('exit', (code, killed) => {
    exit = killed ?? `exit code ${code}`;
  });
  let state: RunState | undefined;
  while (!(state?.ready && state.supervisor.pid === child.pid && isAlive(state.supervisor))) {
    if (signal.aborted) {
      child.kill('SIGTERM');
      return 130;
    }
    if (exit !== undefined)
      throw new StartError(`it ended before everything was up (${exit}). The end of ${logFile}:\n${tail(logFile, 15)}`);
    await sleep(100);
    state = readState(folder);
  }
  child.unref();
  await showOverview(state, folder, stack);
  console.log('It runs on by itself. Stop it with: npx chainwatch stop');
  return 0;
}
