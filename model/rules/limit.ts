/**
 * What an alert is held to, in words: it stands as the annotation `limit` in the alert itself, since a text of the pack cannot know
 * what a stack file tunes. Whoever shows it (pages of runbooks, messages) reads it there, so a changed limit changes the rule alone.
 */
import { formatDuration } from '../../config/duration.ts';
import type { AlertFacts } from '../../config/knowledge.ts';
import type { Tuning } from '../../config/networks.ts';
import { formatQuantity } from '../../config/units.ts';
import type { AlertRule } from './ruleFile.ts';
import { thresholdValue } from './tune.ts';

const WORDS: Readonly<Record<string, string>> = {
  '<': 'below',
  '<=': 'at most',
  '>': 'above',
  '>=': 'at least',
  '==': 'equal to',
  '!=': 'other than',
};

/**
 * `below 2 ETH for 5m`, `above 3 resets over 1h, at once`, `when it is so for 2m`.
 * @param tuned not compressed: times are the chain's own
 */
export function limitInWords(tuned: Pick<AlertRule, 'for'>, facts: AlertFacts, tuning: Tuning): string {
  const { unit, threshold } = facts;
  const value = tuning.threshold === undefined ? threshold?.value : thresholdValue(tuning.threshold, unit);
  const window = tuning.window ?? facts.window;
  const limit =
    threshold && value !== undefined
      ? `${WORDS[threshold.op ?? ''] ?? threshold.op} ${formatQuantity(value, unit)}`
      : 'when it is so';
  const over = window === undefined ? '' : ` over ${formatDuration(window)}`;
  return `${limit}${over}${tuned.for === 0 ? ', at once' : ` for ${formatDuration(tuned.for)}`}`;
}
