/** Which metric a name that nobody knows was meant to be: by its letters, or by its words. */
import { nearest } from '../../../config/faults.ts';

/** `op_batcher_balance` → `op_batcher_default_balance`; `undefined` where none has half of the words. */
export function nearestMetric(name: string, known: readonly string[]): string | undefined {
  return nearest(name, known) ?? bySharedWords(name, known);
}

function bySharedWords(name: string, known: readonly string[]): string | undefined {
  const words = wordsOf(name);
  const ranked = known
    .map((candidate) => ({ candidate, alike: likeness(words, wordsOf(candidate)) }))
    .filter(({ alike }) => alike > 0.5)
    .sort((a, b) => b.alike - a.alike || (a.candidate < b.candidate ? -1 : 1));
  return ranked[0]?.candidate;
}

function wordsOf(name: string): ReadonlySet<string> {
  return new Set(
    name
      .toLowerCase()
      .split(/[_:]+/)
      .filter((word) => word !== '' && word !== 'total'),
  );
}

function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const shared = [...a].filter((word) => b.has(word)).length;
  return shared / (a.size + b.size - shared);
}
