/** From a dashboard as its author writes it to the dashboard of one network. */
import { formatDuration } from '../../config/duration.ts';
import type { DashboardContext } from '../chain.ts';
import { dashboardUid, folderOf } from '../grafana/naming.ts';
import type { Matcher } from '../promql/selectors.ts';
import { quote } from '../promql/syntax.ts';
import { LIMIT_SERIES } from '../rules/limitSeries.ts';
import { canonicalObject } from './canonical.ts';
import type { Dashboard, PlacedPanel } from './dashboard.ts';
import { layout } from './layout.ts';
import { conversion, type Limit, limitOf } from './limits.ts';
import { alertLinks } from './links.ts';
import type { Scope } from './narrow.ts';
import type { Panel, Section } from './panels.ts';
import { type Readings, readingsOf } from './readings.ts';
import { type Drawn, drawPanel, drawRow } from './sdk.ts';
import { drawDashboard } from './sdkDashboard.ts';

export interface DashboardSpec {
  /** Its own name within the network: part of the UID, so never changed. */
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  readonly overview?: boolean;
  /** Whose instances the viewer may choose among, such as `up{component="op-geth"}`. */
  readonly instancesOf: string;
  readonly sections: readonly Section[];
}

/** Seconds: long enough to see a day's half, compressed to no less than ten minutes. */
const SHOWN_SECONDS = 6 * 3600;
const SHORTEST_SECONDS = 600;

/** @throws PromqlError where the author erred; nothing a stack file says can make it fail */
export function buildDashboard(context: DashboardContext, spec: DashboardSpec): Dashboard {
  const { network, stack, pack } = context;
  const uid = dashboardUid(stack, network?.name, spec.slug);
  const owner = network?.name ?? 'system';
  const folder = folderOf(stack, network?.name);
  const title = `${network?.name ?? stack.environment}: ${spec.title}`;
  const scope = scopeOf(network);
  const readings = readingsOf(context);
  const { narrow } = readings;
  const { timeScale } = stack.prometheus;
  const interval = formatDuration(network?.scrape.interval ?? stack.prometheus.scrapeInterval);
  const evaluatedByGrafana = network?.engine === 'grafana';
  const frame = {
    uid,
    title,
    description: spec.description,
    tags: [...new Set(['chainwatch', stack.environment, pack.chain, owner, ...(spec.overview ? ['overview'] : [])])],
    siblings: ['chainwatch', stack.environment, owner],
    dataSourceUid: stack.grafana?.dataSourceUid,
    instancesOf: narrow(spec.instancesOf, scope, false),
    alerts: evaluatedByGrafana ? undefined : narrow('ALERTS{alertstate="firing", severity=~"critical|warning"}', scope),
    from: `now-${formatDuration(Math.max(SHORTEST_SECONDS, SHOWN_SECONDS / timeScale))}`,
    refresh: timeScale === 1 ? '30s' : '5s',
    interval,
  };
  const draw = drawer(context, readings, scope, interval);
  const panels = layout(spec.sections).flatMap(({ section, at, panels: placed }) => {
    const drawn = placed.map((each) => drawPanel(draw(each.panel, each.at)));
    return [drawRow(section, at, drawn), ...(section.collapsed ? [] : drawn)];
  });
  return {
    uid,
    slug: spec.slug,
    title,
    owner,
    overview: spec.overview ?? false,
    folder: folder.title,
    folderUid: folder.uid,
    panels: spec.sections.flatMap((section) => section.panels.map(placedPanel)),
    json: canonicalObject(drawDashboard(frame, panels)),
  };
}

function placedPanel(panel: Panel): PlacedPanel {
  const { id, title, unit, limits } = panel;
  return { id, title, unit, alerts: alertsOf(panel), limits };
}

function alertsOf({ limits, queries, alerts }: Panel): string[] {
  const read = queries.flatMap((query) => ('alert' in query ? [query.alert] : []));
  return [...new Set([...limits, ...read, ...alerts])];
}

function scopeOf(network: DashboardContext['network']): Scope {
  const equal = (labels: Readonly<Record<string, string>>): Matcher[] =>
    Object.entries(labels)
      .sort()
      .map(([label, value]) => ({ label, op: '=', value }));
  if (!network) return { matchers: [], made: [], alerts: equal({ chain: 'system' }) };
  const byName = equal({ network: network.name });
  const matchers = network.matchers ? equal(network.matchers) : byName;
  return { matchers, made: byName, alerts: byName };
}

function limitQuery(alert: string, matchers: readonly Matcher[]): string {
  const all = [...matchers, { label: 'alertname', op: '=', value: alert }];
  return `${LIMIT_SERIES}{${all.map(({ label, op, value }) => `${label}${op}${quote(value)}`).join(',')}}`;
}

function drawer(context: DashboardContext, readings: Readings, scope: Scope, interval: string) {
  const { network, pack, alerts } = context;
  // What Grafana evaluates is recorded by nobody: there the limit is a number in the dashboard.
  const series = network?.engine === 'grafana' ? undefined : scope.alerts;
  const limitsOf = ({ limits, unit, bad }: Panel): Limit[] => {
    const drawn = limits.flatMap((name) => {
      const alert = alerts.get(name);
      const limit = alert && limitOf(alert, unit);
      if (!limit) return [];
      if (!series) return [limit];
      return [{ ...limit, recorded: { alert: name, expr: limitQuery(name, series) + conversion(alert.unit, unit) } }];
    });
    return bad ? [...drawn, { severity: bad, value: 0, op: '>' }] : drawn;
  };
  return (panel: Panel, at: Drawn['at']): Drawn => ({
    panel,
    at,
    queries: panel.queries.flatMap((query) => {
      const expr = 'alert' in query ? readings.queryOf(query.alert) : query.expr;
      return expr === undefined ? [] : [{ expr: readings.narrow(expr, scope), legend: query.legend }];
    }),
    limits: limitsOf(panel),
    links: alertLinks(
      alertsOf(panel).filter((name) => alerts.has(name)),
      { network: network?.name, chain: pack.chain },
    ),
    interval,
    alertFilter: panel.filter ?? (network ? `{network="${network.name}"}` : '{chain="system"}'),
  });
}
