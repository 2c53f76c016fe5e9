/** Durations as people and programs write them into rules. */
import { parseDuration } from '../../config/duration.ts';
import type { Part } from './documents.ts';
import type { Gathered } from './types.ts';

/** What a group says for all its rules. */
export interface GroupFacts {
  readonly name: string;
  /** Seconds. */
  readonly interval?: number;
}

/** Seconds; 0 with a remark where it is no duration. */
export function duration(part: Part, rule: string, into: Gathered): number {
  const seconds = secondsOf(part);
  if (seconds !== undefined) return seconds;
  const key = String(part.path.at(-1));
  const message = `has "${part.text || JSON.stringify(part.value)}" for ${key}, which is no duration, such as 5m; the draft has none`;
  into.remarks.push({ file: part.file, line: part.line, rule, message, kind: 'fault' });
  return 0;
}

/** A number is one of seconds. Nothing is 0. */
export function secondsOf({ value }: Part): number | undefined {
  if (value === undefined || value === null || value === '') return 0;
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined;
  if (typeof value !== 'string') return undefined;
  try {
    return parseDuration(value);
  } catch {
    return undefined;
  }
}
