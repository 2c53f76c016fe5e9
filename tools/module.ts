import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { runGo } from './go.ts';
import { findOnPath } from './probe.ts';

/** One version of a Go module and the sum of its content, as go.sum states it (`h1:…`). */
export interface ModulePin {
  readonly module: string;
  readonly version: string;
  readonly sum: string;
}

export interface ModuleRequest {
  readonly pin: ModulePin;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
  /** A line of go about what it downloads. */
  readonly onLine: (line: string) => void;
}

const downloadSchema = z.object({ Dir: z.string(), Sum: z.string() });

/**
 * The pin of a module that a family is built from: its sum stands in the family's go.sum.
 * @throws Error when go.sum does not have it
 */
export async function readPin(goSum: string, module: string, version: string): Promise<ModulePin> {
  const lines = (await readFile(goSum, 'utf8')).split('\n').map((line) => line.split(' '));
  const sum = lines.find(([name, of]) => name === module && of === version)?.[2];
  if (sum === undefined) throw new Error(`${goSum} has no sum of ${module} ${version}: run \`go mod tidy\` there`);
  return { module, version, sum };
}

/**
 * The folder with the module's files, in Go's own cache, read-only; downloaded if it is not there.
 * @throws Error with go's words, or when the content is not the pinned one
 */
export async function moduleFolder({ pin, env, signal, onLine }: ModuleRequest): Promise<string> {
  const [go] = findOnPath('go', env.PATH);
  if (go === undefined) throw new Error('go is not on PATH');
  // Outside any module, so that no go.mod has a say in it.
  const cwd = await mkdtemp(join(tmpdir(), 'chainwatch-module-'));
  try {
    const args = ['mod', 'download', '-json', `${pin.module}@${pin.version}`];
    const answer = await runGo({ go, args, cwd, env: { ...env, GOWORK: 'off', GOFLAGS: '-mod=mod' }, signal, onLine });
    const { Dir, Sum } = downloadSchema.parse(JSON.parse(answer));
    if (Sum !== pin.sum) throw new Error(`${pin.module}@${pin.version} is ${Sum}, but ${pin.sum} is pinned`);
    return Dir;
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}
