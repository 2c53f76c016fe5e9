/** The frame around the panels, in the words of the Foundation SDK: variables, time, links, marks of alerts. */
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  type DashboardLink,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { DrawnPanel, RowPanel } from './sdk.ts';
import { DATA_SOURCE, inTheOpen } from './sdkShared.ts';

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
export function drawDashboard(frame: DrawnFrame, panels: readonly (DrawnPanel | RowPanel)[]): object {
  const builder = new DashboardBuilder(frame.title)
    .uid(frame.uid)
    .description(frame.description)
    .tags([...frame.tags])
    .timezone('utc')
    .time({ from: frame.from, to: 'now' })
    .refresh(frame.refresh)
    .tooltip(DashboardCursorSync.Crosshair)
    // Made by code: an edit in the browser would be lost, so Grafana shall not offer one.
    .readonly()
    .withVariable(dataSourceVariable(frame.dataSourceUid))
    .withVariable(instanceVariable(frame.instancesOf))
    .link(siblingsLink(frame.siblings));
  if (frame.alerts !== undefined) builder.annotation(alertMarks(frame.alerts, frame.interval));
  return { ...builder.build(), panels };
}

function siblingsLink(tags: readonly string[]): Builder<DashboardLink> {
  const link = new DashboardLinkBuilder('Dashboards')
    .type(DashboardLinkType.Dashboards)
    .tags([...tags])
    .asDropdown(false)
    .includeVars(false)
    .keepTime(true);
  return inTheOpen(link);
}

function dataSourceVariable(uid: string | undefined): DatasourceVariableBuilder {
  const builder = new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus');
  return uid === undefined ? builder : builder.current({ selected: true, text: uid, value: uid });
}

function instanceVariable(selector: string): QueryVariableBuilder {
  const query = `label_values(${selector}, instance)`;
  return (
    new QueryVariableBuilder('instance')
      .label('Instance')
      .datasource(DATA_SOURCE)
      .query({ query, refId: 'instances' })
      .definition(query)
      .refresh(VariableRefresh.OnTimeRangeChanged)
      .sort(VariableSort.AlphabeticalAsc)
      .multi(true)
      .includeAll(true)
      // Not the list of all: series without an instance belong to All too.
      .allValue('.*')
      .current({ selected: true, text: ['All'], value: ['$__all'] })
  );
}

function alertMarks(expr: string, step: string): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name('Alerts')
    .datasource(DATA_SOURCE)
    .enable(true)
    .iconColor('red')
    .expr(expr)
    .step(step)
    .titleFormat('{{alertname}} {{instance}}')
    .tagKeys('severity')
    .useValueForTime(false);
}
