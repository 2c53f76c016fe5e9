/** `npm test [layer…] [--watch] [--prove]`: runs the layers and says in its last lines what was passed, failed and skipped, and why. */
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import pc from 'picocolors';
import { unknownName } from '../config/faults.ts';
import {
  describeProgress,
  MissingProgramError,
  type ProgramName,
  resolveProgram,
  resolvePrograms,
} from '../tools/index.ts';
import { type Layer, layers } from './layers.ts';
import { type LayerCounts, type LayerResult, summary } from './summary.ts';

const NOTHING: LayerCounts = { passed: 0, failed: [], unsteady: [], skipped: [] };
const root = join(import.meta.dirname, '..');
const aborted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => aborted.abort(new Error(signal)));

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const watch = process.argv.includes('--watch');
// The long forms of the tests: every fault, every kill point, many rounds.
if (process.argv.includes('--prove')) process.env.CHAINWATCH_PROVE = '1';
const chosen = chooseLayers(wanted);
process.exitCode = watch
  ? await run(['node_modules/vitest/vitest.mjs', '--project', chosen[0]?.name ?? 'unit'], {})
  : await runAll(chosen);

function chooseLayers(names: readonly string[]): readonly Layer[] {
  const known = layers.map((layer) => layer.name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    console.error(unknown.map((name) => unknownName('layer', name, known)).join('\n'));
    process.exit(2);
  }
  return names.length === 0 ? layers : layers.filter((layer) => names.includes(layer.name));
}

async function runAll(selected: readonly Layer[]): Promise<number> {
  const programs = obtainPrograms(selected);
  const results = new Map<string, LayerResult>();
  const play = async (some: readonly Layer[], beside?: Layer) => {
    for (const layer of some) {
      if (aborted.signal.aborted) return;
      const problem = await programs.missing(layer);
      const started = Date.now();
      const title = pc.bold(`\n── ${layer.name}: ${layer.proves}`);
      const counts = problem
        ? { ...NOTHING, skipped: [{ name: 'the whole layer', reason: problem }] }
        : await runLayer(layer, title, beside);
      results.set(layer.name, { name: layer.name, seconds: (Date.now() - started) / 1000, ...counts });
    }
  };
  const hosted = (layer: Layer) => selected.some(({ name }) => name === layer.beside);
  for (const layer of selected.filter((each) => !hosted(each))) {
    const guests = selected.filter(({ beside }) => beside === layer.name);
    await Promise.all([play([layer]), play(guests, layer)]);
  }
  if (aborted.signal.aborted) return 130;
  const inOrder = selected.flatMap(({ name }) => results.get(name) ?? []);
  console.log(pc.bold('\n── Result'));
  console.log(summary(inOrder).join('\n'));
  return inOrder.some(({ failed }) => failed.length > 0) ? 1 : 0;
}

/** External programs are fetched or built while the quick layers run. */
function obtainPrograms(selected: readonly Layer[]) {
  const possible = selected.filter(({ skipReason }) => skipReason?.() === undefined);
  const names = [...new Set(possible.flatMap((layer) => layer.programs))];
  let last = 0;
  const onProgress = (progress: Parameters<typeof describeProgress>[0]) => {
    if (Date.now() - last < 10_000) return;
    last = Date.now();
    console.log(pc.dim(`   … ${describeProgress(progress)}`));
  };
  const options = { signal: aborted.signal, onProgress };
  const all = resolvePrograms(names, options).catch(() => undefined);
  // Welcome, but nothing waits for it: the local run then has a real execution client as well.
  if (selected.some((layer) => layer.name === 'integration'))
    void all.then(() => resolveProgram('geth', options)).catch(() => undefined);
  return {
    /** Why a layer cannot run here; `undefined` when it can. */
    async missing(layer: Layer): Promise<string | undefined> {
      const skipReason = layer.skipReason?.();
      if (skipReason !== undefined) return skipReason;
      await all;
      try {
        await resolvePrograms(layer.programs as readonly ProgramName[], options);
        return undefined;
      } catch (error) {
        if (error instanceof MissingProgramError) return error.message;
        if (aborted.signal.aborted) return 'interrupted';
        throw error;
      }
    },
  };
}

/** @param beside what is shown meanwhile: then this layer is shown as a whole when it has ended */
async function runLayer(layer: Layer, title: string, beside?: Layer): Promise<LayerCounts> {
  const folder = mkdtempSync(join(tmpdir(), 'chainwatch-test-'));
  const file = join(folder, 'counts.json');
  const output = join(folder, 'output.txt');
  const held = beside && openSync(output, 'a');
  console.log(beside ? pc.dim(`   … ${layer.name} runs beside ${beside.name}, and is shown when it has ended`) : title);
  // Side by side: each says little unless it finds something.
  const env = { CHAINWATCH_TEST_COUNTS: file };
  const codes = await Promise.all(layer.commands.map((command) => run(command, env, held)));
  if (held !== undefined) {
    closeSync(held);
    console.log(`${title}\n${readFileSync(output, 'utf8').trimEnd()}`);
  }
  const failed = layer.commands.flatMap(([program = '', ...args], index) => {
    const code = codes[index];
    const name = [basename(program), ...args].join(' ');
    return code === 0 ? [] : [{ name, error: `ended with code ${code}; what it found is above` }];
  });
  try {
    if (!layer.counts) return { ...NOTHING, passed: codes.length - failed.length, failed };
    const counts = JSON.parse(readFileSync(file, 'utf8')) as LayerCounts;
    // vitest may fail without a failed test (an error after the end).
    return counts.failed.length === 0 ? { ...counts, failed } : counts;
  } catch {
    return { ...NOTHING, failed: failed.length > 0 ? failed : [{ name: 'all of it', error: 'counted nothing' }] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param output a file for what it says; default: what is shown */
function run(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  output: number | 'inherit' = 'inherit',
): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, command, {
      cwd: root,
      stdio: ['ignore', output, output],
      env: { ...process.env, ...env },
    });
    child.once('error', () => resolve(1));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
