/** A whole drill: waves one after the other, what fails once more and slower, then what is proven now. */
import { rmSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { CliError } from '../../cli/errors.ts';
import { exitCodes } from '../../cli/exitCodes.ts';
import type { Known } from '../../model/knowledge.ts';
import type { AlertRule } from '../../model/rules/ruleFile.ts';
import { describeProgress } from '../../tools/index.ts';
import { runFolder } from '../folder.ts';
import { findPrograms } from '../prepare.ts';
import { isRunning, readState, stopLeftovers } from '../state.ts';
import { type Case, namesOf } from './cases.ts';
import { fingerprintOf, type Ledger, type Proof } from './ledger.ts';
import { playWave } from './play.ts';
import { DRILL } from './stack.ts';
import { GOOD, judge, PROVEN, type Row } from './verdict.ts';
import { planWaves, type Wave } from './waves.ts';

export interface DrillOptions {
  readonly known: Known;
  /** The folder with the stack files. */
  readonly project: string;
  /** The highest time scale. */
  readonly scale?: number | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (what: string) => void;
  /** Told when a wave has ended. */
  readonly onWave: (what: string) => void;
}

export interface DrillResult {
  readonly ok: boolean;
  readonly rows: readonly Row[];
  readonly waves: readonly PlayedSummary[];
  /** Alerts of the monitoring itself that fired meanwhile: then the machine did not keep up. */
  readonly own: readonly string[];
  /** Real seconds. */
  readonly seconds: number;
}

export interface PlayedSummary {
  readonly faults: number;
  readonly timeScale: number;
  readonly seconds: number;
  /** Faults that did not go as they should. */
  readonly failed: number;
  /** Evaluations that Prometheus had no time for. */
  readonly missed: number;
}

/** A second try is this much slower: what a busy machine got wrong goes right then, what is wrong stays so. Few have the machine to themselves. */
const SLOWER = { many: 2.5, few: 1.5 };
/** With more failures than this part of all, and than so many, a moment of a busy machine is not the reason. */
const RETRIED = { part: 0.5, number: 10 };
/** So few are no load, even for a busy machine; but what takes long is played so fast that each moment counts. */
const FEW = 5;
/** A busy machine is never given less than this part of what an idle one gets: it would take for ever. */
const LEAST_SHARE = 0.4;

export async function drill(cases: readonly Case[], options: DrillOptions): Promise<DrillResult> {
  const started = Date.now();
  for (const lane of LANES) await endLeftovers(options.project, lane);
  const busy = freeShare();
  const share = cases.length > FEW ? busy : 1;
  const first = await playAll(planWaves(cases, { most: options.scale, share, longShare: busy }), 'wave', options);
  const failed = cases.filter((each) => !isGood(first.rows.get(each.network)));
  const again = failed.length <= Math.max(RETRIED.number, RETRIED.part * cases.length) ? failed : [];
  const by = again.length > FEW ? SLOWER.many : SLOWER.few;
  const slower = options.scale === undefined ? undefined : Math.max(1, Math.round(options.scale / by));
  const calmer = Math.max(LEAST_SHARE / 1.6, share / by);
  const second = await playAll(planWaves(again, { most: slower, share: calmer }), 'second try', options);
  const rows = [
    ...cases.flatMap(({ network }) => second.rows.get(network) ?? first.rows.get(network) ?? []),
    watchdogRow([...first.watchdogs, ...second.watchdogs]),
  ];
  const ok = rows.every(({ outcome }) => GOOD.has(outcome));
  if (ok) for (const lane of LANES) rmSync(runFolder(options.project, lane).root, { recursive: true, force: true });
  return {
    ok,
    rows,
    waves: [...first.waves, ...second.waves],
    own: [...new Set([...first.own, ...second.own])].sort(),
    seconds: Math.round((Date.now() - started) / 100) / 10,
  };
}

/** @throws CliError where a drill runs already */
async function endLeftovers(project: string, lane: string): Promise<void> {
  const state = readState(runFolder(project, lane));
  if (!state) return;
  if (isRunning(state)) {
    const { pid } = state.supervisor;
    throw new CliError(`a drill runs here already (process ${pid})`, {
      exitCode: exitCodes.portInUse,
      remedy: `wait for its end, or end it: kill ${pid}`,
    });
  }
  await stopLeftovers(state);
}

function freeShare(): number {
  const [load = 0] = loadavg();
  const cores = availableParallelism();
  return Math.max(LEAST_SHARE, Math.min(1, cores / Math.max(cores, load)));
}

function isGood(rows: readonly Row[] | undefined): boolean {
  return rows?.every(({ outcome }) => GOOD.has(outcome)) ?? false;
}

interface PlayedAll {
  /** By network. */
  readonly rows: Map<string, Row[]>;
  readonly waves: PlayedSummary[];
  readonly own: string[];
  /** For each wave whether the alert that fires always arrived. */
  readonly watchdogs: boolean[];
}

/** It fires without any fault, and never ends. */
function watchdogRow(arrived: readonly boolean[]): Row {
  const outcome = arrived.every(Boolean) ? 'arrived' : 'not delivered';
  return { chain: 'system', fault: 'none', alert: 'Watchdog', outcome, optional: false };
}

/** What takes long is played beside the rest. @throws what one lane throws, when the other has ended too */
async function playAll(waves: readonly Wave[], title: string, options: DrillOptions): Promise<PlayedAll> {
  const all: PlayedAll = { rows: new Map(), waves: [], own: [], watchdogs: [] };
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const doing = ['', ''];
  const lanes = [waves.filter(({ long }) => !long), waves.filter(({ long }) => long)];
  const playing = lanes.map(async (lane, index) => {
    const onProgress = (what: string) => {
      doing[index] = what;
      options.onProgress(doing.filter((each) => each !== '').join(' | '));
    };
    try {
      const name = index === 0 ? title : `${title}, long`;
      await playLane(lane, LANES[index] ?? DRILL, name, { ...options, signal, onProgress }, all);
    } catch (error) {
      failed.abort(error);
      throw error;
    } finally {
      doing[index] = '';
    }
  });
  const ended = await Promise.allSettled(playing);
  if (ended.some(({ status }) => status === 'rejected')) signal.throwIfAborted();
  return all;
}

/** Names of folders, and of what runs in them. */
const LANES = [DRILL, `${DRILL}-long`] as const;

async function playLane(
  waves: readonly Wave[],
  lane: string,
  title: string,
  options: DrillOptions,
  all: PlayedAll,
): Promise<void> {
  for (const [index, wave] of waves.entries()) {
    const name = `${title} ${index + 1} of ${waves.length}`;
    const summary = await playOne(wave, lane, name, options, all);
    all.waves.push(summary);
    options.onWave(waveWords(name, wave, summary, all));
  }
}

/** Also which did not go well, and how: whoever waits for a second try wants to know of what. */
function waveWords(
  name: string,
  { cases }: Wave,
  { faults, timeScale, seconds }: PlayedSummary,
  all: PlayedAll,
): string {
  const bad = cases.flatMap(({ network }) => (all.rows.get(network) ?? []).filter(({ outcome }) => !GOOD.has(outcome)));
  const head = `${name}: ${faults} faults, time x${timeScale}, ${seconds} s`;
  return [head, ...bad.map(({ chain, fault, alert, outcome }) => `  ${chain}/${fault}: ${alert} ${outcome}`)].join(
    '\n',
  );
}

async function playOne(
  wave: Wave,
  lane: string,
  name: string,
  options: DrillOptions,
  into: PlayedAll,
): Promise<PlayedSummary> {
  const { known, project, signal, onProgress } = options;
  const started = Date.now();
  const folder = runFolder(project, lane);
  // What an earlier wave left would be remembered by Alertmanager and receiver.
  rmSync(folder.root, { recursive: true, force: true });
  const programs = await findPrograms({ networks: [] }, signal, (at) => onProgress(describeProgress(at)));
  const say = (what: string) => onProgress(`${name}: ${what}`);
  const around = { known, project, folder, programs, signal, say };
  const { played, plan, own, missed, watchdog } = await playWave(wave, around);
  into.watchdogs.push(watchdog);
  for (const each of played) into.rows.set(each.case.network, judge(each, plan.alertmanager));
  into.own.push(...own.map(({ alert }) => alert));
  const failed = played.filter((each) => !isGood(into.rows.get(each.case.network))).length;
  const seconds = Math.round((Date.now() - started) / 1000);
  return { faults: wave.cases.length, timeScale: wave.timeScale, seconds, failed, missed };
}

/** What the drill says of each alert that it played. By `<pack>/<alert>`. */
export interface Findings {
  /** Went through every stage, in each of their faults. */
  readonly proven: Ledger;
  /** Did not, in one at least: an earlier proof says nothing any more. */
  readonly disproved: ReadonlySet<string>;
}

export function findingsOf({ rows }: Pick<DrillResult, 'rows'>, known: Known, now: Date): Findings {
  const proven = new Map<string, Proof>();
  const disproved = new Set<string>();
  for (const { chain, fault, alert, outcome } of rows) {
    for (const name of namesOf(chain, alert, known)) {
      if (!GOOD.has(outcome)) disproved.add(name);
      else if (PROVEN.has(outcome) && !proven.has(name))
        proven.set(name, {
          at: now.toISOString(),
          fingerprint: fingerprintNamed(name, known),
          fault: `${chain}/${fault}`,
        });
    }
  }
  for (const name of disproved) proven.delete(name);
  return { proven, disproved };
}

function fingerprintNamed(name: string, { packs }: Known): string {
  const [chain = '', alert] = name.split('/');
  const rules = packs.get(chain)?.groups.flatMap((group) => group.rules) ?? [];
  const rule = rules.find((each): each is AlertRule => each.kind === 'alert' && each.name === alert);
  return rule === undefined ? '' : fingerprintOf(rule, rules);
}
