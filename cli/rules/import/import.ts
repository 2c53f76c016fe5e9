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
import { COMMAND } from '../../commandName.ts';
import { CliError } from '../../errors.ts';
import { type ExitCode, exitCodes } from '../../exitCodes.ts';
import { interruptible } from '../../interrupt.ts';
import type { Io } from '../../io.ts';
import { loadKnown } from '../../loadStack.ts';
import { makeFolder } from '../../makeFolder.ts';
import { count, json, paint } from '../../output.ts';
import { checkDraft } from './promtool.ts';
import { type RouteFile, readSources, type Sources } from './sources.ts';

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
  // What is named counts alone: a folder may hold those of another environment, too.
  const routeFiles = routes === undefined ? sources.routes : [routes];
  const ofRoutes = routeFiles.flatMap(({ text, file }) => judgeRoutes(text, file, judged.routed));
  const drafted = { ...judged, untranslated: sources.untranslated };
  const bare = draftFiles(drafted);
  const ofPromtool = await interruptible((signal) => checkDraft(bare, judged, io, signal));
  const remarks = [...judged.remarks, ...ofRoutes, ...ofPromtool.remarks];
  const commented = draftFiles(drafted, remarksByRule({ ...judged, remarks }));
  // On the terminal what is said of a rule stands beside the draft, and need not stand in it, too.
  const files = options.out === undefined && !options.json ? bare : commented;
  const written = options.out === undefined ? [] : write(files, options.out, io.cwd);
  const faults = remarks.filter(({ kind }) => kind === 'fault').length;
  const routesOf = routeFiles.map(({ file }) => file);
  const { checked } = ofPromtool;
  const asked = options.chain !== undefined;
  const outcome = { sources, judged, chain, asked, remarks, files, written, routesOf, checked };
  if (options.json) io.out(json(documentOf(outcome)));
  else show(outcome, known, io);
  return faults === 0 ? exitCodes.ok : exitCodes.failed;
}

/** Of two rules with one name each has what is said of its own lines. What its name in the draft says already is left out. */
function remarksByRule({ completed, remarks }: Judged): (rule: Completed) => readonly Remark[] {
  const owners = Map.groupBy(remarks, ({ file, rule, line }) =>
    completed.findLast(({ from }) => from.file === file && from.name === rule && from.line <= line),
  );
  return (rule) => (owners.get(rule) ?? []).filter(({ message }) => !message.startsWith('is called '));
}

function readRoutes(name: string, cwd: string): RouteFile {
  const path = resolve(cwd, name);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true)
    throw new CliError(`there is no file ${path}`, {
      remedy:
        "name the configuration of your Alertmanager, mostly alertmanager.yml, or an export of Grafana's notification policy",
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

function documentOf({ sources, judged, chain, remarks, files, written, routesOf, checked }: Outcome) {
  const { rules, untranslated, skipped } = sources;
  const { chain: judgedBy } = judged;
  return {
    chain: chain ?? null,
    judgedBy,
    alerts: rules.filter(({ kind }) => kind === 'alert').length,
    recordings: rules.filter(({ kind }) => kind === 'recording').length,
    untranslated,
    skipped,
    routes: routesOf,
    checkedByPromtool: checked,
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
  /** The configurations of an Alertmanager whose routes were looked at. */
  readonly routesOf: readonly string[];
  /** Whether promtool was at hand. */
  readonly checked: boolean;
}

/** The draft on stdout, unless it went to files; what is said of it beside. */
function show(outcome: Outcome, known: Known, io: Io): void {
  const { sources, judged, chain, asked, remarks, files, written, routesOf, checked } = outcome;
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
  for (const name of routesOf) say(dim(`routes that were looked at: ${name}\n`));
  for (const { file } of sources.routes.filter((each) => !routesOf.includes(each.file)))
    say(dim(`left out, since --alertmanager names another: ${file}\n`));
  if (!checked)
    say(`${yellow('note')} promtool is not at hand, so only our own checks ran; ${COMMAND} rules test gets it\n`);
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
