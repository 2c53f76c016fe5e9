/** JSON in one form only: keys sorted, nothing undefined, so that equal dashboards are equal bytes. */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** @throws TypeError for what JSON cannot hold: infinities, NaN, functions */
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
  // By assignment, which is several times as fast as Object.fromEntries: dashboards are made of many thousands of these.
  const result: Record<string, Json> = {};
  for (const key of Object.keys(object).sort()) {
    const inner: unknown = (object as Record<string, unknown>)[key];
    if (inner === undefined) continue;
    if (key === '__proto__') define(result, key, canonical(inner));
    else result[key] = canonical(inner);
  }
  return result;
}

/** For the one key that cannot be assigned. */
function define(object: object, key: string, value: Json): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}
