/** What can go wrong with a Prometheus and with a pair of Alertmanagers. */
import { faultsOf } from '../../simulation/fault.ts';
import type { Fault } from '../../simulator.ts';

/** Simulated seconds: what is compared with the day before needs one. */
const DAY_AND_QUARTER = 24 * 3600 + 15 * 60;

const prometheus = faultsOf('prometheus');
const alertmanager = faultsOf('alertmanager');

const prometheusFaults: readonly Fault[] = [
  prometheus('prometheus-down', 'Prometheus is not there', 8, ['PrometheusDown'], ['ScrapeTargetDown']),
  prometheus('prometheus-config-refused', 'a new configuration is wrong', 13, ['PrometheusConfigReloadFailed']),
  prometheus('rules-failing', 'rules cannot be evaluated', 18, ['PrometheusRuleFailing']),
  prometheus('rule-group-slow', 'a group of rules takes nearly all its time', 18, ['PrometheusRuleGroupSlow']),
  prometheus('rule-runs-missed', 'runs of rules are left out', 18, ['PrometheusRuleRunsMissed']),
  prometheus('alertmanagers-unknown', 'Prometheus knows no Alertmanager', 13, ['PrometheusNoAlertmanager']),
  prometheus('alerts-dropped', 'no Alertmanager takes alerts', 18, [
    'PrometheusNotificationErrors',
    'PrometheusNotificationsDropped',
  ]),
  prometheus('alertmanager-refuses', 'one Alertmanager takes no alerts', 18, ['PrometheusNotificationErrors']),
  prometheus('notification-queue-full', 'alerts pile up', 13, ['PrometheusNotificationQueueFull']),
  prometheus('not-ingesting', 'no samples are stored', 25, ['PrometheusNotIngesting']),
  prometheus('blocks-unreadable', 'a stored block cannot be read', 20, ['PrometheusReloadingBlocksFails']),
  prometheus('compaction-failing', 'data cannot be compacted', 20, ['PrometheusCompactionFailing']),
  prometheus('wal-damaged', 'Prometheus starts with a damaged log', 4, ['PrometheusWalCorrupt']),
  prometheus('wal-unwritable', 'the log cannot be written', 11, ['PrometheusWalWriteFailing']),
  prometheus('remote-write-lagging', 'remote write is ten minutes late', 18, ['PrometheusRemoteWriteLagging']),
  prometheus('remote-write-refused', 'the other side refuses samples', 20, ['PrometheusRemoteWriteFailing']),
  {
    ...prometheus('series-growing', 'there are twice as many series as a day ago', 33, ['PrometheusSeriesGrowing']),
    calm: DAY_AND_QUARTER,
  },
  prometheus('sample-limit-hit', 'scrapes are too large', 18, ['PrometheusSampleLimitHit']),
  prometheus('duplicate-samples', 'two targets have the same labels', 38, ['PrometheusDuplicateSamples']),
  prometheus('out-of-order-samples', 'samples come late', 38, ['PrometheusOutOfOrderSamples']),
];

const alertmanagerFaults: readonly Fault[] = [
  alertmanager('alertmanager-down', 'no Alertmanager is there', 8, ['AlertmanagerDown'], ['ScrapeTargetDown']),
  alertmanager('alertmanager-config-refused', 'a new configuration is wrong', 13, ['AlertmanagerConfigReloadFailed']),
  alertmanager('messages-failing', 'some messages by one way fail', 13, ['AlertmanagerNotificationsFailing']),
  alertmanager('messages-lost', 'most messages by one way fail', 20, [
    'AlertmanagerNotificationsFailing',
    'AlertmanagerNotificationsLost',
  ]),
  alertmanager('cluster-split', 'the Alertmanagers do not see each other', 18, ['AlertmanagerClusterInconsistent']),
  alertmanager('alertmanager-configs-differ', 'the Alertmanagers are set up differently', 23, [
    'AlertmanagerConfigsDiffer',
  ]),
  alertmanager('all-silenced', 'a silence covers everything', 13, ['AlertmanagerNoActiveAlert']),
  alertmanager('alert-flood', 'very many alerts are active', 13, ['AlertmanagerAlertFlood']),
  alertmanager('invalid-alerts', 'somebody sends malformed alerts', 5, ['AlertmanagerInvalidAlerts']),
];

export const monitoringFaults: readonly Fault[] = [...prometheusFaults, ...alertmanagerFaults];
