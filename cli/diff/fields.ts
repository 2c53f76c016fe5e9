/** What differs between two records, field by field. Pure. */
import { isDeepStrictEqual } from 'node:util';

export interface FieldChange {
  /** `threshold`, `labels.team`, `settings.slack.channel` */
  readonly field: string;
  /** `null` where there was nothing. */
  readonly before: unknown;
  readonly after: unknown;
  /** Whether the alert will now fire sooner or later than before, where that can be told. */
  readonly fires?: 'earlier' | 'later';
}

export type Fields = Readonly<Record<string, unknown>>;

/** Leaf by leaf. Lists of things with names are compared by name; any other list is one leaf. */
export function fieldChanges(before: Fields, after: Fields, prefix = ''): FieldChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((key): FieldChange[] => {
    const [old, now] = [before[key] ?? null, after[key] ?? null];
    if (isDeepStrictEqual(old, now)) return [];
    const [olds, nows] = [insideOf(old), insideOf(now)];
    if (olds && nows) return fieldChanges(olds, nows, `${prefix}${key}.`);
    return [{ field: `${prefix}${key}`, before: old, after: now }];
  });
}

/** `undefined` for what is one leaf. */
function insideOf(value: unknown): Fields | undefined {
  if (isRecord(value)) return value;
  if (!Array.isArray(value)) return undefined;
  const [only, ...others]: readonly unknown[] = value;
  if (isRecord(only) && others.length === 0 && nameOf(only) === undefined) return only;
  return byName(value);
}

/** A list as a record, where each of its things has a name of its own. */
function byName(list: readonly unknown[]): Fields | undefined {
  const named = list.flatMap((item): [string, unknown][] => {
    const name = isRecord(item) ? nameOf(item) : undefined;
    return name === undefined ? [] : [[name, item]];
  });
  const result = Object.fromEntries(named);
  return Object.keys(result).length === list.length ? result : undefined;
}

function nameOf({ name, network }: Fields): string | undefined {
  return [name, network].find((each) => typeof each === 'string');
}

export function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
