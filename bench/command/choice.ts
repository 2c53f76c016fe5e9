import { unknownName } from '../../config/faults.ts';

/** One benchmark that is to run, and which of its parts; none where it has none. */
export interface Choice {
  readonly benchmark: string;
  readonly parts: readonly string[];
}

/**
 * What `npm run bench -- plan aggregator exports` asks for: words behind the name of a benchmark are its parts, until the next name.
 *
 * @param known each benchmark with its parts, which run in this order
 * @returns all of them for no words; every fault at once
 */
export function choose(
  words: readonly string[],
  known: ReadonlyMap<string, readonly string[]>,
): { readonly choices: readonly Choice[]; readonly faults: readonly string[] } {
  const wanted = new Map<string, string[]>();
  const faults: string[] = [];
  let last: string | undefined;
  for (const word of words.length > 0 ? words : known.keys()) {
    const parts = last === undefined ? [] : (known.get(last) ?? []);
    if (last !== undefined && parts.includes(word)) {
      wanted.get(last)?.push(word);
    } else if (known.has(word)) {
      last = word;
      wanted.set(word, wanted.get(word) ?? []);
    } else if (last !== undefined && parts.length > 0) {
      faults.push(unknownName(`part of ${last}`, word, parts));
    } else {
      faults.push(unknownName('benchmark', word, [...known.keys()]));
    }
  }
  const choices = [...wanted].map(([benchmark, some]) => {
    const all = known.get(benchmark) ?? [];
    return { benchmark, parts: some.length === 0 ? all : all.filter((part) => some.includes(part)) };
  });
  return { choices, faults };
}
