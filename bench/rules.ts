/** How long the rule tests of each pack take, as a person runs them. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { loadKnown } from '../cli/loadStack.ts';

const MAIN = join(import.meta.dirname, '..', 'cli', 'main.ts');
const ROUNDS = 3;
const WANTED_SECONDS = 5;

export async function run(): Promise<void> {
  const { packs } = loadKnown();
  for (const name of packs.names) {
    const rounds: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const from = performance.now();
      await promisify(execFile)(process.execPath, [MAIN, 'rules', 'test', name]);
      rounds.push((performance.now() - from) / 1000);
    }
    const best = Math.min(...rounds);
    const alerts = packs.get(name)?.alerts.size;
    console.log(
      `${name}: ${best.toFixed(1)} s for ${alerts} alerts, ${(best / WANTED_SECONDS).toFixed(2)} of what is wanted`,
    );
  }
}
