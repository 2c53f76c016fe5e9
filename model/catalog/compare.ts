/** A live exposition beside the catalogue: what is new, what was not seen, what is not as it is written. */
import { nearest } from '../../config/faults.ts';
import type { Family } from '../exposition/read.ts';
import { type Catalogue, type Metric, metricOfSeries } from '../rules/catalogue.ts';

export interface Difference {
  readonly name: string;
  readonly kind: 'name' | 'type' | 'labels' | 'values' | 'buckets' | 'deprecated';
  /** In a few words, after the name. */
  readonly message: string;
}

export interface Comparison {
  /** In no catalogue that the chain may read. Sorted by name. */
  readonly added: readonly Family[];
  /** Of the component, and not exposed at this moment. */
  readonly notSeen: readonly Metric[];
  readonly differences: readonly Difference[];
  /** How many are there and as the catalogue has them. */
  readonly same: number;
}

/** Prometheus knows others by now; PromQL has to quote them. */
const NAME = /^[a-zA-Z_:][\w:]*$/;

/**
 * @param own the catalogue that is looked at
 * @param others catalogues that the chain may read besides: what is in there is not new
 * @param component whose exposition it is: only its metrics can be missed
 */
export function compareExposition(
  families: readonly Family[],
  own: Catalogue,
  others: readonly Catalogue[],
  component: string,
): Comparison {
  const known = families.map((family) => ({ family, metric: metricOfSeries([own, ...others], family.name) }));
  const seen = new Set(known.flatMap(({ metric }) => metric?.name ?? []));
  const differences = known.flatMap(({ family, metric }) => (metric ? differencesOf(family, metric) : []));
  const unknown = known.filter(({ metric }) => metric === undefined).map(({ family }) => family);
  for (const { name } of unknown)
    if (!NAME.test(name))
      differences.push({ name, kind: 'name', message: 'is new, and has a name that no catalogue holds' });
  const unlike = new Set(differences.map(({ name }) => name));
  return {
    added: unknown.filter(({ name }) => NAME.test(name)),
    notSeen: [...own.metrics.values()].filter(
      (metric) =>
        metric.component === component &&
        !seen.has(metric.name) &&
        !metric.recorded &&
        !metric.synthetic &&
        !metric.deprecated,
    ),
    differences,
    same: [...seen].filter((name) => !unlike.has(name)).length,
  };
}

function differencesOf(family: Family, metric: Metric): Difference[] {
  const { name } = metric;
  // geth writes the count of a summary as a family of its own.
  if (family.name !== name) return [];
  const found: Difference[] = [];
  const say = (kind: Difference['kind'], message: string) => found.push({ name, kind, message });
  const type = family.type === 'unknown' ? 'untyped' : family.type;
  if (type !== metric.type)
    say('type', `is ${type === 'untyped' ? type : `a ${type}`}; the catalogue says ${metric.type}`);
  if (metric.deprecated) say('deprecated', 'is exposed; the catalogue says that upstream dropped it');
  for (const [label, values] of family.labels) {
    if (!metric.labels.includes(label)) {
      const near = nearest(label, metric.labels);
      const known = metric.labels.length === 0 ? 'none' : [...metric.labels].sort().join(', ');
      const meant = near === undefined ? `the catalogue has ${known}` : `near is "${near}"`;
      say('labels', `has the label ${label}, which the catalogue does not list (${meant})`);
    }
    const closed = metric.values[label];
    const strange = closed ? values.filter((value) => value !== '' && !closed.includes(value)) : [];
    if (closed && strange.length > 0)
      say(
        'values',
        `has ${strange.map((value) => `${label}="${value}"`).join(', ')}; the catalogue closes the set at ${closed.join(', ')}`,
      );
  }
  const { buckets } = metric;
  if (buckets && family.buckets.length > 0 && family.buckets.join() !== buckets.filter(Number.isFinite).join())
    say('buckets', `has the buckets ${family.buckets.join(', ')}; the catalogue says ${buckets.join(', ')}`);
  return found;
}

/** Of the language and the process, which any program may expose. */
const COMMON = /^(go|process|promhttp|nodejs|python|jvm)_/;

export function isCommon(name: string): boolean {
  return COMMON.test(name);
}

/** The component most of whose metrics are exposed; `undefined` where none is known. */
export function guessComponent(families: readonly Family[], own: Catalogue): string | undefined {
  const votes = new Map<string, number>();
  for (const { name } of families.filter((family) => !isCommon(family.name))) {
    const component = metricOfSeries([own], name)?.component;
    if (component !== undefined) votes.set(component, (votes.get(component) ?? 0) + 1);
  }
  return [...votes].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))[0]?.[0];
}
