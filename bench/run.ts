/** `npm run bench [-- name [part…]…]`: runs benchmarks, each of which prints its figures and ratios. None of them passes or fails. */
import { existsSync, readdirSync } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import { Interrupted } from '../cli/errors.ts';
import { choose } from './command/choice.ts';

interface Benchmark {
  readonly run?: () => Promise<void>;
  /** What a part measures. */
  readonly summary?: string;
}

const here = import.meta.dirname;
const load = (file: string): Promise<Benchmark> => import(join(here, file));
const namesIn = (folder: string): string[] =>
  existsSync(join(here, folder))
    ? readdirSync(join(here, folder), { withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
        .map(({ name }) => name.slice(0, -'.ts'.length))
        .sort()
    : [];
const partsOf = (name: string): string => join(name, 'parts');

// A benchmark is a file here, or a folder with a file for each of its parts.
const folders = readdirSync(here).filter((name) => namesIn(partsOf(name)).length > 0);
const names = [...namesIn('.').filter((name) => name !== 'run'), ...folders].sort();
const known = new Map(names.map((name) => [name, namesIn(partsOf(name))]));

const words = process.argv.slice(2);
if (words.includes('--help') || words.includes('-h')) {
  console.log(
    'npm run bench [-- NAME [PART…]…]\n\nRuns benchmarks, or parts of them; all without a name. CHAINWATCH_BENCH_DIR: where they write.\n',
  );
  for (const [name, parts] of known) {
    console.log(`  ${name}`);
    for (const part of parts)
      console.log(`    ${part.padEnd(10)} ${(await load(join(partsOf(name), `${part}.ts`))).summary}`);
  }
  process.exit(0);
}
const { choices, faults } = choose(words, known);
if (faults.length > 0) {
  console.error(faults.join('\n'));
  process.exit(2);
}

const cores = cpus();
console.log(
  `${cores.length} × ${cores[0]?.model ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${arch()}, Node ${process.version}`,
);
const files = choices.flatMap(({ benchmark, parts }) =>
  parts.length === 0
    ? [{ title: benchmark, file: `${benchmark}.ts` }]
    : parts.map((part) => ({ title: `${benchmark} ${part}`, file: join(partsOf(benchmark), `${part}.ts`) })),
);
for (const { title, file } of files) {
  console.log(`\n── ${title}`);
  const benchmark = await load(file);
  if (!benchmark.run) throw new Error(`bench/${file} exports no run()`);
  try {
    await benchmark.run();
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    process.exit(error.exitCode);
  }
}
