/** Our panels in the words of Grafana's Foundation SDK: only the modules named sdk* know it, because it is young and changes. */
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TableCellDisplayMode,
  TableSortByFieldStateBuilder,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type Panel as DrawnPanel,
  MappingType,
  PanelBuilder,
  RowBuilder,
  type RowPanel,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as GaugeBuilder } from '@grafana/grafana-foundation-sdk/gauge';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TextBuilder, TextMode } from '@grafana/grafana-foundation-sdk/text';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { runbookPath } from '../runbooks.ts';
import type { Position } from './layout.ts';
import { type Limit, stepsOf } from './limits.ts';
import type { Link } from './links.ts';
import type { Panel, Query, Section } from './panels.ts';
import { refIdOf, withLevels, withLines } from './sdkLimits.ts';
import { DATA_SOURCE, linkBuilder } from './sdkShared.ts';
import { grafanaUnit } from './units.ts';

export type { DrawnPanel, RowPanel };

/** A panel with all that depends on the network filled in. */
export interface Drawn {
  readonly panel: Panel;
  readonly at: Position;
  /** Narrowed to the network. */
  readonly queries: readonly Query[];
  readonly limits: readonly Limit[];
  readonly links: readonly Link[];
  /** Shortest time between two samples, such as `15s`: `$__rate_interval` follows from it. */
  readonly interval: string;
  /** Labels that every alert of this dashboard's owner has, for Grafana's own list. */
  readonly alertFilter: string;
}

/** What all builders of panels have in common. */
interface AnyBuilder {
  id(id: number): this;
  title(title: string): this;
  description(description: string): this;
  gridPos(at: Position): this;
  links(links: ReturnType<typeof linkBuilder>[]): this;
  datasource(source: typeof DATA_SOURCE): this;
  interval(interval: string): this;
  withTarget(target: DataqueryBuilder): this;
  unit(unit: string): this;
  decimals(decimals: number): this;
  mappings(mappings: ValueMapping[]): this;
  noValue(text: string): this;
  build(): DrawnPanel;
}

interface ColouredBuilder extends AnyBuilder {
  thresholds(thresholds: ThresholdsConfigBuilder): this;
  overrideByQuery(refId: string, properties: { id: string; value: unknown }[]): this;
}

export function drawPanel(drawn: Drawn): DrawnPanel {
  const { panel, at, links } = drawn;
  return kinds[panel.kind](drawn)
    .id(panel.id)
    .title(panel.title)
    .description(panel.description)
    .gridPos(at)
    .links(links.map(linkBuilder))
    .build();
}

/** An open row's panels follow it in the list; a collapsed one holds them. */
export function drawRow(section: Section, at: Position, panels: readonly DrawnPanel[]): RowPanel {
  const row = new RowBuilder(section.title).id(section.id).collapsed(section.collapsed).gridPos(at).build();
  return { ...row, panels: section.collapsed ? [...panels] : [] };
}

const kinds: Readonly<Record<Panel['kind'], (drawn: Drawn) => AnyBuilder>> = {
  stat: (drawn) => {
    const coloured = drawn.limits.length > 0 || drawn.panel.mappings !== undefined;
    const builder = new StatBuilder()
      .colorMode(coloured ? BigValueColorMode.Background : BigValueColorMode.Value)
      .graphMode(BigValueGraphMode.None)
      .reduceOptions(lastValue());
    return withField(coloured ? inColours(builder, drawn, 'transparent') : plain(builder, drawn), drawn.panel);
  },

  gauge: (drawn) => {
    const builder = new GaugeBuilder()
      .reduceOptions(lastValue())
      .min(0)
      .max(drawn.panel.unit === '%' ? 100 : 1);
    return withField(inColours(builder, drawn, 'text'), drawn.panel);
  },

  timeseries: (drawn) => {
    const builder = new TimeseriesBuilder()
      .lineWidth(1)
      .fillOpacity(drawn.panel.stacked ? 30 : 0)
      .showPoints(VisibilityMode.Never)
      .legend(legend())
      .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
    if (drawn.panel.stacked) builder.stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
    withFixedLines(builder, drawn.limits);
    const queries = withLines(builder, drawn);
    return withField(withQueries(builder, { ...drawn, queries }, 'range'), drawn.panel);
  },

  table: (drawn) => withColumns(withField(withQueries(new TableBuilder(), drawn, 'table'), drawn.panel), drawn),

  alertList: (drawn) => new AlertListBuilder(drawn.alertFilter),

  text: ({ panel }) => new TextBuilder().mode(TextMode.Markdown).content(panel.content ?? ''),
};

function lastValue(): ReduceDataOptionsBuilder {
  return new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false);
}

function legend(): VizLegendOptionsBuilder {
  return new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.Table)
    .placement(LegendPlacement.Bottom)
    .showLegend(true)
    .calcs(['lastNotNull', 'max']);
}

function thresholds(limits: readonly Limit[], fine: string, purpose: 'colour' | 'line'): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(stepsOf(limits, fine, purpose));
}

/** A number whose colour says whether an alert fires. @param unknown its colour while nobody knows the limit */
function inColours<B extends ColouredBuilder>(builder: B, drawn: Drawn, unknown: string): B {
  const { limits, queries } = drawn;
  if (!limits.some(({ recorded }) => recorded)) {
    builder.thresholds(thresholds(limits, 'green', 'colour'));
    return withQueries(builder, drawn, 'now');
  }
  builder.thresholds(thresholds([], unknown, 'colour'));
  return withQueries(builder, { ...drawn, queries: withLevels(builder, queries, limits, 'green') }, 'now');
}

function plain(builder: StatBuilder, drawn: Drawn): StatBuilder {
  return withQueries(builder.thresholds(thresholds([], 'text', 'colour')), drawn, 'now');
}

/** Those that are no series. Grafana fits the axis to the data alone: a limit far above a healthy reading would not be seen. */
function withFixedLines(builder: TimeseriesBuilder, limits: readonly Limit[]): void {
  const own = limits.filter(({ recorded }) => !recorded);
  const [style, fine] =
    own.length > 0 ? [GraphThresholdsStyleMode.DashedAndArea, 'transparent'] : [GraphThresholdsStyleMode.Off, 'green'];
  builder
    .thresholds(thresholds(own, fine, 'line'))
    .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(style));
  if (limits.length === 0) return;
  const values = own.map((limit) => limit.value);
  builder.axisSoftMin(Math.min(0, ...values));
  if (values.length > 0) builder.axisSoftMax(Number((Math.max(0, ...values) * 1.1).toPrecision(6)));
}

function withQueries<B extends AnyBuilder>(
  builder: B,
  { queries, interval }: Drawn,
  how: 'now' | 'range' | 'table',
): B {
  for (const [index, { expr, legend: name }] of queries.entries()) {
    const query = new DataqueryBuilder().refId(refIdOf(index)).datasource(DATA_SOURCE).expr(expr).legendFormat(name);
    if (how === 'range') query.range();
    else query.instant();
    if (how === 'table') query.format(PromQueryFormat.Table);
    builder.withTarget(query);
  }
  return builder.datasource(DATA_SOURCE).interval(interval);
}

function withField<B extends AnyBuilder>(builder: B, { unit, decimals, mappings, noValue }: Panel): B {
  builder.unit(grafanaUnit(unit));
  if (decimals !== undefined) builder.decimals(decimals);
  if (mappings) builder.mappings([{ type: MappingType.ValueToText, options: { ...mappings } }]);
  if (noValue !== undefined) builder.noValue(noValue);
  return builder;
}

/** Only the labels asked for, then the value, the largest first; severities in their colour, names of alerts lead to their runbooks. */
function withColumns(builder: TableBuilder, { panel, queries }: Drawn): TableBuilder {
  const columns = panel.columns ?? [];
  const value = queries[0]?.legend ?? 'value';
  builder
    .sortBy([new TableSortByFieldStateBuilder().displayName(value).desc(true)])
    .withTransformation({ id: 'filterFieldsByName', options: { include: { names: [...columns, 'Value'] } } })
    .withTransformation({
      id: 'organize',
      options: {
        indexByName: Object.fromEntries([...columns, 'Value'].map((column, index) => [column, index])),
        renameByName: { Value: value },
      },
    });
  if (columns.includes('severity')) {
    const colours = { critical: { color: 'red' }, warning: { color: 'orange' }, info: { color: 'blue' } };
    builder.overrideByName('severity', [
      { id: 'custom.cellOptions', value: { type: TableCellDisplayMode.ColorText } },
      { id: 'mappings', value: [{ type: MappingType.ValueToText, options: colours }] },
    ]);
  }
  if (columns.includes('alertname') && columns.includes('chain')) {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: variables of Grafana.
    const url = runbookPath('${__data.fields.chain}', '${__value.text}');
    builder.overrideByName('alertname', [{ id: 'links', value: [{ title: 'Runbook', url, targetBlank: true }] }]);
  }
  return builder;
}

/** The SDK has no builder for this panel. */
class AlertListBuilder extends PanelBuilder {
  constructor(filter: string) {
    super();
    this.internal.type = 'alertlist';
    this.internal.options = {
      alertInstanceLabelFilter: filter,
      alertName: '',
      dashboardAlerts: false,
      groupBy: [],
      groupMode: 'default',
      maxItems: 50,
      showInstances: true,
      sortOrder: 3,
      stateFilter: { error: true, firing: true, noData: true, normal: false, pending: false },
      viewMode: 'list',
    };
  }
}
