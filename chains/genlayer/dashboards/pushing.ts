/** Who is pushing: which validators tell of themselves, with which versions, and who has stopped. */
import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { UP_DOWN } from '../../../model/dashboards/common.ts';
import { query, section, stat, table, timeseries } from '../../../model/dashboards/panels.ts';
import { WHO } from './shared.ts';

export const pushing: DashboardSpec = {
  slug: 'pushing',
  title: 'Who is pushing',
  description:
    'Validators whose metrics arrive. It shows who tells of itself, not who is deployed: compare with the chain.',
  instancesOf: 'up{validator_name!=""}',
  sections: [
    section(100, 'Now', [
      stat(1, 'Pushing', {
        description: 'Validators that report now, and those that did within the last day.',
        unit: 'validators',
        queries: [
          query('count(instance:genlayer_validator:up)', 'now'),
          query('count(max_over_time(instance:genlayer_validator:up[1d]))', 'within a day'),
        ],
        noValue: 'none',
        alerts: ['GenLayerNoValidatorReports', 'GenLayerThirdOfValidatorsGone'],
        width: 8,
      }),
      stat(2, 'Not watched in full', {
        description: 'Validators whose memory, or whose node, tells nothing, though they push.',
        unit: 'validators',
        queries: [
          query(
            'count(instance:genlayer_validator:latest_block unless on (network, instance, validator_name) instance:genlayer_validator:alloc_bytes) or vector(0)',
            'without memory',
          ),
          query(
            'count(instance:genlayer_validator:up == 1 unless on (network, instance, validator_name) instance:genlayer_validator:latest_block) or vector(0)',
            'without blocks',
          ),
        ],
        alerts: ['GenLayerGoMetricsDropped', 'GenLayerNodeMetricsAbsent'],
        width: 8,
      }),
      stat(3, 'Names with several nodes', {
        description: 'Validators that cannot be told apart, most often under the name "default".',
        unit: 'number',
        queries: [
          query(
            'count(count by (validator_name) (count by (validator_name, node) (genlayer_node_latest_block)) > 1) or vector(0)',
            'names',
          ),
        ],
        alerts: ['GenLayerValidatorNameShared'],
        width: 8,
      }),
    ]),
    section(101, 'Who', [
      table(10, 'Validators that push', {
        description:
          'Each validator by name and instance: 1 answers its scrape, 0 does not. Who is not here pushes nothing.',
        unit: 'bool',
        queries: [query('instance:genlayer_validator:up', 'up')],
        columns: ['validator_name', 'instance'],
        mappings: UP_DOWN,
        alerts: ['GenLayerValidatorDown'],
        noValue: 'nobody',
      }),
      table(11, 'Gone within the hour', {
        description: 'Validators that pushed within the last hour and do not now.',
        unit: 'number',
        queries: [
          query(
            'max by (validator_name, instance) (max_over_time(up{validator_name!=""}[1h])) unless on (validator_name, instance) up{validator_name!=""}',
            'was up',
          ),
        ],
        columns: ['validator_name', 'instance'],
        alerts: ['GenLayerValidatorMissing'],
        noValue: 'nobody',
      }),
      table(12, 'Versions', {
        description: 'What each validator runs. Different versions of GenVM may judge differently.',
        unit: 'number',
        queries: [query('genlayer_node_info', 'runs')],
        columns: ['validator_name', 'instance', 'version', 'genvm_version', 'protocol_version'],
        width: 24,
      }),
    ]),
    section(102, 'When', [
      timeseries(20, 'Answers', {
        description: 'Whether each validator answers. A line that ends is a validator whose Alloy has gone.',
        unit: 'bool',
        queries: [query('instance:genlayer_validator:up', WHO)],
        alerts: ['GenLayerValidatorDown', 'GenLayerValidatorMissing'],
        width: 12,
      }),
      timeseries(21, 'Starts', {
        description: 'Time of the last start: a step is a restart.',
        unit: 's',
        queries: [
          query('time() - max by (instance, validator_name) (process_start_time_seconds{validator_name!=""})', WHO),
        ],
        alerts: ['GenLayerValidatorRestarted', 'GenLayerValidatorRestartLoop'],
        width: 12,
      }),
    ]),
  ],
};
