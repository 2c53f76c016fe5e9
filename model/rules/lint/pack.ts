/** What a rule pack promises beyond being readable: names, labels, types and limits as its chain really has them; a page for each alert. */
import { metricsOf } from '../../promql/selectors.ts';
import { PromqlError, parsePromql } from '../../promql/syntax.ts';
import { type Catalogue, type Metric, metricOfSeries, NO_REPLACEMENT } from '../catalogue.ts';
import { type Lines, linesOf } from '../lines.ts';
import type { Pack } from '../pack.ts';
import type { Rule } from '../ruleFile.ts';
import { lintAlert, lintPage } from './alert.ts';
import { carriedByNetworks } from './carried.ts';
import { type Finding, findingsOf, type Ground } from './expression.ts';
import { type Labels, resultLabels } from './resultLabels.ts';

export interface LintOptions {
  /** `system`, whose metrics every pack may read. */
  readonly system: Pack | undefined;
  /** What an alert of this pack may be about. */
  readonly components: ReadonlySet<string>;
  /** All values that the label `component` may have. */
  readonly allComponents: ReadonlySet<string>;
  /** Metrics that something besides rules reads: dashboards. */
  readonly readElsewhere?: ReadonlySet<string>;
  /** The texts of the pack, so that a fault has a line. */
  readonly files?: ReadonlyMap<string, string>;
}

/** Given to every series by its target. */
export const TARGET_LABELS = ['network', 'chain', 'component', 'instance', 'job'];

/**
 * @param partial whether something of the pack could not be read, so that only its rules are judged
 * @returns faults, one line each: `rules/op-stack/alerts.yaml:12: L2GethDown reads …`, `op-stack: …` for what has no line
 */
export function lintPack(pack: Pack, options: LintOptions, partial = false): string[] {
  const catalogues = [pack.catalogue, ...(options.system ? [options.system.catalogue] : [])];
  const ground = groundOf(pack, catalogues, options);
  const rules = pack.groups.flatMap((group) => group.rules);
  const places = new Places(pack.chain, options.files);
  const ofRules = rules.flatMap((rule) => {
    const faults: Finding[] = findingsOf(rule.expr, ground);
    if (rule.kind === 'alert')
      faults.push(
        ...[...lintAlert(rule, pack, ground, options.components), ...lintPage(rule, pack)].map((message) => ({
          message,
        })),
      );
    return faults.map(({ message, at }) => `${places.of(rule, at)}: ${rule.name} ${message}`);
  });
  if (partial) return ofRules;
  const ofPack = [
    ...lintRecorded(rules, pack, options),
    ...lintPages(pack),
    ...lintPairs(pack),
    ...lintCatalogue(pack, catalogues),
  ];
  return [...ofRules, ...ofPack.map((fault) => `${pack.chain}: ${fault}`)];
}

/** Where rules stand, looked up when the first fault is to be told. */
class Places {
  readonly #chain: string;
  readonly #files: ReadonlyMap<string, string>;
  readonly #lines = new Map<string, Lines>();

  constructor(chain: string, files: ReadonlyMap<string, string> = new Map()) {
    this.#chain = chain;
    this.#files = files;
  }

  /** `rules/x/alerts.yaml:12`, or the name of the pack where its texts are not at hand. @param at offset in the expression */
  of({ kind, name }: Rule, at: number | undefined): string {
    const file = kind === 'alert' ? 'alerts.yaml' : 'recording.yaml';
    const lines = this.#linesOf(file);
    const path = lines?.rule(name);
    if (!lines || !path) return this.#chain;
    const line = at === undefined ? lines.at(path) : lines.within([...path, 'expr'], at);
    return `rules/${this.#chain}/${file}:${line}`;
  }

  #linesOf(file: string): Lines | undefined {
    const known = this.#lines.get(file);
    const text = this.#files.get(file);
    if (known || text === undefined) return known;
    const lines = linesOf(text);
    this.#lines.set(file, lines);
    return lines;
  }
}

/** @param given its own first, then those that it may read besides; of `system` a network's rules may read what its targets carry */
export function groundOf(
  pack: Pack,
  given: readonly Catalogue[],
  { allComponents }: Pick<LintOptions, 'allComponents'>,
): Ground {
  const catalogues = given.map((each) =>
    pack.scope === 'network' && each.scope === 'environment' ? carriedByNetworks(each) : each,
  );
  const recorded = new Map<string, Labels>();
  const labelsOf = (series: string | undefined): Labels => {
    const metric = series === undefined ? undefined : metricOfSeries(catalogues, series);
    // Of what nothing emits nobody knows the labels.
    if (!metric || metric.deprecated || series === undefined) return 'any';
    return recorded.get(series) ?? new Set([...own(metric, series), ...targetLabels(metric)]);
  };
  for (const rule of pack.groups.flatMap((group) => group.rules)) {
    if (rule.kind !== 'recording') continue;
    const labels = resultLabels(rule.expr, parsePromql(rule.expr).topNode, labelsOf);
    recorded.set(rule.name, labels === 'any' ? 'any' : new Set([...labels, ...Object.keys(rule.labels), 'network']));
  }
  return {
    scope: pack.scope,
    metricOf: (series) => metricOfSeries(catalogues, series),
    labelsOf,
    components: allComponents,
    names: catalogues.flatMap(({ metrics }) => [...metrics.values()].flatMap((m) => (m.deprecated ? [] : m.name))),
    chain: pack.chain,
    isElsewhere: (series) => metricOfSeries(given, series) !== undefined,
  };
}

/** A label that the target has too is kept under another name, unless the scrape honours it. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['network', 'chain_network'],
  ['chain', 'exported_chain'],
  ['component', 'exported_component'],
  ['instance', 'exported_instance'],
  ['job', 'exported_job'],
]);

function own({ labels, type, name, synthetic }: Metric, series: string): readonly string[] {
  const renamed = synthetic ? [] : labels.flatMap((label) => RENAMED.get(label) ?? []);
  const implied =
    type === 'histogram' && series === `${name}_bucket`
      ? ['le']
      : type === 'summary' && series === name
        ? ['quantile']
        : [];
  return [...labels, ...renamed, ...implied];
}

function targetLabels({ shared }: Metric): readonly string[] {
  return shared ? TARGET_LABELS.filter((label) => label !== 'network') : TARGET_LABELS;
}

function lintRecorded(rules: readonly Rule[], pack: Pack, { readElsewhere = new Set() }: LintOptions): string[] {
  const names = rules.flatMap((rule) => (rule.kind === 'recording' ? [rule.name] : []));
  const read = new Set([...rules.flatMap((rule) => metricsOf(rule.expr)), ...readElsewhere]);
  const listed = [...pack.catalogue.metrics.values()].filter((metric) => metric.recorded).map(({ name }) => name);
  return [
    ...names
      .filter((name) => !/^[a-z_]\w*:\w+:\w+$/.test(name))
      .map((name) => `${name} is not named level:metric:operation`),
    ...names
      .filter((name) => !listed.includes(name))
      .map((name) => `${name} is recorded and not in metrics.yaml (recorded: true)`),
    ...names.filter((name) => !read.has(name)).map((name) => `${name} is recorded and nothing reads it`),
    ...listed
      .filter((name) => !names.includes(name))
      .map((name) => `${name} is in metrics.yaml as recorded and no rule records it`),
  ];
}

function lintPages({ runbooks, alerts, catalogue }: Pack): string[] {
  return [
    ...[...runbooks.keys()].filter((name) => !alerts.has(name)).map((name) => `runbooks/${name}.md is about no alert`),
    ...Object.keys(catalogue.alsoInKubePrometheus)
      .filter((name) => !alerts.has(name))
      .map((name) => `alsoInKubePrometheus names ${name}, which is no alert`),
  ];
}

/** Two limits of one reading: the critical one must lie further out, or the warning is never seen. */
function lintPairs({ alerts }: Pack): string[] {
  const all = [...alerts.values()];
  return all.flatMap((critical) =>
    all.flatMap((warning) => {
      if (critical.severity !== 'critical' || warning.severity !== 'warning') return [];
      if (critical.reading !== warning.reading || !critical.threshold || !warning.threshold) return [];
      const pair = `${warning.name} and ${critical.name} read the same`;
      if (critical.unit.name !== warning.unit.name) return [`${pair} in different units`];
      if (critical.subject !== warning.subject)
        return [`${pair} and differ in subject, so that neither mutes the other`];
      const further = critical.threshold.value - warning.threshold.value;
      const inOrder = critical.threshold.op?.startsWith('<') ? further < 0 : further > 0;
      return inOrder ? [] : [`${pair}, and the warning comes after the critical one`];
    }),
  );
}

function lintCatalogue({ catalogue }: Pack, catalogues: readonly Catalogue[]): string[] {
  return [...catalogue.metrics.values()].flatMap(
    ({ name, labels, values, type, buckets, deprecated, replacement, because }) => [
      ...Object.keys(values)
        .filter((label) => !labels.includes(label))
        .map((label) => `${name} has values of ${label}, which is none of its labels`),
      ...(buckets && type !== 'histogram' ? [`${name} has buckets and is a ${type}`] : []),
      ...(buckets?.some((bucket, index) => index > 0 && bucket <= (buckets[index - 1] ?? 0))
        ? [`${name} has buckets that do not rise`]
        : []),
      ...lintReplacement(name, replacement, catalogues),
      ...(replacement !== undefined && !deprecated ? [`${name} has a replacement and is not deprecated`] : []),
      ...(because !== undefined && !deprecated ? [`${name} says because and is not deprecated`] : []),
    ],
  );
}

/** What is to be read instead is PromQL over metrics that are there. */
function lintReplacement(name: string, replacement: string | undefined, catalogues: readonly Catalogue[]): string[] {
  if (replacement === undefined || replacement === NO_REPLACEMENT) return [];
  try {
    return metricsOf(replacement).flatMap((series) => {
      const metric = metricOfSeries(catalogues, series);
      if (!metric) return [`${name} is replaced by ${series}, which is in no catalogue`];
      return metric.deprecated ? [`${name} is replaced by ${series}, which is deprecated itself`] : [];
    });
  } catch (error) {
    if (error instanceof PromqlError) return [`${name} is replaced by ${replacement}, which is no PromQL`];
    throw error;
  }
}
