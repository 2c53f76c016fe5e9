/** A query made one network's own, and the viewer's choice of instances put in. */
import { addMatchers, type Matcher } from '../promql/selectors.ts';
import { quote } from '../promql/syntax.ts';
import { type Catalogue, metricOfSeries } from '../rules/catalogue.ts';
import { withVariables } from './macros.ts';

export interface Scope {
  /** What tells the network's own series apart; nothing for the environment. */
  readonly matchers: readonly Matcher[];
  /** What tells apart the series that our recording rules make for it, and those of its alerts: labels that we set ourselves. */
  readonly recorded: readonly Matcher[];
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
    const matchers = [...scope.matchers, ...scope.recorded, ...scope.alerts];
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
  const recorded = marked(scope.recorded);
  const alerts = marked(scope.alerts);
  return insertMatchers(query, { matchers, recorded, alerts }, chosen, catalogues)
    .split(new RegExp(`"${MARK}(\\d+)${MARK}"`))
    .map((piece, index) => (index % 2 === 0 ? piece : Number(piece)));
}

function insertMatchers(query: string, scope: Scope, chosen: boolean, catalogues: readonly Catalogue[]): string {
  const instances = chosen ? [CHOSEN] : [];
  const made = catalogues.flatMap(({ metrics }) => [...metrics.values()].filter((metric) => metric.recorded));
  const isRecorded = (metric: string) => made.some(({ name }) => name === metric);
  const isOwn = (metric: string) =>
    !OF_ALERTS.includes(metric) && !isRecorded(metric) && !metricOfSeries(catalogues, metric)?.shared;
  const mentions = (names: readonly string[]) => names.some((name) => query.includes(name));
  return withVariables(query, (promql) => {
    let result = addMatchers(
      promql,
      [...scope.matchers, ...instances],
      (metric) => metric === undefined || isOwn(metric),
    );
    if (mentions(made.map(({ name }) => name))) {
      const matchers = [...scope.recorded, ...instances];
      result = addMatchers(result, matchers, (metric) => metric !== undefined && isRecorded(metric));
    }
    if (mentions(OF_ALERTS)) {
      result = addMatchers(result, scope.alerts, (metric) => metric !== undefined && OF_ALERTS.includes(metric));
    }
    return result;
  });
}
