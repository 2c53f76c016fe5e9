/**
 * What all dashboards of a chain ask of its pack, found out once: where matchers go in a query, and what an alert compares.
 * Networks differ in names and tuning; parsing the same expression for each is what a plan would spend its time on.
 */
import type { Tuning } from '../../config/networks.ts';
import type { DashboardContext } from '../chain.ts';
import { findThreshold, scaleDurations } from '../promql/literals.ts';
import { splitComparison } from '../promql/split.ts';
import { applyEdits } from '../promql/syntax.ts';
import { isRecorded, LIMIT_SERIES } from '../rules/limitSeries.ts';
import type { AlertRule } from '../rules/ruleFile.ts';
import { type Narrow, narrower } from './narrow.ts';

export interface Readings {
  readonly narrow: Narrow;
  /** The query that the alert compares, with the stack file's window, the same whatever its limit is; `undefined` where the pack has no such alert. */
  queryOf(alert: string): string | undefined;
}

interface Shared {
  readonly narrow: Narrow;
  readonly rules: ReadonlyMap<string, AlertRule>;
  readonly queries: Map<string, { readonly value: string }>;
}

const sharedBy = new WeakMap<DashboardContext['catalogues'], Shared>();

function sharedOf({ catalogues, pack }: DashboardContext): Shared {
  const known = sharedBy.get(catalogues);
  if (known) return known;
  const rules = pack.groups.flatMap((group) => group.rules).filter((rule) => rule.kind === 'alert');
  const shared: Shared = {
    narrow: narrower(catalogues),
    rules: new Map(rules.map((rule) => [rule.name, rule])),
    queries: new Map(),
  };
  sharedBy.set(catalogues, shared);
  return shared;
}

export function readingsOf(context: DashboardContext): Readings {
  const shared = sharedOf(context);
  const { alerts, network, stack } = context;
  const { timeScale } = stack.prometheus;
  const tuningOf = (alert: string): Tuning => (network?.alerts ?? stack.system.alerts)[alert] ?? {};
  return {
    narrow: shared.narrow,

    queryOf(alert) {
      const rule = shared.rules.get(alert);
      if (!rule) return undefined;
      const { threshold, window } = tuningOf(alert);
      const planned = alerts.get(alert);
      const recorded = planned !== undefined && network?.engine !== 'grafana' && isRecorded(planned);
      const tuned = window !== undefined || (threshold !== undefined && !recorded);
      if (planned && tuned) return readingOf(planned.expr, alert, recorded);
      // Untuned, or switched off: then the pack's own reading is still of interest.
      return remember(shared.queries, `${timeScale} ${recorded} ${alert}`, () =>
        readingOf(timeScale === 1 ? rule.expr : scaleDurations(rule.expr, timeScale), alert, recorded),
      );
    },
  };
}

/** Some readings hold the limit within: there it is asked for as well, where it is a series. */
function readingOf(expr: string, alert: string, recorded: boolean): string {
  const { query, threshold: outside } = splitComparison(expr);
  const inside = recorded && !outside ? findThreshold(query) : undefined;
  if (!inside) return query;
  return applyEdits(query, [{ ...inside, insert: `scalar(${LIMIT_SERIES}{alertname="${alert}"})` }]);
}

function remember<Value>(known: Map<string, { readonly value: Value }>, key: string, find: () => Value): Value {
  const found = known.get(key) ?? { value: find() };
  known.set(key, found);
  return found.value;
}
