/** What a rule that came from elsewhere leaves unsaid, told by what it reads. */
import { nearest } from '../../config/faults.ts';
import type { Severity } from '../../config/knowledge.ts';
import { parseUnit, UnitError } from '../../config/units.ts';
import { findThreshold } from '../promql/literals.ts';
import { metricsOf, selectorsOf } from '../promql/selectors.ts';
import { splitComparison } from '../promql/split.ts';
import { findAll, parsePromql, textOf } from '../promql/syntax.ts';
import { type Catalogue, metricOfSeries } from '../rules/catalogue.ts';
import type { Imported } from './types.ts';

/** The chain most of whose metrics the rules read; `undefined` where none is known. @param catalogues that of `system` among them */
export function guessChain(rules: readonly Imported[], catalogues: readonly Catalogue[]): string | undefined {
  const names = new Set(rules.flatMap(({ expr }) => metricsOf(expr)));
  const known = (catalogue: Catalogue) => [...names].flatMap((name) => metricOfSeries([catalogue], name) ?? []);
  // Every pack may read what `system` lists, so that alone speaks for no chain.
  const system = catalogues.filter(({ scope }) => scope === 'environment');
  const chains = catalogues.filter(({ scope }) => scope === 'network');
  const best = (among: readonly Catalogue[]) =>
    among
      .map((catalogue) => {
        const found = known(catalogue);
        // A name that old rules of one chain got wrong may be a true one of another.
        return { chain: catalogue.chain, votes: found.length, live: found.filter((each) => !each.deprecated).length };
      })
      .filter(({ votes }) => votes > 0)
      .sort((a, b) => b.votes - a.votes || b.live - a.live || (a.chain < b.chain ? -1 : 1))[0]?.chain;
  return best(chains) ?? best(system);
}

const SEVERITIES: Readonly<Record<string, Severity>> = {
  ...{
    critical: 'critical',
    crit: 'critical',
    page: 'critical',
    high: 'critical',
    emergency: 'critical',
    fatal: 'critical',
  },
  ...{
    disaster: 'critical',
    error: 'critical',
    p1: 'critical',
    sev1: 'critical',
    sev0: 'critical',
    urgent: 'critical',
  },
  ...{ warning: 'warning', warn: 'warning', medium: 'warning', minor: 'warning', major: 'warning', ticket: 'warning' },
  ...{ p2: 'warning', sev2: 'warning', average: 'warning', moderate: 'warning' },
  ...{
    info: 'info',
    information: 'info',
    informational: 'info',
    notice: 'info',
    low: 'info',
    debug: 'info',
    p3: 'info',
  },
  none: 'none',
};

/** `page` is critical; `undefined` for a word that nobody knows. */
export function guessSeverity(word: string): Severity | undefined {
  return Object.hasOwn(SEVERITIES, word.toLowerCase()) ? SEVERITIES[word.toLowerCase()] : undefined;
}

/** By the metrics that it reads, by what it selects, and by what was said, in this order. */
export function guessComponent(
  expr: string,
  said: readonly string[],
  catalogues: readonly Catalogue[],
  components: ReadonlySet<string>,
): string | undefined {
  const known = [...components];
  const selectors = selectorsOf(expr);
  const matched = selectors.flatMap(({ matchers }) =>
    matchers
      .filter(({ label, op }) => op === '=' && ['component', 'job', 'service', 'app'].includes(label))
      .map(({ value }) => value),
  );
  const ofMetrics = selectors.flatMap(({ metric }) => {
    const found = metric === undefined ? undefined : metricOfSeries(catalogues, metric);
    return found && !found.synthetic ? (found.component ?? []) : [];
  });
  const exact = [...matched, ...said].filter((each) => components.has(each));
  return (
    [...exact, ...ofMetrics.filter((each) => components.has(each))][0] ??
    [...matched, ...said].flatMap((each) => nearest(each, known) ?? [])[0]
  );
}

const PER_SECOND = new Set(['rate', 'irate', 'deriv']);

/** The unit of what the threshold is compared with, as far as it can be read off. */
export function guessUnit(expr: string, catalogues: readonly Catalogue[]): string {
  const threshold = findThreshold(expr) ?? splitComparison(expr).threshold;
  if (!threshold) return 'bool';
  const { query } = splitComparison(expr);
  const root = parsePromql(query).topNode;
  const outer = root.firstChild;
  const [first, ...others] = selectorsOf(query);
  const metric = first?.metric === undefined ? undefined : metricOfSeries(catalogues, first.metric);
  if (metric?.unit === 'bool' && /^[01]$/.test(String(threshold.value)) && outer?.name === 'VectorSelector')
    return 'bool';
  const op = outer?.getChild('AggregateOp');
  if (op && /^count/i.test(textOf(query, op))) return 'series';
  if (outer?.name === 'BinaryExpr' && outer.getChild('Div') && others.length > 0) return 'ratio';
  const calls = findAll(root, 'FunctionIdentifier').map((node) => textOf(query, node));
  const unit = metric && metric.unit !== '' && metric.unit !== 'bool' ? metric.unit : 'things';
  const named =
    calls.some((call) => PER_SECOND.has(call)) && !unit.endsWith('/s') && !calls.includes('histogram_quantile')
      ? `${unit}/s`
      : unit;
  try {
    return parseUnit(named).name;
  } catch (error) {
    if (error instanceof UnitError) return 'things';
    throw error;
  }
}
