/** What is said of a name that no rule may read, and what to read instead. */
import { type Metric, NO_REPLACEMENT } from '../catalogue.ts';

/** `reads eth_balance, which no program emits; read op_batcher_default_balance` */
export function saidOfDeprecated(series: string, { because, replacement, note }: Metric): string {
  // The note of a metric that was once emitted is about its type or its releases.
  const more = because === undefined || note === undefined ? '' : ` (${note})`;
  const instead =
    replacement === undefined
      ? ''
      : replacement === NO_REPLACEMENT
        ? `; no metric takes its place${more}`
        : `; read ${replacement}${more}`;
  return `reads ${series}, which ${because ?? 'upstream dropped'}${instead}`;
}

/** Of a metric that only programs of the environment have. */
export function saidOfElsewhere(series: string, chain: string): string {
  return `reads ${series}, which no target of ${chain} has; only the environment's own programs do, whose rules are those of system`;
}
