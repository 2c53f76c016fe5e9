/** `chainwatch stop`: ends a run that was started in another terminal or detached. */
import { setTimeout as sleep } from 'node:timers/promises';
import { runFolder } from './folder.ts';
import { isAlive } from './identity.ts';
import { requireStackFile } from './stackFile.ts';
import { clearState, isRunning, readProcesses, stopLeftovers } from './state.ts';

export interface StopOptions {
  readonly stack: string;
  readonly project: string;
}

/** Seconds that an orderly stop may take: Prometheus writes its memory to disk. */
const STOP_SECONDS = 60;

/** @returns 0 also where nothing ran: then it is stopped @throws CliError where there is no such stack */
export async function stop({ stack, project }: StopOptions): Promise<number> {
  const folder = runFolder(project, stack);
  const state = readProcesses(folder);
  if (!state) {
    await requireStackFile(stack, project);
    console.log(`Stack ${stack} does not run.`);
    return 0;
  }
  if (isRunning(state)) {
    process.kill(state.supervisor.pid, 'SIGTERM');
    const deadline = Date.now() + STOP_SECONDS * 1000;
    while (isAlive(state.supervisor) && Date.now() < deadline) await sleep(100);
  }
  // Normally there are none: the run stops its own programs.
  const ended = await stopLeftovers(state);
  clearState(folder);
  console.log(`Stopped stack ${stack}${ended.length > 0 ? ` (ended by force: ${ended.join(', ')})` : ''}.`);
  return 0;
}
