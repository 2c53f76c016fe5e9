/** Whose exposition it is, told by the names in it. */
import type { Family } from '../exposition/read.ts';
import { type Catalogue, metricOfSeries } from '../rules/catalogue.ts';
import { isCommon } from './compare.ts';

export interface Vote {
  readonly chain: string;
  /** How many of the names its catalogue has. */
  readonly names: number;
}

export interface ChainGuess {
  /** `undefined` where none has more than half of the names that are known, or two have as many. */
  readonly chain: string | undefined;
  /** Most first; only those that know a name. */
  readonly votes: readonly Vote[];
  /** Names that some catalogue has. */
  readonly known: number;
}

/** What any program exposes, and what Prometheus makes itself, speaks for no chain. */
export function guessChainOf(families: readonly Family[], catalogues: readonly Catalogue[]): ChainGuess {
  const names = families.map(({ name }) => name).filter((name) => !isCommon(name));
  const has = (catalogue: Catalogue, name: string) => {
    const metric = metricOfSeries([catalogue], name);
    return metric !== undefined && !metric.synthetic && !metric.recorded;
  };
  const known = names.filter((name) => catalogues.some((catalogue) => has(catalogue, name))).length;
  const votes = catalogues
    .map((catalogue) => ({ chain: catalogue.chain, names: names.filter((name) => has(catalogue, name)).length }))
    .filter((vote) => vote.names > 0)
    .sort((a, b) => b.names - a.names || (a.chain < b.chain ? -1 : 1));
  const [best, next] = votes;
  const clear = best !== undefined && best.names * 2 > known && best.names > (next?.names ?? 0);
  return { chain: clear ? best.chain : undefined, votes, known };
}
