/** Limits that are series, as Grafana's panels show them: lines of their own, and a colour for each query of a number. */
import { levelsOf } from './levels.ts';
import { COLORS, type Limit } from './limits.ts';
import type { Panel, Query } from './panels.ts';

interface Graph {
  readonly panel: Pick<Panel, 'stacked'>;
  readonly queries: readonly Query[];
  readonly limits: readonly Limit[];
}

interface Builder {
  overrideByQuery(refId: string, properties: { id: string; value: unknown }[]): unknown;
}

const UNSTACKED = [
  { id: 'custom.fillOpacity', value: 0 },
  { id: 'custom.stacking', value: { group: 'A', mode: 'none' } },
];

/** Grafana's name of a query in its panel. */
export function refIdOf(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + index);
}

/** The queries of a graph, and of its limits behind them. */
export function withLines(builder: Builder, { panel: { stacked }, queries, limits }: Graph): Query[] {
  const lines = limits.flatMap(({ recorded, severity }) =>
    recorded ? [{ ...recorded, color: COLORS[severity] }] : [],
  );
  for (const [index, { color }] of lines.entries())
    builder.overrideByQuery(refIdOf(queries.length + index), [
      fixed(color),
      { id: 'custom.lineStyle', value: { dash: [10, 10], fill: 'dash' } },
      // It is what the sum is held to, and no part of it.
      ...(stacked ? UNSTACKED : []),
    ]);
  return [...queries, ...lines.map(({ alert, expr }) => ({ expr, legend: `limit of ${alert}` }))];
}

/** The queries of a number, one for each colour that it may have. @param fine the colour where no alert fires */
export function withLevels(
  builder: Builder,
  queries: readonly Query[],
  limits: readonly Limit[],
  fine: string,
): Query[] {
  const levels = queries.flatMap(({ expr, legend }) =>
    levelsOf(expr, limits, fine).map((level) => ({ ...level, legend })),
  );
  for (const [index, { color }] of levels.entries())
    if (color !== undefined) builder.overrideByQuery(refIdOf(index), [fixed(color)]);
  return levels.map(({ expr, legend }) => ({ expr, legend }));
}

function fixed(color: string) {
  return { id: 'color', value: { fixedColor: color, mode: 'fixed' } };
}
