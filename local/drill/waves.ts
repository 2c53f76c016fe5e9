/** Which cases are played side by side, and how much faster than on the chain. */
import { type Case, durationOf } from './cases.ts';
import { STEP } from './tooShort.ts';

export interface Wave {
  readonly cases: readonly Case[];
  /** Simulated seconds in each real one. */
  readonly timeScale: number;
  /** Real seconds between scrapes. */
  readonly interval: number;
  /** Real seconds between evaluations. */
  readonly evaluation: number;
  /** Of what takes long, and is played beside the rest. */
  readonly long: boolean;
}

/** Above this the time to seal a block is below the smallest bucket of its histogram, and looks as slow as the bucket is wide. */
const MAX_SCALE = 100;
/** Of what takes long alone. Rules that read such times are left out then. */
const LONG_SCALE = 220;
/** Scrapes between evaluations, as in every stack: rules cost more than scrapes, and the shortest window still sees two of them. */
const EVALUATED = 2;
/** Networks that are scraped in a second: what two idle cores do with ease, for each of two waves side by side. */
const CAPACITY = 50;
/** Of a network with all its nodes and rules: an environment has a target or two, and its rules are there once for all. */
const SHARE_OF_ENVIRONMENT = 0.1;
/** Simulated seconds. What takes longer is played by itself, or all others would wait for it. */
const LONG = 6 * 3600;

export interface WaveOptions {
  /** The highest time scale; default: as high as rules and programs bear. */
  readonly most?: number | undefined;
  /** Which part of the machine is ours, above 0 up to 1; default: all. With less all goes slower, not only less at once. */
  readonly share?: number;
  /** The same for what takes long; default: `share`. */
  readonly longShare?: number;
}

/** Those that take alike stand together, so that none waits long for another. The slowest come last. */
export function planWaves(cases: readonly Case[], { most, share = 1, longShare = share }: WaveOptions = {}): Wave[] {
  const sorted = cases.toSorted((a, b) => durationOf(a) - durationOf(b) || (a.network < b.network ? -1 : 1));
  const quick = sorted.filter((each) => durationOf(each) <= LONG);
  const long = sorted.filter((each) => durationOf(each) > LONG);
  return [
    ...wavesOf(quick, most ?? Math.round(MAX_SCALE * share), CAPACITY * share, false),
    ...wavesOf(long, most ?? Math.round(LONG_SCALE * longShare), CAPACITY * longShare, true),
  ];
}

function wavesOf(cases: readonly Case[], most: number, capacity: number, long: boolean): Wave[] {
  const width = Math.max(1, Math.floor((capacity * STEP) / most));
  const interval = Math.round((STEP * 1000) / most) / 1000;
  return evenly(cases, width).map((chunk) => ({
    cases: chunk,
    timeScale: most,
    interval,
    evaluation: EVALUATED * interval,
    long,
  }));
}

function weightOf({ chain }: Case): number {
  return chain === 'system' ? SHARE_OF_ENVIRONMENT : 1;
}

/** In as few chunks as there must be, all of the same weight. */
function evenly(cases: readonly Case[], width: number): Case[][] {
  const whole = cases.reduce((sum, each) => sum + weightOf(each), 0);
  const count = Math.max(1, Math.ceil(whole / width));
  const chunks: Case[][] = [];
  let before = 0;
  for (const each of cases) {
    // By its middle, so that sums that tremble in their last digit move nothing.
    const index = Math.min(count - 1, Math.floor(((before + weightOf(each) / 2) / whole) * count));
    before += weightOf(each);
    chunks[index] = [...(chunks[index] ?? []), each];
  }
  return chunks.filter((chunk) => chunk !== undefined);
}

/** Real seconds that a wave takes at most, without the start of its programs. */
export function longestOf({ cases, timeScale }: Wave): number {
  return Math.max(0, ...cases.map(durationOf)) / timeScale;
}

/** Whether times of less than a scrape's distance can still be told apart. */
export function seesShortTimes({ timeScale }: Wave): boolean {
  return timeScale <= MAX_SCALE;
}
