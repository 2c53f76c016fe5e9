/** Limits that are series, as Grafana's panels show them: lines of their own, and a colour for each query of a number. */
import { levelsOf } from './levels.ts';
import { COLORS, type Limit } from './limits.ts';
import type { Panel, Query } from './panels.ts';
import type { Override } from './sdkTypes.ts';

interface Graph {
  readonly panel: Pick<Panel, 'stacked'>;
  readonly queries: readonly Query[];
  readonly limits: readonly Limit[];
}

/** What a panel asks, and how some of the answers look. */
export interface Asked {
  readonly queries: readonly Query[];
  readonly overrides: readonly Override[];
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
export function withLines({ panel: { stacked }, queries, limits }: Graph): Asked {
  const lines = limits.flatMap(({ recorded, severity }) =>
    recorded ? [{ ...recorded, color: COLORS[severity] }] : [],
  );
  const overrides = lines.map(({ color }, index) =>
    ofQuery(queries.length + index, [
      fixed(color),
      { id: 'custom.lineStyle', value: { dash: [10, 10], fill: 'dash' } },
      // It is what the sum is held to, and no part of it.
      ...(stacked ? UNSTACKED : []),
    ]),
  );
  return {
    queries: [...queries, ...lines.map(({ alert, expr }) => ({ expr, legend: `limit of ${alert}` }))],
    overrides,
  };
}

/** The queries of a number, one for each colour that it may have. @param fine the colour where no alert fires */
export function withLevels(queries: readonly Query[], limits: readonly Limit[], fine: string): Asked {
  const levels = queries.flatMap(({ expr, legend }) =>
    levelsOf(expr, limits, fine).map((level) => ({ ...level, legend })),
  );
  return {
    queries: levels.map(({ expr, legend }) => ({ expr, legend })),
    overrides: levels.flatMap(({ color }, index) => (color === undefined ? [] : [ofQuery(index, [fixed(color)])])),
  };
}

function ofQuery(index: number, properties: Override['properties']): Override {
  return { matcher: { id: 'byFrameRefID', options: refIdOf(index) }, properties };
}

function fixed(color: string) {
  return { id: 'color', value: { fixedColor: color, mode: 'fixed' } };
}
