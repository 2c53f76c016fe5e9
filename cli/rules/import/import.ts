/** `chainwatch rules import`: rules that somebody has already, as a pack draft, with what is wrong with them. */
import { readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { unknownName } from '../../../config/faults.ts';
import type { Completed } from '../../../model/import/complete.ts';
import { draftFiles } from '../../../model/import/draft.ts';
import { guessChain } from '../../../model/import/guess.ts';
import { type Judged, judge } from '../../../model/import/judge.ts';
import { judgeRoutes } from '../../../model/import/routes.ts';
import type { Remark } from '../../../model/import/types.ts';
import type { Known } from '../../../model/knowledge.ts';
import { createAtomically } from '../../atomic.ts';
import { CliError } from '../../errors.ts';
import { type ExitCode, exitCodes } from '../../exitCodes.ts';
import type { Io } from '../../io.ts';
import { loadKnown } from '../../loadStack.ts';
import { makeFolder } from '../../makeFolder.ts';
import { count, json, paint } from '../../output.ts';
import { readSources, type Sources } from './sources.ts';

export interface ImportOptions {
  readonly out?: string;
  readonly chain?: string;
  readonly alertmanager?: string;
  readonly json: boolean;
}

export async function importRules(path: string, options: ImportOptions, io: Io): Promise<ExitCode> {
  const known = loadKnown();
  const names = known.packs.names;
  if (options.chain !== undefined && !names.includes(options.chain))
    throw new CliError(unknownName('chain', options.chain, names));
  const routes = options.alertmanager === undefined ? undefined : readRoutes(options.alertmanager, io.cwd);
  const sources = readSources(path, io.cwd);
  const chain =
    options.chain ??
    guessChain(
      sources.rules,
      known.packs.all().map(({ catalogue }) => catalogue),
    );
  const judged = judge(sources, chain ?? 'system', known);
  const ofRoutes = routes === undefined ? [] : judgeRoutes(routes.text, routes.file, judged.routed);
  const remarks = [...judged.remarks, ...ofRoutes];
  const files = draftFiles({ ...judged, untranslated: sources.untranslated }, remarksByRule(judged));
  const written = options.out === undefined ? [] : write(files, options.out, io.cwd);
  const faults = remarks.filter(({ kind }) => kind === 'fault').length;
  if (options.json) io.out(json(documentOf(sources, judged, chain, remarks, files, written)));
  else show({ sources, judged, chain, asked: options.chain !== undefined, remarks, files, written }, known, io);
  return faults === 0 ? exitCodes.ok : exitCodes.failed;
}

/** Of two rules with one name each has what is said of its own lines. What its name in the draft says already is left out. */
function remarksByRule({ completed, remarks }: Judged): (rule: Completed) => readonly Remark[] {
  const owners = Map.groupBy(remarks, ({ file, rule, line }) =>
    completed.findLast(({ from }) => from.file === file && from.name === rule && from.line <= line),
  );
  return (rule) => (owners.get(rule) ?? []).filter(({ message }) => !message.startsWith('is called '));
}

function readRoutes(name: string, cwd: string): { readonly text: string; readonly file: string } {
  const path = resolve(cwd, name);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true)
    throw new CliError(`there is no file ${path}`, {
      remedy: 'name the configuration of your Alertmanager, mostly alertmanager.yml',
    });
  return { text: readFileSync(path, 'utf8'), file: relative(cwd, path).startsWith('..') ? path : relative(cwd, path) };
}

/** @returns paths as a person reads them. @throws CliError where one of them is there already; then none is written */
function write(files: ReadonlyMap<string, string>, out: string, cwd: string): string[] {
  const folder = resolve(cwd, out);
  const there = [...files.keys()].filter(
    (name) => statSync(join(folder, name), { throwIfNoEntry: false }) !== undefined,
  );
  if (there.length > 0)
    throw new CliError(`${folder} has ${there.join(' and ')} already, and nothing is written`, {
      remedy: 'name a new folder: --out draft',
    });
  makeFolder(folder);
  return [...files].map(([name, text]) => {
    createAtomically(join(folder, name), text);
    return join(out, name);
  });
}

function documentOf(
  { rules, untranslated, skipped }: Sources,
  { chain: judgedBy }: Judged,
  chain: string | undefined,
  remarks: readonly Remark[],
  files: ReadonlyMap<string, string>,
  written: readonly string[],
) {
  return {
    chain: chain ?? null,
    judgedBy,
    alerts: rules.filter(({ kind }) => kind === 'alert').length,
    recordings: rules.filter(({ kind }) => kind === 'recording').length,
    untranslated,
    skipped,
    remarks,
    written,
    files: Object.fromEntries(files),
  };
}

interface Outcome {
  readonly sources: Sources;
  readonly judged: Judged;
  readonly chain: string | undefined;
  /** Whether the chain was named. */
  readonly asked: boolean;
  readonly remarks: readonly Remark[];
  readonly files: ReadonlyMap<string, string>;
  readonly written: readonly string[];
}

/** The draft on stdout, unless it went to files; what is said of it beside. */
function show({ sources, judged, chain, asked, remarks, files, written }: Outcome, known: Known, io: Io): void {
  const { red, yellow, dim } = paint(io);
  if (written.length === 0)
    for (const [name, text] of files)
      io.out(`${files.size > 1 ? `# ${name}\n` : ''}${text}${files.size > 1 ? '---\n' : ''}`);
  const say = written.length === 0 ? (text: string) => io.err(text) : (text: string) => io.out(text);
  for (const { file, line, rule, message, kind } of remarks) {
    const mark = kind === 'fault' ? red('✗') : yellow('note');
    say(`${mark} ${file}:${line}: ${rule === undefined ? '' : `${rule} `}${message}\n`);
  }
  for (const name of sources.skipped) say(dim(`left out, since it holds no rules: ${name}\n`));
  const faults = remarks.filter(({ kind }) => kind === 'fault').length;
  const { rules, untranslated } = sources;
  const alerts = rules.filter(({ kind }) => kind === 'alert').length;
  const left = untranslated.length === 0 ? '' : `, ${untranslated.length} not translated`;
  const how = asked
    ? ''
    : chain === undefined
      ? `; they read nothing that a catalogue knows, so --chain says whose they are: ${known.packs.names.join(', ')}`
      : ' (by what they read; --chain names another)';
  say(
    `${count(alerts, 'alert')}, ${count(rules.length - alerts, 'recording')}${left}, judged by ${judged.chain}${how}: ${count(faults, 'fault')}\n`,
  );
  if (written.length > 0) say(`written: ${written.join(', ')}\n`);
}
