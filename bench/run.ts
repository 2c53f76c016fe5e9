/** `npm run bench [-- name…]`: runs benchmarks, each of which prints its figures and ratios. None of them passes or fails. */
import { readdirSync } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import { Interrupted } from '../cli/errors.ts';
import { unknownName } from '../config/faults.ts';

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .map((file) => file.slice(0, -'.ts'.length))
  .sort();
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(unknown.map((name) => unknownName('benchmark', name, names)).join('\n'));
  process.exit(2);
}

const cores = cpus();
console.log(
  `${cores.length} × ${cores[0]?.model ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${arch()}, Node ${process.version}`,
);
for (const name of wanted.length > 0 ? wanted : names) {
  console.log(`\n── ${name}`);
  const benchmark: { run?: () => Promise<void> } = await import(join(import.meta.dirname, `${name}.ts`));
  if (!benchmark.run) throw new Error(`bench/${name}.ts exports no run()`);
  try {
    await benchmark.run();
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    process.exit(error.exitCode);
  }
}
