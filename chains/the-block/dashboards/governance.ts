/** Proposals, parameters, releases. */
import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { query, reading, section, timeseries } from '../../../model/dashboards/panels.ts';
import { events } from './shared.ts';

export const governance: DashboardSpec = {
  slug: 'governance',
  title: 'Governance',
  description: 'What was decided, and whether all nodes hold to it.',
  instancesOf: 'up{component="tb-node"}',
  sections: [
    section(100, 'Parameters', [
      timeseries(1, 'Changed parameters', {
        description: 'Values of parameters that governance changed. All nodes must agree.',
        unit: 'number',
        queries: [query('param_change_active', '{{key}} {{instance}}')],
        alerts: ['GovernanceParamsDisagree'],
      }),
      timeseries(2, 'Disagreement', {
        description: 'Between the highest and the lowest value among our nodes.',
        unit: 'difference',
        queries: [reading('GovernanceParamsDisagree', '{{key}}')],
        limits: ['GovernanceParamsDisagree'],
      }),
      timeseries(3, 'Changes that wait', {
        description: '1 while a change is decided and not active.',
        unit: 'bool',
        queries: [query('param_change_pending', '{{key}} {{instance}}')],
        alerts: ['GovernanceChangePending'],
      }),
      events(4, 'Rollbacks', 'gov_rollback_total', ['key'], {
        description: 'In half an hour, by parameter.',
        unit: 'rollbacks',
        alerts: ['GovernanceRollback'],
      }),
    ]),
    section(101, 'Votes and releases', [
      events(10, 'Votes', 'gov_votes_total', ['choice'], { description: 'In half an hour.', unit: 'votes' }),
      events(11, 'Releases refused', 'release_quorum_fail_total', [], {
        description: 'For lack of signatures of their origin.',
        unit: 'releases',
        alerts: ['ReleaseQuorumFailing'],
      }),
    ]),
  ],
};
