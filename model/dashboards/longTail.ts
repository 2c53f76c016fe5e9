/**
 * The long tail: a panel for every counter and gauge of a component that its catalogue lists and upstream has not dropped, grouped
 * by subsystem. What matters most has panels made by hand; this is where the rest can be looked up.
 */
import { parseUnit, UnitError } from '../../config/units.ts';
import type { Catalogue, Metric } from '../rules/catalogue.ts';
import type { DashboardSpec } from './build.ts';
import { type Panel, query, type Section, section, timeseries } from './panels.ts';

/** Metrics whose name begins so. The empty prefix takes what is left. */
export interface Subsystem {
  readonly title: string;
  readonly prefixes: readonly string[];
}

export interface LongTail {
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  readonly component: string;
  readonly catalogue: Catalogue;
  /** A metric belongs to the one with the longest prefix that fits; to none, and it is among the others. */
  readonly subsystems: readonly Subsystem[];
  /** Labels with more values than a panel has lines: summed away. */
  readonly unbounded?: readonly string[];
}

const OTHERS = 'Others';
/** Given by the target; what a metric has of that name is kept under another. */
const OF_TARGET: ReadonlySet<string> = new Set(['network', 'chain', 'component', 'instance', 'job']);

export function longTail({ component, catalogue, subsystems, unbounded = [], ...rest }: LongTail): DashboardSpec {
  const metrics = [...catalogue.metrics.values()]
    .filter((metric) => metric.component === component && isDrawn(metric))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const ids = new Ids();
  const summed = new Set([...OF_TARGET, ...unbounded]);
  const titles = [...new Set([...subsystems.map(({ title }) => title), OTHERS])];
  const bySubsystem = Map.groupBy(metrics, ({ name }) => subsystemOf(name, subsystems));
  const sections = titles.flatMap((title): Section[] => {
    const own = bySubsystem.get(title) ?? [];
    if (own.length === 0) return [];
    const panels = own.map((metric) => panelOf(ids.of(metric.name), metric, component, summed));
    return [section(ids.of(`section ${title}`), title, panels, true)];
  });
  return { ...rest, instancesOf: `up{component="${component}"}`, sections };
}

function isDrawn({ type, deprecated, recorded }: Metric): boolean {
  return (type === 'counter' || type === 'gauge') && !deprecated && !recorded;
}

function subsystemOf(name: string, subsystems: readonly Subsystem[]): string {
  const fitting = subsystems.flatMap(({ title, prefixes }) =>
    prefixes.filter((prefix) => name.startsWith(prefix)).map((prefix) => ({ title, length: prefix.length })),
  );
  return fitting.reduce((best, each) => (each.length > best.length ? each : best), { title: OTHERS, length: -1 }).title;
}

function panelOf(id: number, metric: Metric, component: string, summed: ReadonlySet<string>): Panel {
  const { name, type, help, note, labels } = metric;
  const kept = labels.filter((label) => !summed.has(label));
  const lost = labels.some((label) => summed.has(label));
  const selector = `${name}{component="${component}"}`;
  const series = type === 'counter' ? `rate(${selector}[$__rate_interval])` : selector;
  const by = ['instance', ...kept].join(', ');
  const since = type === 'gauge' && metric.unit === 'unix seconds';
  // The sum over labels that are many says how much there is of all; of timestamps only the newest means something.
  const expr = since
    ? `time() - max by (${by}) (${series} > 0)`
    : lost || kept.length > 0
      ? `sum by (${by}) (${series})`
      : series;
  return timeseries(id, name, {
    description: sentence([help, ...(note === undefined ? [] : [note])], type),
    unit: since ? 's' : unitOf(metric),
    queries: [query(expr, [...kept.map((label) => `{{${label}}}`), '{{instance}}'].join(' '))],
  });
}

function sentence(parts: readonly string[], type: string): string {
  const text = parts.map((part) => `${part.charAt(0).toUpperCase()}${part.slice(1)}.`).join(' ');
  return type === 'counter' ? `${text} Per second.` : text;
}

/** Counters are drawn per second. A unit of the catalogue that is a remark, not a unit, is left out. */
function unitOf({ name, unit, type }: Metric): string {
  const counted = unit === '' && type === 'counter' ? 'events' : unit;
  if (counted === '') return 'amount';
  try {
    return parseUnit(type === 'counter' ? `${counted}/s` : counted).name;
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
    throw new UnitError(`${name}: ${error.message}`);
  }
}

/** Numbers of panels that stay whatever comes or goes beside them: made of the name. */
class Ids {
  readonly #taken = new Map<number, string>();

  of(name: string): number {
    let hash = 2166136261;
    for (const unit of name) hash = Math.imul(hash ^ (unit.codePointAt(0) ?? 0), 16777619);
    let id = 1000 + ((hash >>> 0) % 1_000_000_000);
    while (this.#taken.has(id) && this.#taken.get(id) !== name) id += 1;
    this.#taken.set(id, name);
    return id;
  }
}
