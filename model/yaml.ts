/** YAML as all our files are written: no line folding, no anchors, keys in the order given. */
import { stringify } from 'yaml';

export function toYaml(value: unknown, header = ''): string {
  const body = stringify(value, { lineWidth: 0, aliasDuplicateObjects: false, blockQuote: 'literal' });
  return header === '' ? body : `${header.replace(/^/gm, '# ')}\n${body}`;
}

/** Without the entries that are `undefined`, empty lists or empty objects: a file says only what differs from nothing. */
export function compact<T extends object>(object: T): Partial<T> {
  const kept = Object.entries(object).filter(([, value]) => {
    if (value === undefined) return false;
    return typeof value !== 'object' || value === null || Object.keys(value).length > 0;
  });
  return Object.fromEntries(kept) as Partial<T>;
}
