/** Durations as Grafana itself writes them back. Any other spelling of the same time would differ at every preview. */

const UNITS = [
  ['y', 31_536_000_000, true],
  ['w', 604_800_000, true],
  ['d', 86_400_000, false],
  ['h', 3_600_000, false],
  ['m', 60_000, false],
  ['s', 1000, false],
  ['ms', 1, false],
] as const;

/**
 * `60` → `1m`, `604800` → `1w`: years and weeks only where they are exact, as Prometheus' `model.Duration` prints.
 * @param seconds rounded to a millisecond
 */
export function grafanaDuration(seconds: number): string {
  let rest = Math.round(seconds * 1000);
  if (rest === 0) return '0s';
  let text = '';
  for (const [unit, size, onlyExact] of UNITS) {
    if (onlyExact && rest % size !== 0) continue;
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}
