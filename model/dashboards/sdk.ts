/** Our panels in the words of Grafana's Foundation SDK: only the modules named sdk* know it, because it is young and changes. */
import { runbookPath } from '../runbooks.ts';
import type { Position } from './layout.ts';
import { type Limit, stepsOf } from './limits.ts';
import type { Link } from './links.ts';
import type { Panel, Query, Section } from './panels.ts';
import { type Asked, refIdOf, withLevels, withLines } from './sdkLimits.ts';
import { DATA_SOURCE, drawLink } from './sdkShared.ts';
import type {
  Custom,
  DrawnPanel,
  Field,
  FieldConfig,
  Options,
  Override,
  RowPanel,
  Target,
  Thresholds,
} from './sdkTypes.ts';
import { grafanaUnit } from './units.ts';

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

/** What depends on the kind of a panel. */
type Body = Pick<
  DrawnPanel,
  'type' | 'options' | 'fieldConfig' | 'targets' | 'datasource' | 'interval' | 'transformations'
>;

export function drawPanel(drawn: Drawn): DrawnPanel {
  const { panel, at, links } = drawn;
  return {
    ...kinds[panel.kind](drawn),
    id: panel.id,
    title: panel.title,
    description: panel.description,
    gridPos: at,
    links: links.map(drawLink),
    transparent: false,
    repeatDirection: 'h',
  };
}

/** An open row's panels follow it in the list; a collapsed one holds them. */
export function drawRow({ id, title, collapsed }: Section, at: Position, panels: readonly DrawnPanel[]): RowPanel {
  return { type: 'row', id, title, collapsed, gridPos: at, panels: collapsed ? panels : [] };
}

const LAST_VALUE: Options['stat']['reduceOptions'] = { calcs: ['lastNotNull'], values: false };

const STAT: Omit<Options['stat'], 'colorMode'> = {
  graphMode: 'none',
  justifyMode: 'auto',
  textMode: 'auto',
  wideLayout: true,
  showPercentChange: false,
  reduceOptions: LAST_VALUE,
  percentChangeColorMode: 'standard',
  orientation: 'auto',
};

const GAUGE: Options['gauge'] = {
  showThresholdLabels: false,
  showThresholdMarkers: true,
  sizing: 'auto',
  minVizWidth: 75,
  reduceOptions: LAST_VALUE,
  minVizHeight: 75,
  orientation: 'auto',
};

const TIMESERIES: Options['timeseries'] = {
  legend: { displayMode: 'table', placement: 'bottom', showLegend: true, calcs: ['lastNotNull', 'max'] },
  tooltip: { mode: 'multi', sort: 'desc' },
};

const TABLE: Options['table'] = {
  frameIndex: 0,
  showHeader: true,
  showTypeIcons: false,
  footer: { show: false, reducer: [], countRows: false },
  cellHeight: 'sm',
};

/** The SDK does not describe this one. */
const ALERT_LIST = {
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

const kinds: Readonly<Record<Panel['kind'], (drawn: Drawn) => Body>> = {
  stat: (drawn) => {
    const coloured = drawn.limits.length > 0 || drawn.panel.mappings !== undefined;
    const options: Options['stat'] = { ...STAT, colorMode: coloured ? 'background' : 'value' };
    return { type: 'stat', options, ...(coloured ? inColours(drawn, 'transparent') : plain(drawn)) };
  },

  gauge: (drawn) => {
    const scale = { min: 0, max: drawn.panel.unit === '%' ? 100 : 1 };
    return { type: 'gauge', options: GAUGE, ...inColours(drawn, 'text', scale) };
  },

  timeseries: (drawn) => {
    const { queries, overrides } = withLines(drawn);
    const own = drawn.limits.filter(({ recorded }) => !recorded);
    const thresholds = thresholdsOf(own, own.length > 0 ? 'transparent' : 'green', 'line');
    return {
      type: 'timeseries',
      options: TIMESERIES,
      fieldConfig: fieldConfig(drawn.panel, { thresholds, custom: lines(drawn, own) }, overrides),
      ...asking(queries, drawn, 'range'),
    };
  },

  table: (drawn) => {
    const value = drawn.queries[0]?.legend ?? 'value';
    const options: Options['table'] = { ...TABLE, sortBy: [{ displayName: value, desc: true }] };
    const custom: Custom['table'] = { align: 'auto', inspect: false };
    return {
      type: 'table',
      options,
      fieldConfig: fieldConfig(drawn.panel, { custom }, columnOverrides(drawn.panel.columns ?? [])),
      transformations: columns(drawn.panel.columns ?? [], value),
      ...asking(drawn.queries, drawn, 'table'),
    };
  },

  alertList: ({ alertFilter }) => ({
    type: 'alertlist',
    options: { ...ALERT_LIST, alertInstanceLabelFilter: alertFilter },
  }),

  text: ({ panel }) => {
    const options: Options['text'] = { mode: 'markdown', content: panel.content ?? '' };
    return { type: 'text', options };
  },
};

function thresholdsOf(limits: readonly Limit[], fine: string, purpose: 'colour' | 'line'): Thresholds {
  return { mode: 'absolute', steps: stepsOf(limits, fine, purpose) };
}

/** A number whose colour says whether an alert fires. @param unknown its colour while nobody knows the limit */
function inColours(drawn: Drawn, unknown: string, more: Field = {}) {
  const { panel, limits, queries } = drawn;
  const recorded = limits.some((limit) => limit.recorded);
  const asked: Asked = recorded ? withLevels(queries, limits, 'green') : { queries, overrides: [] };
  const thresholds = recorded ? thresholdsOf([], unknown, 'colour') : thresholdsOf(limits, 'green', 'colour');
  return {
    fieldConfig: fieldConfig(panel, { ...more, thresholds }, asked.overrides),
    ...asking(asked.queries, drawn, 'now'),
  };
}

function plain(drawn: Drawn) {
  const thresholds = thresholdsOf([], 'text', 'colour');
  return { fieldConfig: fieldConfig(drawn.panel, { thresholds }), ...asking(drawn.queries, drawn, 'now') };
}

/** @param own limits that are no series. Grafana fits the axis to the data alone: one far above a healthy reading would not be seen. */
function lines({ panel: { stacked }, limits }: Drawn, own: readonly Limit[]): Custom['timeseries'] {
  const values = own.map((limit) => limit.value);
  return {
    lineWidth: 1,
    fillOpacity: stacked ? 30 : 0,
    showPoints: 'never',
    ...(stacked ? { stacking: { mode: 'normal' } } : {}),
    thresholdsStyle: { mode: own.length > 0 ? 'dashed+area' : 'off' },
    ...(limits.length > 0 ? { axisSoftMin: Math.min(0, ...values) } : {}),
    ...(values.length > 0 ? { axisSoftMax: Number((Math.max(0, ...values) * 1.1).toPrecision(6)) } : {}),
  };
}

function asking(queries: readonly Query[], { interval }: Drawn, how: 'now' | 'range' | 'table') {
  const targets = queries.map(
    ({ expr, legend }, index): Target => ({
      refId: refIdOf(index),
      datasource: DATA_SOURCE,
      expr,
      legendFormat: legend,
      range: how === 'range',
      instant: how !== 'range',
      ...(how === 'table' ? { format: 'table' } : {}),
    }),
  );
  return { datasource: DATA_SOURCE, interval, ...(targets.length > 0 ? { targets } : {}) };
}

function fieldConfig(
  { unit, decimals, mappings, noValue }: Panel,
  more: Field,
  overrides: readonly Override[] = [],
): FieldConfig {
  return {
    defaults: {
      ...more,
      unit: grafanaUnit(unit),
      ...(decimals === undefined ? {} : { decimals }),
      ...(mappings ? { mappings: [{ type: 'value', options: mappings }] } : {}),
      ...(noValue === undefined ? {} : { noValue }),
    },
    overrides,
  };
}

/** Only the labels asked for, then the value, the largest first. */
function columns(labels: readonly string[], value: string): NonNullable<DrawnPanel['transformations']> {
  const names = [...labels, 'Value'];
  return [
    { id: 'filterFieldsByName', options: { include: { names } } },
    {
      id: 'organize',
      options: {
        indexByName: Object.fromEntries(names.map((column, index) => [column, index])),
        renameByName: { Value: value },
      },
    },
  ];
}

/** Severities in their colour, names of alerts lead to their runbooks. */
function columnOverrides(labels: readonly string[]): Override[] {
  const overrides: Override[] = [];
  const override = (name: string, properties: Override['properties']) =>
    overrides.push({ matcher: { id: 'byName', options: name }, properties });
  if (labels.includes('severity')) {
    const colours = { critical: { color: 'red' }, warning: { color: 'orange' }, info: { color: 'blue' } };
    override('severity', [
      { id: 'custom.cellOptions', value: { type: 'color-text' } },
      { id: 'mappings', value: [{ type: 'value', options: colours }] },
    ]);
  }
  if (labels.includes('alertname') && labels.includes('chain')) {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: variables of Grafana.
    const url = runbookPath('${__data.fields.chain}', '${__value.text}');
    override('alertname', [{ id: 'links', value: [{ title: 'Runbook', url, targetBlank: true }] }]);
  }
  return overrides;
}
