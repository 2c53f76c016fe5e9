/** The frame around the panels, in the words of the Foundation SDK: variables, time, links, marks of alerts. */
import { DATA_SOURCE, LINK } from './sdkShared.ts';
import type { Annotation, DashboardLink, DrawnDashboard, DrawnPanel, RowPanel, Variable } from './sdkTypes.ts';

/** Numbers of Grafana, which the SDK has names for. */
const CROSSHAIR = 1;
const ON_TIME_RANGE_CHANGED = 2;
const ALPHABETICAL = 1;

export interface DrawnFrame {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  /** Dashboards with all of these tags are offered at the top. */
  readonly siblings: readonly string[];
  /** The data source that is chosen at first. */
  readonly dataSourceUid: string | undefined;
  /** A selector whose `instance` values can be chosen. */
  readonly instancesOf: string;
  /** Narrowed; marks when an alert fired. Absent where no Prometheus evaluates the alerts. */
  readonly alerts: string | undefined;
  /** Such as `now-6h`. */
  readonly from: string;
  readonly refresh: string;
  readonly interval: string;
}

/** Grafana's dashboard model; `id` and `version` are Grafana's own and left out. */
export function drawDashboard(frame: DrawnFrame, panels: readonly (DrawnPanel | RowPanel)[]): DrawnDashboard {
  return {
    uid: frame.uid,
    title: frame.title,
    description: frame.description,
    tags: frame.tags,
    timezone: 'utc',
    time: { from: frame.from, to: 'now' },
    refresh: frame.refresh,
    graphTooltip: CROSSHAIR,
    // Made by code: an edit in the browser would be lost, so Grafana shall not offer one.
    editable: false,
    fiscalYearStartMonth: 0,
    schemaVersion: 42,
    templating: { list: [dataSourceVariable(frame.dataSourceUid), instanceVariable(frame.instancesOf)] },
    links: [siblingsLink(frame.siblings)],
    annotations: frame.alerts === undefined ? {} : { list: [alertMarks(frame.alerts, frame.interval)] },
    panels,
  };
}

function siblingsLink(tags: readonly string[]): DashboardLink {
  return { ...LINK, title: 'Dashboards', type: 'dashboards', tags, keepTime: true };
}

const VARIABLE = {
  skipUrlSync: false,
  multi: false,
  allowCustomValue: true,
  includeAll: false,
  auto: false,
  auto_min: '10s',
  auto_count: 30,
};

function dataSourceVariable(uid: string | undefined): Variable {
  return {
    ...VARIABLE,
    type: 'datasource',
    name: 'datasource',
    label: 'Prometheus',
    query: 'prometheus',
    ...(uid === undefined ? {} : { current: { selected: true, text: uid, value: uid } }),
  };
}

function instanceVariable(selector: string): Variable {
  const query = `label_values(${selector}, instance)`;
  return {
    ...VARIABLE,
    type: 'query',
    name: 'instance',
    label: 'Instance',
    datasource: DATA_SOURCE,
    query: { query, refId: 'instances' },
    definition: query,
    refresh: ON_TIME_RANGE_CHANGED,
    sort: ALPHABETICAL,
    multi: true,
    includeAll: true,
    // Not the list of all: series without an instance belong to All too.
    allValue: '.*',
    current: { selected: true, text: ['All'], value: ['$__all'] },
  };
}

function alertMarks(expr: string, step: string): Annotation {
  return {
    name: 'Alerts',
    datasource: DATA_SOURCE,
    enable: true,
    hide: false,
    builtIn: 0,
    placement: 'inControlsMenu',
    iconColor: 'red',
    expr,
    step,
    titleFormat: '{{alertname}} {{instance}}',
    tagKeys: 'severity',
    useValueForTime: false,
  };
}
