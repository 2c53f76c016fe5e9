import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { upPanel } from '../../../model/dashboards/common.ts';
import { type Panel, query, section, timeseries } from '../../../model/dashboards/panels.ts';
import { configurationPanel, watched } from './shared.ts';

export const prometheus: DashboardSpec = {
  slug: 'prometheus',
  title: 'Prometheus',
  description: 'Ingestion, rules, storage and remote write of Prometheus itself.',
  instancesOf: 'up{component="prometheus"}',
  sections: [
    section(100, 'Process', [
      upPanel(1, 'prometheus', ['PrometheusDown', 'PrometheusMissing'], 12),
      configurationPanel(2, 'prometheus', 'PrometheusConfigReloadFailed', 12),
    ]),
    section(101, 'Rules', rules()),
    section(102, 'Ingestion', ingestion()),
    section(103, 'Storage', storage()),
    section(104, 'Remote write', [
      timeseries(40, 'Behind', {
        description: 'Minutes between the newest sample here and the newest sent.',
        unit: 'min',
        ...watched('PrometheusRemoteWriteLagging', '{{remote_name}} {{instance}}'),
        width: 12,
      }),
      timeseries(41, 'Refused', {
        description: 'Share of the samples that the other side refused for good.',
        unit: 'ratio',
        ...watched('PrometheusRemoteWriteFailing', '{{remote_name}} {{instance}}'),
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
      ...watched('PrometheusRuleFailing', '{{rule_group}}'),
    }),
    timeseries(11, 'Duration of groups', {
      description: 'Share of its interval that a group of rules takes. Beyond 100 % runs are missed.',
      unit: 'ratio',
      ...watched('PrometheusRuleGroupSlow', '{{rule_group}}'),
    }),
    timeseries(12, 'Missed runs', {
      description: 'Runs of groups that did not take place because the one before was not done.',
      unit: 'runs',
      ...watched('PrometheusRuleRunsMissed', '{{rule_group}}'),
    }),
  ];
}

function ingestion(): Panel[] {
  return [
    timeseries(20, 'Samples', {
      description: 'Samples taken in per second. None at all: nothing that is shown anywhere is current.',
      unit: 'samples/s',
      ...watched('PrometheusNotIngesting', '{{instance}}'),
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
      ...watched('PrometheusSeriesGrowing', '{{instance}}'),
    }),
    timeseries(23, 'Scrapes beyond their limit', {
      description: 'Scrapes refused as a whole because they held too many samples.',
      unit: 'scrapes',
      ...watched('PrometheusSampleLimitHit', '{{instance}}'),
    }),
    timeseries(24, 'Duplicate samples', {
      description: 'Samples refused because the same series came twice in one scrape.',
      unit: 'samples',
      ...watched('PrometheusDuplicateSamples', '{{instance}}'),
    }),
    timeseries(25, 'Samples out of order', {
      description:
        'Samples refused because a newer one was there: two targets with the same labels, or a clock that jumps.',
      unit: 'samples',
      ...watched('PrometheusOutOfOrderSamples', '{{instance}}'),
    }),
  ];
}

function storage(): Panel[] {
  return [
    timeseries(30, 'Write-ahead log', {
      description:
        'Writes that failed, over the window that the alert looks at, and corruptions found at a start. A full disk shows here.',
      unit: 'errors',
      ...watched('PrometheusWalWriteFailing', 'writes {{instance}}'),
      alerts: ['PrometheusWalCorrupt'],
    }),
    timeseries(31, 'Compaction', {
      description: 'Compactions that failed. Old blocks then stay, and the disk fills.',
      unit: 'errors',
      ...watched('PrometheusCompactionFailing', '{{instance}}'),
    }),
    timeseries(32, 'Reading blocks', {
      description: 'Blocks that could not be read: history is missing.',
      unit: 'errors',
      ...watched('PrometheusReloadingBlocksFails', '{{instance}}'),
    }),
  ];
}
