/** A query made one network's own, and the viewer's choice of instances put in. */
import { fill, type Outline, outlineOf, withGaps } from '../promql/outline.ts';
import { type Matcher, matcherEdits } from '../promql/selectors.ts';
import { type Catalogue, metricOfSeries } from '../rules/catalogue.ts';
import { LIMIT_SERIES } from '../rules/limitSeries.ts';
import { withVariables } from './macros.ts';

export interface Scope {
  /** What tells the network's own series apart; nothing for the environment. */
  readonly matchers: readonly Matcher[];
  /** What tells apart the series that we make for it ourselves, by recording rules and by our exporter. */
  readonly made: readonly Matcher[];
  /** What tells apart the series of its alerts. */
  readonly alerts: readonly Matcher[];
}

/** @param chosen whether only the instances that the viewer chose are shown; default: yes @throws PromqlError */
export type Narrow = (query: string, scope: Scope, chosen?: boolean) => string;

/** Series that Prometheus makes of alerts: they have an instance only where the alert has one, and limits have none. */
const OF_ALERTS = ['ALERTS', 'ALERTS_FOR_STATE', LIMIT_SERIES];
/** `All` is `.*`, which also takes series without an instance. */
const CHOSEN: Matcher = { label: 'instance', op: '=~', value: '$instance' };

/** For every network that these catalogues describe. */
export function narrower(catalogues: readonly Catalogue[]): Narrow {
  const outlines = new Map<string, Outline>();
  return (query, scope, chosen = true) => {
    const matchers = [...scope.matchers, ...scope.made, ...scope.alerts];
    const key = JSON.stringify([query, chosen, scope.matchers.length, matchers.map(({ label, op }) => [label, op])]);
    const found = outlines.get(key) ?? outline(query, scope, chosen, catalogues);
    outlines.set(key, found);
    return fill(found, matchers);
  };
}

function outline(query: string, scope: Scope, chosen: boolean, catalogues: readonly Catalogue[]): Outline {
  const matchers = withGaps(scope.matchers);
  const made = withGaps(scope.made, matchers.length);
  const alerts = withGaps(scope.alerts, matchers.length + made.length);
  return outlineOf(insertMatchers(query, { matchers, made, alerts }, chosen, catalogues));
}

type Kind = 'own' | 'recorded' | 'exported' | 'alert' | 'shared';

function insertMatchers(query: string, scope: Scope, chosen: boolean, catalogues: readonly Catalogue[]): string {
  const instances = chosen ? [CHOSEN] : [];
  const matchersOf: Readonly<Record<Kind, readonly Matcher[]>> = {
    own: [...scope.matchers, ...instances],
    recorded: [...scope.made, ...instances],
    // Their instance is our exporter, none of the nodes among which the viewer chooses.
    exported: scope.made,
    alert: scope.alerts,
    shared: [],
  };
  return withVariables(query, (promql) => matcherEdits(promql, (metric) => matchersOf[kindOf(metric, catalogues)]));
}

function kindOf(metric: string | undefined, catalogues: readonly Catalogue[]): Kind {
  if (metric === undefined) return 'own';
  if (OF_ALERTS.includes(metric)) return 'alert';
  const known = metricOfSeries(catalogues, metric);
  if (known?.shared) return 'shared';
  if (known?.recorded) return 'recorded';
  // The exporter says of itself what every process says; only its readings name a network.
  return known?.component === 'exporter' && known.labels.includes('network') ? 'exported' : 'own';
}
