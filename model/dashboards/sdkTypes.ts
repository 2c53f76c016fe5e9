/**
 * Grafana's JSON as its Foundation SDK describes it, in types only: what builds the JSON there is 240 modules, of all versions of a dashboard,
 * which every start would load.
 */
import type { GraphFieldConfig, TableFieldOptions } from '@grafana/grafana-foundation-sdk/common';
import type * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import type { Options as GaugeOptions } from '@grafana/grafana-foundation-sdk/gauge';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/prometheus';
import type { Options as StatOptions } from '@grafana/grafana-foundation-sdk/stat';
import type { Options as TableOptions } from '@grafana/grafana-foundation-sdk/table';
import type { Options as TextOptions } from '@grafana/grafana-foundation-sdk/text';
import type { Options as TimeseriesOptions } from '@grafana/grafana-foundation-sdk/timeseries';

/** What stands in the JSON: of an enum its values, of an object no methods. */
type Plain<T> = 0 extends 1 & T
  ? unknown
  : T extends string
    ? `${T}`
    : T extends number
      ? `${T}` extends `${infer N extends number}`
        ? N
        : never
      : T extends readonly (infer Element)[]
        ? readonly Plain<Element>[]
        : T extends object
          ? { readonly [K in keyof T as T[K] extends () => void ? never : K]: Plain<T[K]> }
          : T;

export type Target = Plain<Dataquery>;
export type DrawnPanel = Omit<Plain<dashboard.Panel>, 'targets'> & { readonly targets?: readonly Target[] };
export type RowPanel = Omit<Plain<dashboard.RowPanel>, 'panels'> & { readonly panels: readonly DrawnPanel[] };
export type DrawnDashboard = Omit<Plain<dashboard.Dashboard>, 'panels'> & {
  readonly panels: readonly (DrawnPanel | RowPanel)[];
};

export type DashboardLink = Plain<dashboard.DashboardLink>;
export type Variable = Plain<dashboard.VariableModel>;
export type Annotation = Plain<dashboard.AnnotationQuery>;
export type FieldConfig = Plain<dashboard.FieldConfigSource>;
export type Field = FieldConfig['defaults'];
export type Override = FieldConfig['overrides'][number];
export type Thresholds = Plain<dashboard.ThresholdsConfig>;

/** What the SDK leaves open in a panel and in its fields, by the kind of panel. */
export interface Options {
  readonly stat: Plain<StatOptions>;
  readonly gauge: Plain<GaugeOptions>;
  readonly timeseries: Plain<TimeseriesOptions>;
  readonly table: Plain<TableOptions>;
  readonly text: Plain<TextOptions>;
}
export interface Custom {
  readonly timeseries: Plain<GraphFieldConfig>;
  readonly table: Plain<TableFieldOptions>;
}
