import { distance } from 'fastest-levenshtein';

/**
 * The known name that a misspelt one most likely means, or `undefined` where none is near: a guess that is far off leads astray. The same
 * rule as that of stack files, which services do not load.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  // Names come from strangers, and a long one would take long.
  const typed = name.slice(0, MAX_LENGTH).toLowerCase();
  const ranked = known
    .map((candidate) => ({ candidate, far: distance(typed, candidate.toLowerCase()) }))
    .sort((a, b) => a.far - b.far || a.candidate.localeCompare(b.candidate));
  const best = ranked[0];
  const contained = known.filter((candidate) => typed.length > 3 && candidate.toLowerCase().includes(typed));
  if (best && best.far < Math.max(2, typed.length) && best.far <= Math.max(2, Math.floor(typed.length / 3)))
    return best.candidate;
  return contained[0];
}

/** Characters. */
const MAX_LENGTH = 200;
