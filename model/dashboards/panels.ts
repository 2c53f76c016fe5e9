/**
 * Panels as data, and the few kinds that there are. Title, unit and description are asked for by the types, so that no panel can
 * lack them; queries are written without the network, which `build.ts` puts in.
 */

import type { Severity } from '../../config/knowledge.ts';

/** PromQL with Grafana's variables, and how its series are called. */
export interface Query {
  readonly expr: string;
  readonly legend: string;
}

/** What an alert compares with its threshold: the same expression, tuned as the alert is. */
export interface Reading {
  readonly alert: string;
  readonly legend: string;
}

export type Kind = 'stat' | 'timeseries' | 'gauge' | 'table' | 'alertList' | 'text';

export interface Panel {
  readonly kind: Kind;
  /** Unique in the dashboard and never changed: links and alerts point at it. */
  readonly id: number;
  readonly title: string;
  /** What it shows, what is good, what to do. */
  readonly description: string;
  /** A unit of ours (`s`, `ETH`, `blocks/s`), or `number`, `amount`. */
  readonly unit: string;
  readonly queries: readonly (Query | Reading)[];
  /** Linked: alerts about what the panel shows. */
  readonly alerts: readonly string[];
  /** Linked, and their thresholds drawn. */
  readonly limits: readonly string[];
  /** Of 24 columns. */
  readonly width: number;
  /** In grid units of about 30 pixels. */
  readonly height: number;
  readonly decimals?: number;
  /** Number → what stands instead, and in which colour. */
  readonly mappings?: Readonly<Record<number, { readonly text: string; readonly color: string }>>;
  /** Anything above nothing is as bad as this. */
  readonly bad?: Severity;
  /** What stands where there is no series at all. */
  readonly noValue?: string;
  /** Lines on top of each other. */
  readonly stacked?: boolean;
  /** The labels that are columns of a table, in order; the value comes last, under its legend. */
  readonly columns?: readonly string[];
  /** Which alerts a list of alerts shows, as matchers in braces; by default those of the dashboard's owner. */
  readonly filter?: string;
  /** Markdown of a text panel. */
  readonly content?: string;
}

export interface Section {
  /** Of the row; unique among the panels too. */
  readonly id: number;
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly collapsed: boolean;
}

type Asked = Pick<Panel, 'description' | 'unit' | 'queries'>;
type Left = Partial<
  Pick<Panel, 'alerts' | 'limits' | 'width' | 'height' | 'decimals' | 'mappings' | 'bad' | 'noValue' | 'stacked'>
>;

export type PanelOptions = Asked & Left;

function panel(kind: Kind, id: number, title: string, size: readonly [number, number], options: PanelOptions): Panel {
  const [width, height] = size;
  return { alerts: [], limits: [], width, height, ...options, kind, id, title };
}

/** One number, large: how it is now. */
export function stat(id: number, title: string, options: PanelOptions): Panel {
  return panel('stat', id, title, [4, 4], options);
}

/** How it went. */
export function timeseries(id: number, title: string, options: PanelOptions): Panel {
  return panel('timeseries', id, title, [8, 8], options);
}

/** How much of what there is. */
export function gauge(id: number, title: string, options: PanelOptions): Panel {
  return panel('gauge', id, title, [4, 6], options);
}

/** One row per series. A column `alertname` leads to the runbook, if there is also `chain`. */
export function table(id: number, title: string, options: PanelOptions & { columns: readonly string[] }): Panel {
  return panel('table', id, title, [12, 8], options);
}

/** Alerts by Grafana's own list: the only place where those that Grafana evaluates can be seen. */
export function alertList(
  id: number,
  title: string,
  options: Omit<PanelOptions, 'queries' | 'unit'> & Pick<Panel, 'filter'>,
): Panel {
  return panel('alertList', id, title, [12, 8], { ...options, unit: 'number', queries: [] });
}

export function text(
  id: number,
  title: string,
  options: Pick<Panel, 'description'> & { content: string } & Left,
): Panel {
  return panel('text', id, title, [24, 3], { ...options, unit: 'number', queries: [] });
}

export function section(id: number, title: string, panels: readonly Panel[], collapsed = false): Section {
  return { id, title, panels, collapsed };
}

export function query(expr: string, legend: string): Query {
  return { expr, legend };
}

export function reading(alert: string, legend: string): Reading {
  return { alert, legend };
}
