/** Which processes a run has started: on disk, so that `status` and `stop` in another terminal know exactly what is ours. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { z } from 'zod';
import { COMMAND } from '../cli/commandName.ts';
import { CliError } from '../cli/errors.ts';
import { exitCodes } from '../cli/exitCodes.ts';
import type { RunFolder } from './folder.ts';
import { isAlive } from './identity.ts';
import { writing } from './storage.ts';

const processId = z.strictObject({ pid: z.number().int().positive(), startedAt: z.string() });
const program = z.strictObject({
  name: z.string(),
  url: z.string(),
  log: z.string(),
  /** Absent while it does not run. */
  process: processId.optional(),
  restarts: z.number().int(),
});
const schema = z.strictObject({
  format: z.literal(1),
  stack: z.string(),
  /** The process that watches the others. */
  supervisor: processId,
  /** Whether everything was up once. */
  ready: z.boolean(),
  /** How many times faster than on the chain the rules' time passes. */
  timeScale: z.number().positive().default(1),
  /** What the person should know besides: what was left out, and why. */
  notes: z.array(z.string()),
  programs: z.array(program),
});
export type RunState = z.infer<typeof schema>;
export type ProgramState = z.infer<typeof program>;

/** What every version has written: who runs. */
const processes = z.object({
  supervisor: z.object(processId.shape),
  programs: z.array(z.object({ name: z.string(), process: z.object(processId.shape).optional() })),
});
export type RunProcesses = z.infer<typeof processes>;

/** Something runs that was started by another version of Chainwatch. Only `stop` can deal with it. */
export class OtherVersionError extends CliError {
  constructor(file: string) {
    super(`what runs was started by another version of Chainwatch, so ${file} cannot be understood`, {
      exitCode: exitCodes.failed,
      remedy: `end it with: ${COMMAND} stop --stack ${basename(dirname(file))}, then start it again`,
    });
  }
}

/** `undefined` where nothing was started, or nothing of what another version started runs. @throws OtherVersionError */
export function readState(folder: Pick<RunFolder, 'state'>): RunState | undefined {
  const written = readWritten(folder);
  const parsed = schema.safeParse(written);
  if (parsed.success) return parsed.data;
  const others = processes.safeParse(written).data;
  if (others !== undefined && isRunning(others)) throw new OtherVersionError(folder.state);
  return undefined;
}

/** The same of any version's run, as far as it takes to end it. */
export function readProcesses(folder: Pick<RunFolder, 'state'>): RunProcesses | undefined {
  return processes.safeParse(readWritten(folder)).data;
}

function readWritten({ state }: Pick<RunFolder, 'state'>): unknown {
  try {
    return JSON.parse(readFileSync(state, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Whole or not at all: another terminal may read at any time. @throws CliError where it cannot be written */
export function writeState(folder: RunFolder, state: RunState): void {
  const draft = `${folder.state}.${process.pid}`;
  writing(folder.state, () => {
    try {
      mkdirSync(dirname(folder.state), { recursive: true });
      writeFileSync(draft, `${JSON.stringify(state, null, 2)}\n`);
      renameSync(draft, folder.state);
    } catch (error) {
      rmSync(draft, { force: true });
      throw error;
    }
  });
}

/** @throws CliError where it cannot be removed */
export function clearState(folder: RunFolder): void {
  writing(folder.state, () => rmSync(folder.state, { force: true }));
}

/** Is the process that watches the others still there? Without it the rest are leftovers. */
export function isRunning(state: Pick<RunProcesses, 'supervisor'>): boolean {
  return isAlive(state.supervisor);
}

/** Ends what an earlier run left behind when it was killed itself. @returns the names of what was ended */
export async function stopLeftovers(state: Pick<RunProcesses, 'programs'>): Promise<string[]> {
  const alive = state.programs.filter((each) => each.process && isAlive(each.process));
  for (const { process: id } of alive) if (id) kill(id.pid, 'SIGTERM');
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline && alive.some((each) => each.process && isAlive(each.process))) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  for (const { process: id } of alive) if (id && isAlive(id)) kill(id.pid, 'SIGKILL');
  return alive.map((each) => each.name);
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself in the meantime.
  }
}
