import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { upPanel } from '../../../model/dashboards/common.ts';
import { type Panel, query, reading, section, stat, timeseries } from '../../../model/dashboards/panels.ts';

export const prometheus: DashboardSpec = {
  slug: 'prometheus',
  title: 'Prometheus',
  description: 'Ingestion, rules, storage and remote write of Prometheus itself.',
  instancesOf: 'up{component="prometheus"}',
  sections: [
    section(100, 'Process', [
      upPanel(1, 'prometheus', ['PrometheusDown', 'PrometheusMissing'], 12),
      stat(2, 'Configuration', {
        description: 'Whether the last reload took the new configuration. After a failed one the old is in force.',
        unit: 'bool',
        queries: [query('prometheus_config_last_reload_successful{component="prometheus"}', '{{instance}}')],
        mappings: { 0: { text: 'refused', color: 'red' }, 1: { text: 'in force', color: 'green' } },
        alerts: ['PrometheusConfigReloadFailed'],
        width: 12,
      }),
    ]),
    section(101, 'Rules', rules()),
    section(102, 'Ingestion', ingestion()),
    section(103, 'Storage', storage()),
    section(104, 'Remote write', [
      timeseries(40, 'Behind', {
        description: 'Minutes between the newest sample here and the newest sent.',
        unit: 'min',
        queries: [reading('PrometheusRemoteWriteLagging', '{{remote_name}} {{instance}}')],
        limits: ['PrometheusRemoteWriteLagging'],
        width: 12,
      }),
      timeseries(41, 'Refused', {
        description: 'Share of the samples that the other side refused for good.',
        unit: 'ratio',
        queries: [reading('PrometheusRemoteWriteFailing', '{{remote_name}} {{instance}}')],
        limits: ['PrometheusRemoteWriteFailing'],
        width: 12,
      }),
    ]),
  ],
};

function rules(): Panel[] {
  return [
    timeseries(10, 'Failed evaluations', {
      description: 'Evaluations that failed, over the window that the alert looks at. A failing rule cannot fire.',
      unit: 'errors',
      queries: [reading('PrometheusRuleFailing', '{{rule_group}}')],
      limits: ['PrometheusRuleFailing'],
    }),
    timeseries(11, 'Duration of groups', {
      description: 'Share of its interval that a group of rules takes. Beyond 100 % runs are missed.',
      unit: 'ratio',
      queries: [reading('PrometheusRuleGroupSlow', '{{rule_group}}')],
      limits: ['PrometheusRuleGroupSlow'],
    }),
    timeseries(12, 'Missed runs', {
      description: 'Runs of groups that did not take place because the one before was not done.',
      unit: 'runs',
      queries: [reading('PrometheusRuleRunsMissed', '{{rule_group}}')],
      limits: ['PrometheusRuleRunsMissed'],
    }),
  ];
}

function ingestion(): Panel[] {
  return [
    timeseries(20, 'Samples', {
      description: 'Samples taken in per second. None at all: nothing that is shown anywhere is current.',
      unit: 'samples/s',
      queries: [reading('PrometheusNotIngesting', '{{instance}}')],
      limits: ['PrometheusNotIngesting'],
    }),
    timeseries(21, 'Series', {
      description: 'Series in memory. They are what Prometheus needs memory for.',
      unit: 'amount',
      queries: [query('prometheus_tsdb_head_series{component="prometheus"}', '{{instance}}')],
      alerts: ['PrometheusSeriesGrowing'],
    }),
    timeseries(22, 'Growth within a day', {
      description: 'Series now over series a day ago.',
      unit: 'ratio',
      queries: [reading('PrometheusSeriesGrowing', '{{instance}}')],
      limits: ['PrometheusSeriesGrowing'],
    }),
    timeseries(23, 'Scrapes beyond their limit', {
      description: 'Scrapes refused as a whole because they held too many samples.',
      unit: 'scrapes',
      queries: [reading('PrometheusSampleLimitHit', '{{instance}}')],
      limits: ['PrometheusSampleLimitHit'],
    }),
    timeseries(24, 'Duplicate samples', {
      description: 'Samples refused because the same series came twice in one scrape.',
      unit: 'samples',
      queries: [reading('PrometheusDuplicateSamples', '{{instance}}')],
      limits: ['PrometheusDuplicateSamples'],
    }),
    timeseries(25, 'Samples out of order', {
      description:
        'Samples refused because a newer one was there: two targets with the same labels, or a clock that jumps.',
      unit: 'samples',
      queries: [reading('PrometheusOutOfOrderSamples', '{{instance}}')],
      limits: ['PrometheusOutOfOrderSamples'],
    }),
  ];
}

function storage(): Panel[] {
  return [
    timeseries(30, 'Write-ahead log', {
      description:
        'Writes that failed, over the window that the alert looks at, and corruptions found at a start. A full disk shows here.',
      unit: 'errors',
      queries: [reading('PrometheusWalWriteFailing', 'writes {{instance}}')],
      limits: ['PrometheusWalWriteFailing'],
      alerts: ['PrometheusWalCorrupt'],
    }),
    timeseries(31, 'Compaction', {
      description: 'Compactions that failed. Old blocks then stay, and the disk fills.',
      unit: 'errors',
      queries: [reading('PrometheusCompactionFailing', '{{instance}}')],
      limits: ['PrometheusCompactionFailing'],
    }),
    timeseries(32, 'Reading blocks', {
      description: 'Blocks that could not be read: history is missing.',
      unit: 'errors',
      queries: [reading('PrometheusReloadingBlocksFails', '{{instance}}')],
      limits: ['PrometheusReloadingBlocksFails'],
    }),
  ];
}
