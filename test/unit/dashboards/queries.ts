/** The PromQL in Grafana's dashboard model, and what can be said against it without running it. */
import type { Dashboard } from '../../../model/dashboards/dashboard.ts';
import type { Selector } from '../../../model/promql/selectors.ts';
import { children, findAll, parsePromql, type SyntaxNode, textOf } from '../../../model/promql/syntax.ts';
import { type Catalogue, metricOfSeries } from '../../../model/rules/catalogue.ts';
import { LIMIT_SERIES } from '../../../model/rules/limitSeries.ts';
import { type DrawnDashboard, panelsOf } from './panels.ts';

export interface Asked {
  readonly where: string;
  readonly dashboard: Dashboard;
  readonly expr: string;
  readonly legend: string;
}

/** Every piece of PromQL in a dashboard: panels, variables, marks of alerts. */
export function queriesOf(dashboard: Dashboard, json: DrawnDashboard): Asked[] {
  const ofPanels = panelsOf(json).flatMap(({ id, title, targets }) =>
    (targets ?? []).map(({ expr, legendFormat }) => {
      return { where: `${dashboard.uid} panel ${id} (${title})`, dashboard, expr, legend: legendFormat };
    }),
  );
  const ofVariables = json.templating.list.flatMap(({ name, type, definition }) => {
    const expr = /^label_values\((.*), instance\)$/.exec(definition ?? '')?.[1] ?? '';
    return type === 'query' ? [{ where: `${dashboard.uid} $${name}`, dashboard, expr, legend: '' }] : [];
  });
  const ofMarks = (json.annotations.list ?? []).flatMap(({ expr }) =>
    expr === undefined ? [] : [{ where: `${dashboard.uid} marks`, dashboard, expr, legend: '' }],
  );
  return [...ofPanels, ...ofVariables, ...ofMarks];
}

/** Those that Prometheus or we put on every series. */
const ALWAYS = ['network', 'chain', 'component', 'instance', 'job', 'environment', 'cluster', 'env'];
const OF_SUFFIX: readonly (readonly [string, string])[] = [['_bucket', 'le']];

export function labelsOf(catalogues: readonly Catalogue[], metric = ''): string[] {
  const known = metricOfSeries(catalogues, metric);
  const suffixes = OF_SUFFIX.flatMap(([suffix, label]) => (metric.endsWith(suffix) ? [label] : []));
  return [...ALWAYS, ...suffixes, ...(known?.labels ?? [])];
}

/** Labels, and values of labels, that the metric of a selector never has. */
export function selectorFaults(catalogues: readonly Catalogue[], { metric, matchers }: Selector): string[] {
  const known = metricOfSeries(catalogues, metric ?? '');
  const labels = labelsOf(catalogues, metric);
  return matchers.flatMap(({ label, op, value }) => {
    if (!labels.includes(label)) return [`${metric} has no label ${label}`];
    const values = known?.values[label];
    if (!values || (op !== '=' && op !== '=~') || value.startsWith('$')) return [];
    const wanted = op === '=' ? [value] : value.split('|');
    return wanted.filter((one) => !values.includes(one)).map((one) => `${metric} never has ${label}="${one}"`);
  });
}

/** In `by`, `without`, `on`, `ignoring`, `group_left`, `group_right`. */
export function labelsUsed(promql: string): string[] {
  return groupingLabels(promql, parsePromql(promql).topNode);
}

/** The labels that the result can have, where the expression as a whole aggregates; `undefined` where it keeps others. */
export function labelsLeft(promql: string): string[] | undefined {
  const root = reading(promql, parsePromql(promql).topNode.firstChild);
  if (root?.name !== 'AggregateExpr') return undefined;
  // These choose among series, and leave them as they are.
  if (/^\s*(topk|bottomk|limitk|limit_ratio)\b/.test(textOf(promql, root))) return undefined;
  const modifier = root.getChild('AggregateModifier');
  if (!modifier) return [];
  return modifier.getChild('Without') ? undefined : groupingLabels(promql, modifier);
}

/** What is held against limits, as each level of a number is: its series keep their labels. */
function reading(promql: string, node: SyntaxNode | null): SyntaxNode | null {
  if (node?.name === 'ParenExpr')
    return reading(promql, children(node).find(({ name }) => name !== 'LineComment') ?? null);
  const held = node?.name === 'BinaryExpr' && textOf(promql, node).includes(LIMIT_SERIES);
  return held ? reading(promql, children(node)[0] ?? null) : node;
}

function groupingLabels(promql: string, below: SyntaxNode): string[] {
  return findAll(below, 'GroupingLabels').flatMap((node) =>
    children(node).flatMap((child) => (child.name === 'LabelName' ? [textOf(promql, child)] : [])),
  );
}
