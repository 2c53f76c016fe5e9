import { readFileSync } from 'node:fs';

/** Of `cpu` in /proc/stat (proc_stat(5)), in ticks: what a hypervisor gave to other machines while this one had work. */
const STEAL = 8;

/**
 * Notes what the processors have done so far, where the system tells it (Linux).
 *
 * @returns the share of the time since then that this machine wanted and did not get, 0 to 1; undefined where nobody knows. A tail that
 *   was measured while much was stolen is one of the neighbours.
 */
export function watchStolen(): () => number | undefined {
  const before = ticks();
  return () => {
    const after = ticks();
    if (before === undefined || after === undefined) return undefined;
    const all = after.all - before.all;
    return all === 0 ? 0 : (after.stolen - before.stolen) / all;
  };
}

function ticks(): { readonly stolen: number; readonly all: number } | undefined {
  let text: string;
  try {
    text = readFileSync('/proc/stat', 'utf8');
  } catch {
    return undefined;
  }
  // user nice system idle iowait irq softirq steal; what guests took is in user already.
  const numbers = (text.split('\n', 1)[0] ?? '')
    .trim()
    .split(/\s+/)
    .slice(1, STEAL + 1)
    .map(Number);
  return { stolen: numbers[STEAL - 1] ?? 0, all: numbers.reduce((sum, ticks) => sum + ticks, 0) };
}
