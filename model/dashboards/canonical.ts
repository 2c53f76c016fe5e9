/** JSON in one form only: keys sorted, nothing undefined, so that equal dashboards are equal bytes. */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** @throws TypeError for what JSON cannot hold: infinities, NaN, functions that are not methods of an SDK object */
export function canonical(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${value} cannot be written as JSON`);
    return value;
  }
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value === 'object') return canonicalObject(value);
  throw new TypeError(`a ${typeof value} cannot be written as JSON`);
}

export function canonicalObject(object: object): Record<string, Json> {
  const entries = Object.entries(object)
    // The SDK marks its variants with a method; JSON has no use for it.
    .filter(([, inner]) => inner !== undefined && typeof inner !== 'function')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, canonical(inner)]));
}
