/** What the dashboards of GenLayer have in common. */

/** By the name that people know a validator by. */
export const WHO = '{{validator_name}} {{instance}}';

/** A reading of each validator, whatever else its series differ in. @param by `max`, `min` or `sum` */
export function each(by: 'max' | 'min' | 'sum', expr: string): string {
  return `${by} by (instance, validator_name) (${expr})`;
}

/**
 * The same of each part of a validator. Where a Prometheus of ours scrapes, the node's own label `component` has another name; it
 * takes its place again.
 */
export function eachPart(expr: string): string {
  return `max by (instance, validator_name, component) (label_replace(${expr}, "component", "$1", "exported_component", "(.+)"))`;
}

export const PART = '{{component}} {{validator_name}} {{instance}}';
