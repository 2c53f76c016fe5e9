/** How long ago something was, for a person. */

const UNITS = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
] as const;

/** `2 days ago`, `just now`; of a clock that was set back since too. */
export function ago(then: Date, now: Date): string {
  const seconds = (now.getTime() - then.getTime()) / 1000;
  for (const [size, name] of UNITS) {
    const many = Math.floor(seconds / size);
    if (many >= 1) return `${many} ${name}${many === 1 ? '' : 's'} ago`;
  }
  return 'just now';
}
