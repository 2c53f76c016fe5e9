import type { Block } from '../evm/decode.ts';
import { mostCommon } from './majority.ts';

/** An endpoint as the quorum sees it. */
export interface Source {
  readonly head: Block;
  /** The block that it has at a height; undefined where it has none or does not answer. */
  blockAt(height: number): Promise<Block | undefined>;
}

export interface Agreement<S extends Source> {
  /** As each of those that have it gave it: the hash is one, what else they say of it may differ. */
  readonly blocks: ReadonlyMap<S, Block>;
  readonly height: number;
  readonly hash: string;
}

export interface Verdict<S extends Source> {
  /** The highest block that a majority has with the same hash. */
  readonly agreed: Agreement<S> | undefined;
  /** Whether two sources have different blocks at one height. */
  readonly disagreement: boolean;
  /** Whether a source follows the chain of the majority; missing where that cannot be told. */
  readonly follows: ReadonlyMap<S, boolean>;
}

/**
 * How far below the highest block that a majority has reached an agreement is looked for. Deeper than any reorganisation
 * that a chain survives unnoticed; sources that differ for longer are on different chains, and nothing is agreed.
 */
export const MAX_DEPTH = 256;

/**
 * Finds what the sources agree on.
 *
 * In the common case each is asked for one block at most. Where they differ, the place where they parted is found by
 * steps that double and then halve, since agreeing on a block is agreeing on all before it.
 *
 * @param needed how many make a majority of all configured sources, also of those that are not among `sources`
 */
export async function findAgreement<S extends Source>(sources: readonly S[], needed: number): Promise<Verdict<S>> {
  const look = lookup(sources);
  const heights = sources.map(({ head }) => head.height).sort((a, b) => b - a);
  // Above this one fewer than a majority have any block at all.
  const top = heights[needed - 1];
  if (top === undefined) return disagreeing(sources, look, heights.at(-1));
  const atTop = await look(top);
  const agreed = majority(atTop, top, needed) ?? (await searchBelow(top, needed, look));
  const differs = distinct(atTop) > 1;
  if (agreed === undefined) return { agreed, disagreement: differs, follows: new Map() };
  const follows = await judge(sources, agreed, look);
  return { agreed, disagreement: differs || [...follows.values()].includes(false), follows };
}

type Blocks<S> = ReadonlyMap<S, Block>;
type Look<S> = (height: number) => Promise<Blocks<S>>;

/** Asks all that have reached the height, each once. */
function lookup<S extends Source>(sources: readonly S[]): Look<S> {
  const known = new Map<number, Promise<Blocks<S>>>();
  const ask = async (height: number): Promise<Blocks<S>> => {
    const reached = sources.filter(({ head }) => head.height >= height);
    const asked = reached.map(async (source): Promise<[S, Block | undefined]> => {
      const block = source.head.height === height ? source.head : await source.blockAt(height);
      return [source, block];
    });
    const answers = await Promise.all(asked);
    return new Map(answers.flatMap(([source, block]) => (block === undefined ? [] : [[source, block] as const])));
  };
  return (height) => {
    const before = known.get(height);
    if (before !== undefined) return before;
    const now = ask(height);
    known.set(height, now);
    return now;
  };
}

function majority<S extends Source>(blocks: Blocks<S>, height: number, needed: number): Agreement<S> | undefined {
  const [hash, holders] = mostCommon([...blocks], ([, block]) => block.hash) ?? ['', []];
  return holders.length >= needed ? { height, hash, blocks: new Map(holders) } : undefined;
}

function distinct<S extends Source>(blocks: Blocks<S>): number {
  return new Set([...blocks.values()].map(({ hash }) => hash)).size;
}

async function searchBelow<S extends Source>(
  top: number,
  needed: number,
  look: Look<S>,
): Promise<Agreement<S> | undefined> {
  const floor = Math.max(0, top - MAX_DEPTH);
  let above = top;
  let found: Agreement<S> | undefined;
  for (let step = 1; found === undefined && above > floor; step *= 2) {
    const height = Math.max(floor, top - step);
    found = majority(await look(height), height, needed);
    if (found === undefined) above = height;
  }
  while (found !== undefined && above - found.height > 1) {
    const middle = Math.floor((above + found.height) / 2);
    const better = majority(await look(middle), middle, needed);
    if (better === undefined) above = middle;
    else found = better;
  }
  return found;
}

async function judge<S extends Source>(
  sources: readonly S[],
  agreed: Agreement<S>,
  look: Look<S>,
): Promise<Map<S, boolean>> {
  const atAgreed = await look(agreed.height);
  const follows = new Map<S, boolean>();
  for (const source of sources) {
    if (source.head.height >= agreed.height) {
      const own = atAgreed.get(source);
      if (own !== undefined) follows.set(source, own.hash === agreed.hash);
      continue;
    }
    // Behind the others: is its head a block of their chain?
    const there = await look(source.head.height);
    const members = [...there].filter(([member]) => agreed.blocks.has(member)).map(([, block]) => block.hash);
    const [hash] = mostCommon(members, (each) => each) ?? [];
    if (hash !== undefined) follows.set(source, source.head.hash === hash);
  }
  return follows;
}

/** Too few answer for a majority; whether those few differ is worth knowing all the same. */
async function disagreeing<S extends Source>(
  sources: readonly S[],
  look: Look<S>,
  lowest: number | undefined,
): Promise<Verdict<S>> {
  const disagreement = sources.length > 1 && lowest !== undefined && distinct(await look(lowest)) > 1;
  return { agreed: undefined, disagreement, follows: new Map() };
}
