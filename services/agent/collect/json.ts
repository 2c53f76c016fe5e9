/** The function of ECMAScript 2026 that writes a number as it is given; our compiler's library does not list it yet. */
const rawJson: unknown = Reflect.get(JSON, 'rawJSON');

/**
 * Reads JSON. A whole number that a double cannot hold keeps its digits when it is written again: counters of bytes pass 2⁵³.
 *
 * @returns undefined where the text is no JSON
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, keepDigits);
  } catch {
    return undefined;
  }
}

function keepDigits(_name: string, value: unknown, ...[context]: unknown[]): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value) || typeof rawJson !== 'function') return value;
  const source = isRecord(context) ? context.source : undefined;
  return typeof source === 'string' && /^-?\d+$/.test(source) ? rawJson(source) : value;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * What stands at a path of members, `result.peers`; the value itself for an empty one. Inherited members are none.
 *
 * @returns undefined where nothing does
 */
export function valueAt(value: unknown, path: string): unknown {
  let here = value;
  for (const name of path === '' ? [] : path.split('.')) {
    if (!isRecord(here) || !Object.hasOwn(here, name)) return undefined;
    here = here[name];
  }
  return here;
}
