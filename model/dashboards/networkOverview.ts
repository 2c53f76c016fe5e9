/** The first dashboard of a network, whatever its chain: is it healthy, since when, what is wrong; then what is the chain's own. */
import type { DashboardSpec } from './build.ts';
import { alertDetail, alertStats } from './common.ts';
import { type Panel, type Section, section } from './panels.ts';

/** What an overview must know of its network. */
export interface OverviewFacts {
  readonly engine: NetworkOverview['engine'];
  /** Whether the network has such a component. */
  has(component: string): boolean;
}

/** Panels that a network has only with the component that they are about. */
export function panelsWith({ has }: Pick<OverviewFacts, 'has'>): (component: string, panels: Panel[]) => Panel[] {
  return (component, panels) => (has(component) ? panels : []);
}

export interface NetworkOverview {
  readonly title?: string;
  readonly description?: string;
  /** Where the network's rules are evaluated. */
  readonly engine: 'prometheus' | 'grafana';
  /** Its series' instances are those to choose from. */
  readonly instancesOf: string;
  /** Beside the alerts, in the first line that a person reads; ids from 10 on. */
  readonly healthy: Panel[];
  /** Below; ids from 102 on. */
  readonly sections: readonly Section[];
}

export function networkOverview({ engine, healthy, sections, ...own }: NetworkOverview): DashboardSpec {
  return {
    slug: 'overview',
    title: 'Overview',
    description: 'Is this network healthy, since when, and what is wrong.',
    overview: true,
    ...own,
    sections: [
      section(100, 'Is it healthy?', [...alertStats({ first: 1, engine }), ...healthy]),
      section(101, 'What is wrong', alertDetail({ first: 4, engine })),
      ...sections,
    ],
  };
}
