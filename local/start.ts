/** `chainwatch start`: from a stack to running programs, with progress, until Ctrl-C. */
import { Listr, type ListrTask } from 'listr2';
import pc from 'picocolors';
import type { Stack } from '../config/stack.ts';
import type { Known } from '../model/knowledge.ts';
import { describeProgress } from '../tools/index.ts';
import { commandPhases, type Programs } from './commands.ts';
import { startDetached } from './detach.ts';
import { type RunFolder, runFolder } from './folder.ts';
import { showOverview } from './overview.ts';
import { findPrograms, type Prepared, prepare } from './prepare.ts';
import { Run } from './run.ts';
import { isRunning, readState, stopLeftovers } from './state.ts';
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

/** @returns 0 when it was stopped by a person. @throws what a person can mend: see the error classes of each step */
export async function start(options: StartOptions): Promise<number> {
  const { stack, project } = options;
  const folder = runFolder(project, stack.environment);
  await refuseSecondRun(folder, stack.environment);
  const aborted = new AbortController();
  const interrupted = new Promise<void>((resolve) => {
    const stop = () => {
      aborted.abort(new Error('interrupted'));
      resolve();
    };
    process.once('SIGINT', stop).once('SIGTERM', stop);
  });
  const context: Context = { stack, known: options.known, folder, signal: aborted.signal };
  try {
    if (options.detach) {
      await progress([programsTask]).run(context);
      return await startDetached(stack, project, folder, context.signal);
    }
    const run = await bringUp(context);
    if (run) {
      await interrupted;
      await bringDown(run);
    }
    return 0;
  } catch (error) {
    if (aborted.signal.aborted) return 130;
    throw error;
  }
}

interface Context {
  readonly stack: Stack;
  readonly known: Known;
  readonly folder: RunFolder;
  readonly signal: AbortSignal;
  programs?: Programs;
  prepared?: Prepared;
}

async function refuseSecondRun(folder: RunFolder, stack: string): Promise<void> {
  const state = readState(folder);
  if (!state) return;
  if (isRunning(state)) {
    const stop = `chainwatch stop${stack === 'dev' ? '' : ` --stack ${stack}`}`;
    throw new AlreadyRunningError(
      `stack ${stack} runs already (process ${state.supervisor.pid}); stop it with: npx ${stop}`,
    );
  }
  const ended = await stopLeftovers(state);
  if (ended.length > 0) console.log(pc.yellow(`Ended what an earlier run had left behind: ${ended.join(', ')}`));
}

async function bringUp(context: Context): Promise<Run | undefined> {
  const { folder, signal, stack } = context;
  let run: Run | undefined;
  const tasks = progress([
    programsTask,
    {
      title: 'Plan, ports, secrets, files',
      task: async (ctx) => {
        ctx.prepared = await prepare(stack, ctx.known, folder, required(ctx.programs));
      },
    },
    {
      title: 'Processes',
      task: async (ctx, task) => {
        const { plan, places, programs, notes } = required(ctx.prepared);
        run = new Run({
          folder,
          stack: stack.environment,
          notes,
          onTrouble: (message) => console.log(pc.yellow(message)),
        });
        const started: string[] = [];
        for (const phase of commandPhases(plan, places, folder, programs)) {
          await run.startPhase(phase, signal, (name) => {
            started.push(name);
            task.output = started.join(', ');
          });
        }
        task.title = `Processes: ${started.join(', ')}`;
      },
    },
    {
      title: 'First scrapes',
      task: async (ctx) => {
        const { places, plan } = required(ctx.prepared);
        await settledTargets(places.publicUrl('prometheus'), SETTLE_SECONDS + plan.prometheus.scrapeInterval, signal);
      },
    },
  ]);
  try {
    await tasks.run(context);
    const up = required(run);
    up.markReady();
    await showOverview(up.state(), folder, stack);
    console.log(pc.dim('Ctrl-C stops everything that was started here, and nothing else.'));
    return up;
  } catch (error) {
    await run?.stop();
    throw error;
  }
}

/** What takes long the first time: its progress goes to the task's line. */
const programsTask: ListrTask<Context> = {
  title: 'Programs',
  task: async (context, task) => {
    context.programs = await findPrograms(context.stack, context.signal, (progressed) => {
      task.output = describeProgress(progressed);
    });
  },
};

function progress(tasks: ListrTask<Context>[]) {
  return new Listr<Context>(tasks, { registerSignalListeners: false });
}

async function bringDown(run: Run): Promise<void> {
  console.log('\nStopping…');
  // A second Ctrl-C does not wait for the programs to finish.
  process.once('SIGINT', () => process.exit(130));
  await run.stop();
  console.log('Stopped.');
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a step of the start ran before the one that it needs');
  return value;
}
