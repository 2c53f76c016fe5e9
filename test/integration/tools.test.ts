import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { describeProgress, locateProgram, resolvePrograms, type ToolProgress } from '../../tools/index.ts';

const run = promisify(execFile);
const COLD_CACHE_MS = 20 * 60_000;
const SHOW_EVERY_MS = 10_000;

/** Prints a line when a step begins, and while it goes on. */
function printer(): (progress: ToolProgress) => void {
  let step = '';
  let shown = 0;
  return (progress) => {
    const current = `${progress.program} ${progress.step}`;
    if (current === step && Date.now() - shown < SHOW_EVERY_MS) return;
    step = current;
    shown = Date.now();
    process.stderr.write(`${describeProgress(progress)}\n`);
  };
}

it(
  'Prometheus and Alertmanager with their tools are had, and are what they say',
  async () => {
    const programs = await resolvePrograms(['prometheus', 'promtool', 'alertmanager', 'amtool'], {
      onProgress: printer(),
    });
    for (const [name, { path, version }] of Object.entries(programs)) {
      const { stdout } = await run(path, ['--version']);
      expect(stdout).toMatch(new RegExp(`^${name}, version ${version.replaceAll('.', '\\.')} `));
    }
    expect(programs.promtool.version).toBe(programs.prometheus.version);

    const again = await resolvePrograms(['prometheus', 'promtool', 'alertmanager', 'amtool'], {
      allow: ['explicit', 'path', 'cache'],
    });
    expect(Object.values(again).map(({ path }) => path)).toEqual(Object.values(programs).map(({ path }) => path));
  },
  COLD_CACHE_MS,
);

it('anvil comes with the packages', async () => {
  const anvil = await locateProgram('anvil');
  expect(anvil?.origin).toMatch(/^(package|explicit|path)$/);
  const { stdout } = await run(anvil?.path ?? '', ['--version']);
  expect(stdout).toContain(anvil?.version);
});
