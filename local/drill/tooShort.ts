/** Alerts that compressed time cannot play. */

import type { Known } from '../../model/knowledge.ts';
import { findThreshold } from '../../model/promql/literals.ts';

/** Simulated seconds between scrapes: the shortest window of a rule, ten minutes, holds five of them. */
export const STEP = 120;

/**
 * Alerts on the age of a moment with a limit below two scrapes: what was read is nearly as old as that already, so they would fire while all is well.
 *
 * @returns names
 */
export function tooShort(chain: string, { packs }: Pick<Known, 'packs'>): string[] {
  const pack = packs.get(chain);
  return (pack?.groups ?? [])
    .flatMap(({ rules }) => rules)
    .filter(({ kind, name, expr }) => {
      const unit = pack?.alerts.get(name)?.unit;
      if (kind !== 'alert' || unit?.dimension !== 'time' || unit.perSecond || !expr.includes('time()')) return false;
      const limit = findThreshold(expr);
      return limit !== undefined && limit.value * unit.factor < 2 * STEP;
    })
    .map(({ name }) => name);
}
