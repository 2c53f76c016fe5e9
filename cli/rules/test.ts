/** `chainwatch rules test`: the tests of the rule packs, by promtool, several files at a time. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unknownName } from '../../config/faults.ts';
import { RULES_FILE } from '../../model/mutation/job.ts';
import { lookedAt } from '../../model/mutation/lookedAt.ts';
import { readSuite, type SuiteTest } from '../../model/mutation/suite.ts';
import { RuleFileError } from '../../model/rules/ruleFile.ts';
import { loadPackFiles } from '../../rules/load.ts';
import { resolveProgram } from '../../tools/index.ts';
import { run } from '../child.ts';
import { CliError } from '../errors.ts';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import { interruptible } from '../interrupt.ts';
import type { Io } from '../io.ts';
import { count, indent, json, paint, table } from '../output.ts';
import { progressOn } from '../progress.ts';
import { toolProgress } from '../toolProgress.ts';
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
      const { path } = await resolveProgram('promtool', { signal, onProgress: toolProgress(progress) });
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

/** Collects garbage less often: promtool lives for a second, and by default spends a sixth of it on that. */
const QUICK = { GOGC: '400' };

async function runAll(
  promtool: string,
  files: readonly TestFile[],
  { cwd, env }: Io,
  signal: AbortSignal,
  onProgress: (what: string) => void,
): Promise<Result[]> {
  const folder = mkdtempSync(join(tmpdir(), 'chainwatch-rules-'));
  const tests = readTests(files);
  let done = 0;
  try {
    return await parallel(files, async (each) => {
      const { chain, file } = each;
      const here = join(folder, chain, file);
      mkdirSync(here, { recursive: true });
      const report = join(here, 'report.xml');
      const started = performance.now();
      const runOn = (paths: readonly string[]) =>
        run(promtool, ['test', 'rules', `--junit=${report}`, ...paths], { cwd, env: { ...QUICK, ...env }, signal });
      const narrowed = writeTests(
        tests.filter((test) => test.chain === chain && test.file === file),
        here,
      );
      let ran = narrowed.length > 0 ? await runOn(narrowed) : undefined;
      // What is wrong is said of the file as it is, which has the last word.
      if (ran?.code !== 0) ran = await runOn([join(RULES, chain, file)]);
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

/** None of a pack that cannot be read: promtool says of its files what is wrong. */
function readTests(files: readonly TestFile[]): (SuiteTest & { readonly chain: string })[] {
  const chains = new Set(files.map(({ chain }) => chain));
  return loadPackFiles(RULES)
    .filter(({ chain }) => chains.has(chain))
    .flatMap((pack) => {
      try {
        return readSuite(pack).tests.map((test) => ({ ...test, chain: pack.chain }));
      } catch (error) {
        if (error instanceof RuleFileError) return [];
        throw error;
      }
    });
}

/** Each test with the rules that it looks at. @returns the paths */
function writeTests(tests: readonly SuiteTest[], folder: string): string[] {
  return tests.map((test, index) => {
    const { rules, test: text } = lookedAt(test);
    const here = join(folder, String(index));
    mkdirSync(here);
    writeFileSync(join(here, RULES_FILE), rules);
    writeFileSync(join(here, 'test.yaml'), text);
    return join(here, 'test.yaml');
  });
}

/** Of the elements `<testsuite … tests="7" failures="0" …>`, one for each file that promtool was given. */
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
