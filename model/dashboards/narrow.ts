/** A query made one network's own, and the viewer's choice of instances put in. */
import { addMatchers, type Matcher, selectorsOf } from '../promql/selectors.ts';
import { quote } from '../promql/syntax.ts';
import { type Catalogue, metricOfSeries } from '../rules/catalogue.ts';
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

/** Series that Prometheus makes of alerts: they have an instance only where the alert has one. */
const OF_ALERTS = ['ALERTS', 'ALERTS_FOR_STATE'];
/** `All` is `.*`, which also takes series without an instance. */
const CHOSEN: Matcher = { label: 'instance', op: '=~', value: '$instance' };

/** Text of the narrowed query, with the number of a matcher wherever its value belongs. */
type Outline = readonly (string | number)[];

/**
 * Where the matchers go depends on the query and on their labels, not on the values: found once, it serves every network that
 * these catalogues describe. (Parsing is what takes the time of a plan.)
 */
export function narrower(catalogues: readonly Catalogue[]): Narrow {
  const outlines = new Map<string, Outline>();
  return (query, scope, chosen = true) => {
    const matchers = [...scope.matchers, ...scope.made, ...scope.alerts];
    const key = JSON.stringify([query, chosen, scope.matchers.length, matchers.map(({ label, op }) => [label, op])]);
    const found = outlines.get(key) ?? outline(query, scope, chosen, catalogues);
    outlines.set(key, found);
    return found.map((piece) => (typeof piece === 'string' ? piece : quote(matchers[piece]?.value ?? ''))).join('');
  };
}

/** A private character: no PromQL that a person writes has it. */
const MARK = '\uE000';

function outline(query: string, scope: Scope, chosen: boolean, catalogues: readonly Catalogue[]): Outline {
  let number = 0;
  const marked = (list: readonly Matcher[]) =>
    list.map((matcher) => ({ ...matcher, value: `${MARK}${number++}${MARK}` }));
  // In this order: it is that of the numbers.
  const matchers = marked(scope.matchers);
  const made = marked(scope.made);
  const alerts = marked(scope.alerts);
  return insertMatchers(query, { matchers, made, alerts }, chosen, catalogues)
    .split(new RegExp(`"${MARK}(\\d+)${MARK}"`))
    .map((piece, index) => (index % 2 === 0 ? piece : Number(piece)));
}

type Kind = 'own' | 'recorded' | 'exported' | 'alert' | 'shared';

function insertMatchers(query: string, scope: Scope, chosen: boolean, catalogues: readonly Catalogue[]): string {
  const instances = chosen ? [CHOSEN] : [];
  const matchersOf: Readonly<Record<Exclude<Kind, 'shared'>, readonly Matcher[]>> = {
    own: [...scope.matchers, ...instances],
    recorded: [...scope.made, ...instances],
    // Their instance is our exporter, none of the nodes among which the viewer chooses.
    exported: scope.made,
    alert: scope.alerts,
  };
  return withVariables(query, (promql) => {
    const kinds = new Set(selectorsOf(promql).map(({ metric }) => kindOf(metric, catalogues)));
    let result = promql;
    for (const kind of ['own', 'recorded', 'exported', 'alert'] as const) {
      if (!kinds.has(kind)) continue;
      result = addMatchers(result, matchersOf[kind], (metric) => kindOf(metric, catalogues) === kind);
    }
    return result;
  });
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
