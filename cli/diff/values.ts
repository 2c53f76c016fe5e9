/** A changed value as people read it: durations and sizes with units, secrets by name, of a list only what came and went. */
import { isDeepStrictEqual } from 'node:util';
import { formatDuration } from '../../config/duration.ts';
import { type FieldChange, isRecord } from './fields.ts';

export interface ViewedChange {
  readonly field: string;
  /** Empty for nothing. */
  readonly before: string;
  readonly after: string;
  /** `fires earlier`, `panel added`. Where nothing else is known, it is all that is said. */
  readonly note?: string;
}

const SECONDS =
  /(^|\.)(window|for|keepFiringFor|group(Wait|Interval)|repeatInterval|interval(Seconds)?|timeout|scrapeInterval|evaluationInterval|retention)$/;
const BYTES = /(^|\.)(storage|retentionSize)$/;

export function viewField({ field, before, after, fires }: FieldChange): ViewedChange {
  if (Array.isArray(before) && Array.isArray(after)) return viewLists(field, before, after);
  const shown = { field, before: formatField(field, before), after: formatField(field, after) };
  return fires ? { ...shown, note: `fires ${fires}` } : shown;
}

function viewLists(field: string, before: readonly unknown[], after: readonly unknown[]): ViewedChange {
  const without = (list: readonly unknown[], other: readonly unknown[]) =>
    list.filter((item) => !other.some((each) => isDeepStrictEqual(each, item)));
  const [gone, fresh] = [without(before, after), without(after, before)];
  if (gone.length + fresh.length === 0) return { field, before: '', after: '', note: 'in another order' };
  return { field, before: formatValue(gone), after: formatValue(fresh) };
}

function formatField(field: string, value: unknown): string {
  if (typeof value === 'number' && SECONDS.test(field)) return formatDuration(value);
  if (typeof value === 'number' && BYTES.test(field)) return formatBytes(value);
  return formatValue(value);
}

export function formatValue(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value;
    return list.map(formatValue).join(', ');
  }
  if (!isRecord(value)) return String(value);
  if (typeof value.secret === 'string') return `secret ${value.secret}`;
  const parts = Object.entries(value).map(([name, each]) => `${name}: ${formatValue(each)}`);
  return `{ ${parts.join(', ')} }`;
}

function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${Number((bytes / 2 ** (10 * power)).toFixed(2))}${units[power]}`;
}
