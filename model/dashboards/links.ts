/** From a panel to its alerts and their runbooks. */
import { runbookPath } from '../runbooks.ts';

export interface Link {
  readonly title: string;
  readonly url: string;
}

export interface LinkContext {
  readonly network: string | undefined;
  readonly chain: string;
}

/**
 * Two per alert. Grafana's list of alerts shows its own and those of its Prometheus data sources alike; a path without a host
 * stays within the Grafana at hand, below its sub-path too.
 */
export function alertLinks(alerts: readonly string[], context: LinkContext): Link[] {
  return alerts.flatMap((alert) => [
    { title: `Alert ${alert}`, url: `/alerting/list?search=${encodeURIComponent(search(alert, context))}` },
    { title: `Runbook ${alert}`, url: runbookPath(context.chain, alert) },
  ]);
}

function search(alert: string, { network }: LinkContext): string {
  return network === undefined ? `rule:${alert}` : `rule:${alert} label:network=${network}`;
}
