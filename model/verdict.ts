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

export function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

export function textIn(value: unknown, key: string): string | undefined {
  const inner = field(value, key);
  return typeof inner === 'string' ? inner : undefined;
}

/** The body of an answer. @returns undefined for what is no JSON, such as the page of a proxy */
export function bodyOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
