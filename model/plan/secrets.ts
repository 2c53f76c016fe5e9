/** The names of all secrets that a piece of the plan refers to, wherever in it: every `{ secret: name }`. Sorted. */
export function secretsIn(value: unknown): string[] {
  const names = new Set<string>();
  const visit = (inner: unknown): void => {
    if (typeof inner !== 'object' || inner === null) return;
    if ('secret' in inner && typeof inner.secret === 'string') names.add(inner.secret);
    for (const child of Object.values(inner)) visit(child);
  };
  visit(value);
  return [...names].sort();
}
