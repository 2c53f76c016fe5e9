/** Plays one wave on real programs: each network is well, then has its fault, then is well again, and all that fires is noted. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Known } from '../../model/knowledge.ts';
import { freePort } from '../../tools/freePort.ts';
import { commandPhases, type Programs } from '../commands.ts';
import { makeRunFolder, type RunFolder } from '../folder.ts';
import { type Prepared, prepare } from '../prepare.ts';
import type { Command } from '../process.ts';
import { Run } from '../run.ts';
import { settledTargets } from '../targets.ts';
import type { Case } from './cases.ts';
import { Observations, type Seen } from './observed.ts';
import { DRILL, stackOf, undrawn } from './stack.ts';
import type { Played } from './verdict.ts';
import { Watch } from './watch.ts';
import type { Wave } from './waves.ts';

export interface PlayOptions {
  readonly known: Known;
  /** The folder with the stack files. */
  readonly project: string;
  readonly folder: RunFolder;
  readonly programs: Programs;
  readonly signal: AbortSignal;
  /** What is being done just now. */
  readonly say: (what: string) => void;
}

export interface PlayedWave {
  readonly played: readonly Played[];
  readonly plan: Prepared['plan'];
  /** Alerts about no network: of this monitoring itself. */
  readonly own: readonly Seen[];
  /** Evaluations that Prometheus had no time for. */
  readonly missed: number;
  /** Whether the alert that fires always was at the receiver. */
  readonly watchdog: boolean;
}

/** Real seconds that an alert may take from Prometheus to the receiver: the waits of Alertmanager, and a busy machine. */
const DELIVERY = 6;
/** Real seconds between two looks, at the least. */
const LOOK = 0.5;
/** Seconds until all targets must have been scraped once. */
const SETTLE = 20;
/** Two looks that are this much further apart than they should be have met a machine that stood still. */
const STALL_MS = 2000;

/** @throws what the start of a program throws; the signal's reason when aborted. All that it started has ended then. */
export async function playWave(wave: Wave, options: PlayOptions): Promise<PlayedWave> {
  const { known, project, folder, programs, signal, say } = options;
  const names = ['prometheus', 'alertmanager', 'receiver', 'simulator'];
  const ports = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await freePort()] as const)));
  makeRunFolder(folder);
  const prepared = await prepare(
    { stack: stackOf(wave, known, ports), known: undrawn(known), project, limits: false },
    folder,
    programs,
  );
  const run = new Run({ folder, stack: DRILL, timeScale: wave.timeScale, notes: [], onTrouble: say });
  try {
    for (const phase of commandPhases(prepared.plan, prepared.places, folder, programs))
      await run.startPhase(phase.map(withRoom), signal, (name) => say(`${name} is up`));
    const url = (name: 'prometheus' | 'receiver' | 'simulator') => prepared.places.publicUrl(name);
    await settledTargets(url('prometheus'), SETTLE, signal);
    const urls = { prometheus: url('prometheus'), receiver: url('receiver'), simulator: url('simulator') };
    return { ...(await new Play(wave, new Watch(urls, signal), options).play()), plan: prepared.plan };
  } finally {
    await run.stop();
  }
}

/** Programs of a few minutes need not collect their garbage as often: Prometheus takes a tenth less of the machine so. */
function withRoom(command: Command): Command {
  return { ...command, env: { GOGC: '400', ...command.env } };
}

type Phase = 'calm' | 'on' | 'recovering' | 'done';

interface Progress {
  readonly case: Case;
  phase: Phase;
  began: number;
  cleared: number;
  ended: number;
  /** What `#stalled` was at the last change of phase. */
  stalled: number;
}

class Play {
  readonly #wave: Wave;
  readonly #watch: Watch;
  readonly #options: PlayOptions;
  readonly #observed = new Observations();
  readonly #cases: Progress[];
  readonly #started = Date.now();
  /** Milliseconds for which this machine stood still, or nearly: whoever waits for something waits so much longer. */
  #stalled = 0;

  constructor(wave: Wave, watch: Watch, options: PlayOptions) {
    this.#wave = wave;
    this.#watch = watch;
    this.#options = options;
    this.#cases = wave.cases.map((each) => ({ case: each, phase: 'calm', began: 0, cleared: 0, ended: 0, stalled: 0 }));
  }

  async play(): Promise<Omit<PlayedWave, 'plan'>> {
    const { signal, say } = this.#options;
    const every = Math.max(LOOK, this.#wave.interval);
    let before = Date.now();
    while (this.#cases.some(({ phase }) => phase !== 'done')) {
      signal.throwIfAborted();
      const asked = Date.now();
      // Twice the time since the last look: what fires between two answers must be in one of them.
      const [firing, pending, received] = await Promise.all([
        this.#watch.firing((2 * (asked - before)) / 1000 + this.#wave.evaluation),
        this.#watch.pending(),
        this.#watch.received(),
      ]);
      this.#stalled += Math.max(0, asked - before - every * 1000 - STALL_MS);
      before = asked;
      this.#observed.firing(firing, asked);
      this.#observed.pending(pending);
      this.#observed.received(received);
      for (const each of this.#cases) await this.#step(each, asked);
      say(this.#summary());
      await sleep(every * 1000, undefined, { signal });
    }
    const missed = await this.#watch.number('sum(prometheus_rule_group_iterations_missed_total)');
    const lastSeen = await this.#watch.number('max(receiver_watchdog_last_seen_timestamp_seconds)');
    return {
      played: this.#cases.map(({ case: of, began, cleared, ended }) => ({
        case: of,
        timeScale: this.#wave.timeScale,
        began,
        cleared,
        ended,
        seen: this.#observed.of(of.network),
      })),
      own: this.#observed.of(''),
      missed: missed ?? 0,
      watchdog: lastSeen !== undefined && lastSeen > 0,
    };
  }

  async #step(each: Progress, now: number): Promise<void> {
    const { network, fault, calm, recovery } = each.case;
    const passed = (since: number, simulated: number, real: number) =>
      now - since >= (simulated / this.#wave.timeScale + real) * 1000 + this.#stalled - each.stalled;
    if (each.phase === 'calm' && passed(this.#started, calm, 0)) {
      await this.#watch.switch('PUT', network, fault.name);
      each.began = Date.now();
      each.phase = 'on';
      each.stalled = this.#stalled;
    } else if (each.phase === 'on' && this.#isEnough(each, now)) {
      await this.#watch.switch('DELETE', network, fault.name);
      each.cleared = Date.now();
      each.phase = 'recovering';
      each.stalled = this.#stalled;
    } else if (each.phase === 'recovering' && (this.#isQuiet(each, now) || passed(each.cleared, recovery, DELIVERY))) {
      each.ended = now;
      each.phase = 'done';
    }
  }

  /** As long as the fault says, so that what comes besides is seen; longer where something is missing still. */
  #isEnough({ case: { alerts, network, within }, began, stalled }: Progress, now: number): boolean {
    const { timeScale, evaluation } = this.#wave;
    const passed = (now - began - this.#stalled + stalled) / 1000;
    if (passed < within / timeScale) return false;
    if (passed > (1.25 * within) / timeScale + DELIVERY + 4 * evaluation) return true;
    const seen = this.#observed.of(network);
    // Whoever is held back never comes: to have fired must do, after a while for the way.
    return alerts.every((alert) =>
      seen.some((one) => one.alert === alert && (one.received !== undefined || now - (one.fired ?? now) > 3000)),
    );
  }

  /**
   * What may come may also go on, and some go on by their nature: nobody waits for those. But what begins only when the fault is over,
   * and waits for its time, is waited for: a rule that fires again after the cure is wrong.
   */
  #isQuiet({ case: { network, also, lasting }, cleared }: Progress, now: number): boolean {
    if (now - cleared < 2000 * Math.max(LOOK, this.#wave.evaluation) + 1000) return false;
    const counts = (alert: string) => !also.includes(alert) && !lasting.includes(alert);
    if (this.#observed.coming(network).some(counts)) return false;
    const awaited = this.#observed.of(network).filter(({ alert }) => counts(alert));
    return awaited.every(({ received, resolved, lastFired = 0 }) =>
      received === undefined ? now - lastFired > 4000 : resolved !== undefined && lastFired <= now - 1000,
    );
  }

  #summary(): string {
    const count = (phase: Phase) => this.#cases.filter((each) => each.phase === phase).length;
    const seconds = Math.round((Date.now() - this.#started) / 1000);
    return `x${this.#wave.timeScale}, ${seconds} s: ${count('calm')} calm, ${count('on')} on, ${count('recovering')} recovering, ${count('done')} of ${this.#cases.length} done`;
  }
}
