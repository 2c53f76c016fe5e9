/** JSON in one form only: keys sorted, nothing undefined, so that equal dashboards are equal bytes. */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** @throws TypeError for what JSON cannot hold: infinities, NaN, functions that are not methods of an SDK object */
export function canonical(value: unknown): Json {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (Number.isFinite(value)) return value;
      throw new TypeError(`${value} cannot be written as JSON`);
    case 'object':
      if (value === null) return null;
      return Array.isArray(value) ? value.map(canonical) : canonicalObject(value);
    default:
      throw new TypeError(`a ${typeof value} cannot be written as JSON`);
  }
}

export function canonicalObject(object: object): Record<string, Json> {
  const entries: [string, Json][] = [];
  for (const key of Object.keys(object).sort()) {
    const inner: unknown = Reflect.get(object, key);
    // The SDK marks its variants with a method; JSON has no use for it.
    if (inner !== undefined && typeof inner !== 'function') entries.push([key, canonical(inner)]);
  }
  // Not by assignment: a key may be called __proto__.
  return Object.fromEntries(entries);
}
