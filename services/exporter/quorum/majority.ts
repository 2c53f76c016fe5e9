/** How many of `sources` make a majority. Counted over all that are configured: the dead do not vote, but they count. */
export function majorityOf(sources: number): number {
  return Math.floor(sources / 2) + 1;
}

/** The value that at least `needed` have, or undefined. */
export function majorityValue<T>(values: readonly T[], needed: number): T | undefined {
  const [value, holders] = mostCommon(values, (each) => each) ?? [undefined, []];
  return holders.length >= needed ? value : undefined;
}

/** The largest group of equal keys; of groups of one size the one met first. */
export function mostCommon<T, K>(items: readonly T[], keyOf: (item: T) => K): readonly [K, readonly T[]] | undefined {
  let best: readonly [K, readonly T[]] | undefined;
  for (const group of Map.groupBy(items, keyOf)) {
    if (best === undefined || group[1].length > best[1].length) best = group;
  }
  return best;
}

/** The middle one, the lower of two; so that one liar cannot move it where a majority tells the truth. */
export function median<T extends number | bigint>(values: readonly T[]): T | undefined {
  const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return sorted[Math.floor((sorted.length - 1) / 2)];
}
