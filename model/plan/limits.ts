/** What a stack holds its networks to: the pages of runbooks say it, since their texts cannot know what a stack file tunes. */
import { formatDuration } from '../../config/duration.ts';
import type { AlertFacts } from '../../config/knowledge.ts';
import type { Tuning } from '../../config/networks.ts';
import type { Stack } from '../../config/stack.ts';
import { formatQuantity } from '../../config/units.ts';
import type { Known } from '../knowledge.ts';
import type { PlannedAlert, PlannedGroup } from '../rules/instantiate.ts';
import type { Pack } from '../rules/pack.ts';
import { thresholdValue } from '../rules/tune.ts';

/** For people, and in the chain's own time: `below 2 ETH` for `5m`. What an alert does not have is absent. */
export type RunbookLimit = {
  /** Networks, or `system`. Sorted. */
  readonly of: readonly string[];
  readonly threshold?: string;
  readonly window?: string;
  readonly for?: string;
  readonly severity: string;
};

const WORDS: Readonly<Record<string, string>> = {
  '<': 'below',
  '<=': 'at most',
  '>': 'above',
  '>=': 'at least',
  '==': 'equal to',
  '!=': 'other than',
};

/**
 * @param groups the planned ones: what is switched off or does not apply has no limit
 * @param wanted the pages that there are
 * @returns by `<chain>/<Alert>`, sorted; networks that are held to the same are told together
 */
export function runbookLimits(
  stack: Stack,
  known: Known,
  groups: readonly PlannedGroup[],
  wanted: ReadonlySet<string>,
): Record<string, RunbookLimit[]> {
  const tunings = new Map(stack.networks.map(({ name, alerts }) => [name, alerts]));
  const durations = new Map<Pack, ReadonlyMap<string, number>>();
  const pages = new Map<string, Map<string, { limit: Omit<RunbookLimit, 'of'>; of: string[] }>>();
  for (const { owner, chain, rules } of groups) {
    const pack = known.packs.get(chain);
    if (!pack) continue;
    const uncompressed = durations.get(pack) ?? durationsIn(pack);
    durations.set(pack, uncompressed);
    const tuned = tunings.get(owner) ?? stack.system.alerts;
    for (const rule of rules) {
      const facts = pack.alerts.get(rule.name);
      const page = `${chain}/${rule.name}`;
      if (rule.kind !== 'alert' || !facts || !wanted.has(page)) continue;
      const limit = limitOf(rule, facts, tuned[rule.name] ?? {}, uncompressed.get(rule.name) ?? 0);
      const limits = pages.get(page) ?? new Map();
      pages.set(page, limits);
      const key = JSON.stringify(limit);
      const same = limits.get(key) ?? { limit, of: [] };
      limits.set(key, same);
      same.of.push(owner);
    }
  }
  const sorted = [...pages].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    sorted.map(([page, limits]) => [
      page,
      [...limits.values()].map(({ of, limit }) => ({ of: of.sort(), ...limit })).sort(byFirst),
    ]),
  );
}

function byFirst({ of: [a = ''] }: RunbookLimit, { of: [b = ''] }: RunbookLimit): number {
  return a < b ? -1 : 1;
}

/** The planned ones are compressed. */
function durationsIn({ groups }: Pack): Map<string, number> {
  const rules = groups.flatMap((group) => group.rules);
  return new Map(rules.flatMap((rule) => (rule.kind === 'alert' ? [[rule.name, rule.for]] : [])));
}

function limitOf(rule: PlannedAlert, facts: AlertFacts, tuning: Tuning, holds: number): Omit<RunbookLimit, 'of'> {
  const { threshold, unit } = facts;
  const value = tuning.threshold === undefined ? threshold?.value : thresholdValue(tuning.threshold, unit);
  const window = tuning.window ?? facts.window;
  const wait = tuning.for ?? holds;
  return {
    ...(threshold && value !== undefined
      ? { threshold: `${WORDS[threshold.op ?? ''] ?? threshold.op} ${formatQuantity(value, unit)}` }
      : {}),
    ...(window === undefined ? {} : { window: formatDuration(window) }),
    ...(wait === 0 ? {} : { for: formatDuration(wait) }),
    severity: rule.severity,
  };
}
