/** `chainwatch rules check`: the rule packs as they are, and on demand as a stack tunes them. */

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Known } from '../../model/knowledge.ts';
import { lintKnown } from '../../model/rules/lint/known.ts';
import { locateProgram, type ProgramName } from '../../tools/index.ts';
import { COMMAND } from '../commandName.ts';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import { interruptible } from '../interrupt.ts';
import type { Io } from '../io.ts';
import { loadKnown, loadPlan } from '../loadStack.ts';
import { count, indent, json, paint } from '../output.ts';
import { renderFiles } from '../render/files.ts';
import { check, parallel } from './promtool.ts';

export interface CheckRulesOptions {
  readonly stack?: string;
  readonly json: boolean;
}

interface Checked {
  /** A pack, or a file of the stack. */
  readonly name: string;
  readonly faults: readonly string[];
  readonly detail: string;
}

const RULES = join(import.meta.dirname, '..', '..', 'rules');

export async function checkRules({ stack, json: asJson }: CheckRulesOptions, io: Io): Promise<ExitCode> {
  const known = loadKnown();
  const { checked, skipped } = await interruptible(async (signal) => {
    const tools = await locate(signal);
    const packs = await checkPacks(known, tools.promtool, io, signal);
    const files = stack === undefined ? [] : await checkStackFiles(stack, tools, io, signal);
    return { checked: [...packs, ...files], skipped: tools.skipped };
  });
  const ok = checked.every(({ faults }) => faults.length === 0);
  if (asJson) io.out(json({ ok, checked, skipped }));
  else show(checked, skipped, io);
  return ok ? exitCodes.ok : exitCodes.usage;
}

interface Tools {
  readonly promtool: string | undefined;
  readonly amtool: string | undefined;
  readonly skipped: readonly string[];
}

/** Only what is at hand: a check of a rule must not wait for a build. */
async function locate(signal: AbortSignal): Promise<Tools> {
  const names = ['promtool', 'amtool'] as const satisfies readonly ProgramName[];
  const [promtool, amtool] = await Promise.all(names.map((name) => locateProgram(name, { signal })));
  const missing = [...(promtool ? [] : ['promtool']), ...(amtool ? [] : ['amtool'])];
  const skipped = missing.map(
    (name) => `${name} is not at hand, so only our own checks ran; ${COMMAND} rules test gets it`,
  );
  return { promtool: promtool?.path, amtool: amtool?.path, skipped };
}

async function checkPacks(known: Known, promtool: string | undefined, io: Io, signal: AbortSignal): Promise<Checked[]> {
  const packs = [...known.packs.readAll().values()].flatMap(({ pack }) => pack ?? []);
  // Whether anything reads what is recorded depends on the dashboards too; a test looks at both.
  const recorded = packs.flatMap(({ groups }) => groups.flatMap(({ rules }) => rules.map((rule) => rule.name)));
  const linted = lintKnown(known, new Set(recorded));
  return parallel([...linted], async ([chain, found]) => {
    const rules = packs.find((pack) => pack.chain === chain)?.groups.flatMap((group) => group.rules) ?? [];
    const alerts = rules.filter((rule) => rule.kind === 'alert').length;
    const files = ['recording', 'alerts'].map((file) => join(RULES, chain, `${file}.yaml`)).filter(existsSync);
    const said =
      // What we have said already it would say again, in other words.
      promtool === undefined || found.length > 0
        ? undefined
        : await check(promtool, ['check', 'rules', '--lint-fatal', ...files], { cwd: io.cwd, env: io.env, signal });
    const faults = [...found, ...(said === undefined ? [] : [`promtool: ${said}`])];
    return {
      name: chain,
      faults,
      detail: `${count(alerts, 'alert')}, ${count(rules.length - alerts, 'recording')}`,
    };
  });
}

/** What would be rendered, in a folder of its own for as long as the programs look at it. */
async function checkStackFiles(name: string, tools: Tools, io: Io, signal: AbortSignal): Promise<Checked[]> {
  const { stack, plan } = loadPlan(name, io.cwd);
  const files = renderFiles(stack, plan);
  const folder = mkdtempSync(join(tmpdir(), 'chainwatch-check-'));
  try {
    for (const [path, text] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const { promtool, amtool } = tools;
    const checks = [...files.keys()].flatMap((path) => {
      const args = argumentsFor(path);
      const program = path === 'alertmanager.yml' ? amtool : promtool;
      return args && program !== undefined ? [{ path, program, args: [...args, path] }] : [];
    });
    return await parallel(checks, async ({ path, program, args }) => {
      const said = await check(program, args, { cwd: folder, env: io.env, signal });
      return { name: `${name}: ${path}`, faults: said === undefined ? [] : [said], detail: '' };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `--syntax-only`: the secrets that the file names are mounted where it is used, not here. */
function argumentsFor(path: string): string[] | undefined {
  if (path === 'prometheus.yml') return ['check', 'config', '--syntax-only'];
  if (path === 'alertmanager.yml') return ['check-config'];
  return path.startsWith('rules/') ? ['check', 'rules', '--lint-fatal'] : undefined;
}

function show(checked: readonly Checked[], skipped: readonly string[], io: Io): void {
  const { green, red, yellow, dim } = paint(io);
  for (const { name, faults, detail } of checked) {
    if (faults.length === 0) io.out(`${green('ok')} ${name}  ${dim(detail)}\n`.replace(/ +\n$/, '\n'));
    else io.out(`${red('✗')} ${name}: ${count(faults.length, 'fault')}\n${indent(faults.join('\n'))}\n`);
  }
  for (const note of skipped) io.err(`${yellow('note')}: ${note}\n`);
}
