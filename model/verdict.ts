/** What somebody outside answered, and what that means for a stack. Pure: whoever has a network asks. */

export interface Answer {
  /** Of HTTP. */
  readonly status: number;
  /** Of JSON; undefined where it was none. */
  readonly body: unknown;
  /** Where a redirect leads. */
  readonly location?: string;
}

export interface Verdict {
  /** Each ends with its remedy. */
  readonly faults: readonly string[];
  /** What could not be found out. */
  readonly notes: readonly string[];
}

export const FINE: Verdict = { faults: [], notes: [] };

export function fault(...faults: string[]): Verdict {
  return { faults, notes: [] };
}

export function note(...notes: string[]): Verdict {
  return { faults: [], notes };
}

export function joined(verdicts: readonly Verdict[]): Verdict {
  return { faults: verdicts.flatMap(({ faults }) => faults), notes: verdicts.flatMap(({ notes }) => notes) };
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textIn(value: unknown, key: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const inner: unknown = Reflect.get(value, key);
  return typeof inner === 'string' ? inner : undefined;
}
