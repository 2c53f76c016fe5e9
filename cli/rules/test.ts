/** `chainwatch rules test`: the tests of the rule packs, by promtool, several files at a time. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unknownName } from '../../config/faults.ts';
import { resolveProgram } from '../../tools/index.ts';
import { run } from '../child.ts';
import { CliError } from '../errors.ts';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import { interruptible } from '../interrupt.ts';
import type { Io } from '../io.ts';
import { count, indent, json, paint, table } from '../output.ts';
import { progressOn } from '../progress.ts';
import { complaint, parallel } from './promtool.ts';

const RULES = join(import.meta.dirname, '..', '..', 'rules');

interface TestFile {
  readonly chain: string;
  readonly file: string;
}

interface Result extends TestFile {
  readonly ok: boolean;
  readonly tests: number;
  readonly failed: number;
  readonly seconds: number;
  /** promtool's own words; empty where all is well. */
  readonly output: string;
}

export async function testRules(
  chain: string | undefined,
  options: { readonly json: boolean },
  io: Io,
): Promise<ExitCode> {
  const files = testFiles(chain);
  const results = await interruptible(async (signal) => {
    const progress = progressOn(io);
    try {
      const { path } = await resolveProgram('promtool', { signal, onProgress: progress.tool });
      return await runAll(path, files, io, signal, progress.show);
    } finally {
      progress.clear();
    }
  });
  const ok = results.every((result) => result.ok);
  if (options.json) io.out(json({ ok, files: results }));
  else show(results, io);
  return ok ? exitCodes.ok : exitCodes.failed;
}

/** @throws CliError for an unknown chain, or where there is no test at all: that would look like success */
function testFiles(chain: string | undefined): TestFile[] {
  const chains = readdirSync(RULES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  if (chain !== undefined && !chains.includes(chain)) throw new CliError(unknownName('chain', chain, chains));
  const files = chains
    .filter((name) => chain === undefined || name === chain)
    .flatMap((name) =>
      readdirSync(join(RULES, name))
        .filter((file) => file.endsWith('.test.yaml'))
        .sort()
        .map((file) => ({ chain: name, file })),
    );
  if (files.length > 0) return files;
  throw new CliError(`there is no rule test (rules/${chain ?? '<chain>'}/*.test.yaml)`, { exitCode: exitCodes.failed });
}

async function runAll(
  promtool: string,
  files: readonly TestFile[],
  { cwd, env }: Io,
  signal: AbortSignal,
  onProgress: (what: string) => void,
): Promise<Result[]> {
  const folder = mkdtempSync(join(tmpdir(), 'chainwatch-rules-'));
  let done = 0;
  try {
    return await parallel(files, async ({ chain, file }) => {
      const report = join(folder, `${chain}-${file}.xml`);
      const started = performance.now();
      const args = ['test', 'rules', `--junit=${report}`, join(RULES, chain, file)];
      const ran = await run(promtool, args, { cwd, env, signal });
      done += 1;
      onProgress(`rule tests: ${done} of ${count(files.length, 'file')}`);
      const ok = ran.code === 0;
      const seconds = (performance.now() - started) / 1000;
      return { chain, file, ok, ...countsIn(report), seconds, output: ok ? '' : complaint(ran) };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Of the one element `<testsuite … tests="7" failures="0" …>` that each file gives. */
function countsIn(report: string): Pick<Result, 'tests' | 'failed'> {
  let text = '';
  try {
    text = readFileSync(report, 'utf8');
  } catch {
    // Where the file could not be read as a test at all, there is no report; the output says why.
  }
  const sum = (attribute: string) =>
    [...text.matchAll(new RegExp(`<testsuite [^>]*\\b${attribute}="(\\d+)"`, 'g'))].reduce(
      (total, match) => total + Number(match[1]),
      0,
    );
  const failing = [...text.matchAll(/<testcase [^>]*>\s*<failure/g)].length;
  return { tests: sum('tests'), failed: failing || sum('failures') };
}

function show(results: readonly Result[], io: Io): void {
  const colours = paint(io);
  const { green, red, bold } = colours;
  const rows = results.map(({ chain, file, ok, tests, failed, seconds }) => [
    ok ? green('ok') : red('✗'),
    chain,
    file,
    String(tests),
    failed > 0 ? red(String(failed)) : '',
    `${seconds.toFixed(1)} s`,
  ]);
  io.out(table(['', 'chain', 'file', 'tests', 'failed', 'took'], rows, colours));
  const bad = results.filter(({ ok }) => !ok);
  for (const { chain, file, output } of bad) io.out(`\n${bold(red(`rules/${chain}/${file}`))}\n${indent(output)}\n`);
  const tests = results.reduce((sum, result) => sum + result.tests, 0);
  const verdict = bad.length === 0 ? green('all hold') : red(`${count(bad.length, 'file')} with failures`);
  io.out(`\n${count(tests, 'test')} in ${count(results.length, 'file')}: ${verdict}\n`);
}
