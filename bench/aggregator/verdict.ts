/** What was wanted of a figure. */
export interface Wanted {
  readonly atMost?: number;
  readonly atLeast?: number;
  /** `s`, `MB/s`, `times` … */
  readonly unit: string;
}

/** `start: 4.21 s (wanted: at most 10 s)`, and that it was missed where it was. */
export function figure(name: string, measured: number, { atMost, atLeast, unit }: Wanted): string {
  const bounds = [
    ...(atMost === undefined ? [] : [{ text: `at most ${atMost}`, held: measured <= atMost }]),
    ...(atLeast === undefined ? [] : [{ text: `at least ${atLeast}`, held: measured >= atLeast }]),
  ];
  const said = `${name}: ${short(measured)} ${unit}`;
  if (bounds.length === 0) return said;
  const missed = bounds.every(({ held }) => held) ? '' : ': MISSED';
  return `${said} (wanted: ${bounds.map(({ text }) => text).join(', ')} ${unit}${missed})`;
}

/** Three digits that count, and none behind the point from a hundred on. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return 'unknown';
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/** The value that as many are above as below. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
