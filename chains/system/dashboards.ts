/** The dashboards of the environment: what watches the networks, and what that runs on. */
import type { DashboardContext } from '../../model/chain.ts';
import { buildDashboard } from '../../model/dashboards/build.ts';
import type { Dashboard } from '../../model/dashboards/dashboard.ts';
import { hasAggregator } from '../../model/plan/jobs.ts';
import { containers } from './dashboards/containers.ts';
import { endpoints } from './dashboards/endpoints.ts';
import { agents, aggregator } from './dashboards/fleet.ts';
import { hosts } from './dashboards/hosts.ts';
import { notifications } from './dashboards/notifications.ts';
import { overview } from './dashboards/overview.ts';
import { probes } from './dashboards/probes.ts';
import { prometheus } from './dashboards/prometheus.ts';

export function dashboards(context: DashboardContext): readonly Dashboard[] {
  const { networks, services, system } = context.stack;
  const byGrafana = networks.filter(({ engine }) => engine === 'grafana').map(({ name }) => name);
  const specs = [
    overview(byGrafana),
    prometheus,
    notifications,
    ...(services.exporter.enabled ? [endpoints] : []),
    ...(hasAggregator(context.stack) ? [aggregator] : []),
    ...(Object.keys(system.agents).length > 0 ? [agents] : []),
    ...(Object.keys(system.hosts).length > 0 ? [hosts] : []),
    ...(Object.keys(system.containers).length > 0 ? [containers] : []),
    ...(system.probes.length > 0 ? [probes] : []),
  ];
  return specs.map((spec) => buildDashboard(context, spec));
}
