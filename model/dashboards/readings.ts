/**
 * What all dashboards of a chain ask of its pack, found out once: where matchers go in a query, what an alert compares, and with
 * what number. Networks differ in names and tuning; parsing the same expression for each is what a plan would spend its time on.
 */
import type { Tuning } from '../../config/networks.ts';
import type { DashboardContext } from '../chain.ts';
import { findThreshold, scaleDurations, type Threshold } from '../promql/literals.ts';
import { splitComparison } from '../promql/split.ts';
import type { AlertRule } from '../rules/ruleFile.ts';
import { type Narrow, narrower } from './narrow.ts';

export interface Readings {
  readonly narrow: Narrow;
  /** The query that the alert compares, with the stack file's window; `undefined` where the pack has no such alert. */
  queryOf(alert: string): string | undefined;
  /** As planned: tuned and compressed. `undefined` where it is not planned, or compares with no literal. */
  thresholdOf(alert: string): Threshold | undefined;
}

interface Shared {
  readonly narrow: Narrow;
  readonly rules: ReadonlyMap<string, AlertRule>;
  readonly queries: Map<string, { readonly value: string }>;
  readonly thresholds: Map<string, { readonly value: Threshold | undefined }>;
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
    thresholds: new Map(),
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
      const planned = threshold === undefined && window === undefined ? undefined : alerts.get(alert);
      if (planned) return splitComparison(planned.expr).query;
      // Untuned, or switched off: then the pack's own reading is still of interest.
      return remember(shared.queries, `${timeScale} ${alert}`, () => {
        const expr = timeScale === 1 ? rule.expr : scaleDurations(rule.expr, timeScale);
        return splitComparison(expr).query;
      });
    },

    thresholdOf(alert) {
      const planned = alerts.get(alert);
      if (!planned) return undefined;
      const { threshold, window } = tuningOf(alert);
      const simulated = network?.simulated ?? false;
      return remember(shared.thresholds, JSON.stringify([timeScale, simulated, alert, threshold, window]), () =>
        findThreshold(planned.expr),
      );
    },
  };
}

function remember<Value>(known: Map<string, { readonly value: Value }>, key: string, find: () => Value): Value {
  const found = known.get(key) ?? { value: find() };
  known.set(key, found);
  return found.value;
}
