import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { upPanel } from '../../../model/dashboards/common.ts';
import { query, reading, section, stat, timeseries } from '../../../model/dashboards/panels.ts';

export const service: DashboardSpec = {
  slug: 'eq-service',
  title: 'EQ service',
  description: 'Requests, jobs and proofs of the service, and how they fail.',
  instancesOf: 'up{component="eq-service"}',
  sections: [
    section(100, 'Process', [
      upPanel(1, 'eq-service', ['EqServiceDown', 'EqServiceMetricsAbsent'], 8),
      stat(2, 'Restarts', {
        description: 'Starts within the last hour, seen by counters that fell. More than a few are a loop.',
        unit: 'restarts',
        queries: [reading('EqServiceRestarting', '{{instance}}')],
        limits: ['EqServiceRestarting'],
        width: 8,
      }),
      stat(3, 'Begun and not ended', {
        description:
          'Jobs begun within the last hour beyond those that ended. A growing number waits, or is tried again.',
        unit: 'jobs',
        queries: [reading('EqServiceJobBacklog', '{{instance}}')],
        limits: ['EqServiceJobBacklog'],
        width: 8,
      }),
    ]),
    section(101, 'Requests', [
      timeseries(10, 'Requests', {
        description: 'gRPC requests served. Clients poll until their proof is there.',
        unit: 'requests/s',
        queries: [query('rate(eqs_grpc_req_total[$__rate_interval])', '{{instance}}')],
        limits: ['EqServiceHighRequestRate'],
        width: 12,
      }),
      timeseries(11, 'Requests in an hour', {
        description: 'Requests within the last hour; none may mean that clients no longer reach the service.',
        unit: 'requests',
        queries: [query('increase(eqs_grpc_req_total[1h])', '{{instance}}')],
        limits: ['EqServiceLowRequestRate'],
        width: 12,
      }),
    ]),
    section(102, 'Jobs', [
      timeseries(20, 'Begun', {
        description: 'Jobs begun, each retry counted again.',
        unit: 'jobs/s',
        queries: [query('rate(eqs_jobs_attempted_total[$__rate_interval])', '{{instance}}')],
        alerts: ['EqServiceJobsStuck'],
      }),
      timeseries(21, 'Proven', {
        description: 'Jobs that ended with a proof. Nothing while jobs are begun means that they are stuck.',
        unit: 'jobs/s',
        queries: [query('rate(eqs_jobs_finished_total[$__rate_interval])', '{{instance}}')],
        alerts: ['EqServiceJobsStuck'],
      }),
      timeseries(22, 'Begun and not ended', {
        description: 'Jobs begun within the last hour beyond those that ended.',
        unit: 'jobs',
        queries: [reading('EqServiceJobBacklog', '{{instance}}')],
        limits: ['EqServiceJobBacklog'],
      }),
    ]),
    section(103, 'Failures', [
      timeseries(30, 'Failed jobs', {
        description:
          'Jobs that failed while they were prepared. Failures of the prover are not counted by the service.',
        unit: 'jobs/s',
        queries: [query('rate(instance:eqs_jobs_errors:sum[$__rate_interval])', '{{instance}}')],
        alerts: ['EqServiceJobsFailing', 'EqServiceHighJobFailureRate'],
      }),
      timeseries(31, 'By kind', {
        description:
          'Failed jobs since the service started, by kind. The text tells what is wrong, and with which job.',
        unit: 'jobs',
        queries: [query('topk(10, eqs_jobs_errors_total)', '{{error_type}} {{instance}}')],
        alerts: ['EqServiceJobsFailing'],
      }),
      timeseries(32, 'Kinds of errors', {
        description: 'Series of errors. Each new text is one more, until the service is started anew.',
        unit: 'series',
        queries: [reading('EqServiceErrorKindsMany', '{{instance}}')],
        limits: ['EqServiceErrorKindsMany'],
      }),
    ]),
    section(104, 'Proofs', [
      timeseries(40, 'Proof time', {
        description: 'Nineteen proofs in twenty come within this time. The histogram ends a tenth above the timeout.',
        unit: 's',
        queries: [reading('EqServiceSlowZkProofGeneration', '{{instance}}')],
        limits: ['EqServiceSlowZkProofGeneration', 'EqServiceVerySlowZkProofGeneration'],
        width: 12,
      }),
      timeseries(41, 'Median proof time', {
        description: 'Half of the proofs come within this time.',
        unit: 's',
        queries: [
          query(
            'histogram_quantile(0.5, sum by (instance, le) (rate(eqs_zk_proof_wait_time_bucket[$__rate_interval])))',
            '{{instance}}',
          ),
        ],
        alerts: ['EqServiceSlowZkProofGeneration'],
        width: 12,
      }),
    ]),
  ],
};
