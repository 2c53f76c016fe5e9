/** `chainwatch start`: from a stack to running programs, with progress, until Ctrl-C. */

import pc from 'picocolors';
import { COMMAND } from '../cli/commandName.ts';
import { exitCodes } from '../cli/exitCodes.ts';
import type { Stack } from '../config/stack.ts';
import type { Known } from '../model/knowledge.ts';
import { describeProgress } from '../tools/index.ts';
import { commandPhases, type Programs } from './commands.ts';
import { startDetached } from './detach.ts';
import { makeRunFolder, type RunFolder, runFolder } from './folder.ts';
import { showOverview } from './overview.ts';
import { findPrograms, type Prepared, prepare } from './prepare.ts';
import { Run } from './run.ts';
import { isRunning, readState, stopLeftovers } from './state.ts';
import { step } from './steps.ts';
import { listenForStop, type StopRequest } from './stopRequest.ts';
import { settledTargets } from './targets.ts';

export interface StartOptions {
  readonly stack: Stack;
  readonly known: Known;
  /** The folder with the stack files. */
  readonly project: string;
  /** Come back when everything runs, instead of staying. */
  readonly detach: boolean;
}

export class AlreadyRunningError extends Error {}

/** Seconds beyond one scrape interval that targets may take until they are shown as they are. */
const SETTLE_SECONDS = 10;

/**
 * @returns 0 when a person stopped it while it ran
 * @throws Interrupted when it was cut off before it was up; what a person can mend: see the error classes of each step
 */
export async function start(options: StartOptions): Promise<number> {
  const { stack, project, detach } = options;
  const folder = runFolder(project, stack.environment);
  await refuseSecondRun(folder, stack.environment);
  makeRunFolder(folder);
  const stop = listenForStop(() => process.exit(exitCodes.interrupted));
  try {
    const programs = await step({
      title: 'Programs',
      signal: stop.signal,
      work: (say) => findPrograms(stack, stop.signal, (progress) => say(describeProgress(progress))),
    });
    if (detach) await startDetached(stack, project, folder, stop.signal);
    else await runUntilStopped(options, folder, programs, stop);
    return exitCodes.ok;
  } finally {
    stop.forget();
  }
}

async function refuseSecondRun(folder: RunFolder, stack: string): Promise<void> {
  const state = readState(folder);
  if (!state) return;
  if (isRunning(state)) {
    throw new AlreadyRunningError(
      `stack ${stack} runs already (process ${state.supervisor.pid}); stop it with: ${COMMAND} stop --stack ${stack}`,
    );
  }
  const ended = await stopLeftovers(state);
  if (ended.length > 0) console.log(pc.yellow(`Ended what an earlier run had left behind: ${ended.join(', ')}`));
}

async function runUntilStopped(
  options: StartOptions,
  folder: RunFolder,
  programs: Programs,
  stop: StopRequest,
): Promise<void> {
  const prepared = await step({
    title: 'Plan, ports, secrets, files',
    signal: stop.signal,
    work: () => prepare(options, folder, programs),
  });
  const { stack } = options;
  const run = new Run({
    folder,
    stack: stack.environment,
    timeScale: stack.prometheus.timeScale,
    notes: prepared.notes,
    onTrouble: (message) => console.log(pc.yellow(message)),
  });
  try {
    await bringUp(run, prepared, folder, stop.signal);
    run.markReady();
    await showOverview(run.state(), folder, stack);
    console.log(pc.dim('Ctrl-C stops everything that was started here, and nothing else.'));
    const { watched } = await stop.made;
    if (watched) console.log('\nStopping…');
    await run.stop();
    if (watched) console.log('Stopped.');
  } catch (error) {
    await run.stop();
    throw error;
  }
}

async function bringUp(
  run: Run,
  { plan, places, programs }: Prepared,
  folder: RunFolder,
  signal: AbortSignal,
): Promise<void> {
  await step({
    title: 'Processes',
    signal,
    work: async (say) => {
      const started: string[] = [];
      for (const phase of commandPhases(plan, places, folder, programs)) {
        await run.startPhase(phase, signal, (name) => {
          started.push(name);
          say(started.join(', '));
        });
      }
      return started;
    },
    summary: (started) => started.join(', '),
  });
  await step({
    title: 'First scrapes',
    signal,
    work: () => settledTargets(places.publicUrl('prometheus'), SETTLE_SECONDS + plan.prometheus.scrapeInterval, signal),
  });
}
