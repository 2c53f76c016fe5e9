/** Read in ten seconds: do proofs come, since when not, and is it the service, Celestia or the prover network. */
import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { UP_DOWN } from '../../../model/dashboards/common.ts';
import { networkOverview, type OverviewFacts, panelsWith } from '../../../model/dashboards/networkOverview.ts';
import { type Panel, query, reading, section, stat, timeseries } from '../../../model/dashboards/panels.ts';

export function overview({ engine, has }: OverviewFacts): DashboardSpec {
  const only = panelsWith({ has });
  return networkOverview({
    description: 'Do proofs come, since when not, and where it hangs: the service, Celestia, or the prover network.',
    engine,
    instancesOf: 'up{component="eq-service"}',
    healthy: [
      ...only('eq-service', [services(engine)]),
      ...only('celestia-rpc', [dependency(11, 'Celestia RPC', 'celestia-rpc', 'CelestiaNodeDown')]),
      ...only('succinct-rpc', [dependency(12, 'Prover network', 'succinct-rpc', 'SuccinctNetworkDown')]),
      ...only('eq-service', serviceNow()),
    ],
    sections: [
      section(102, 'Proofs', only('eq-service', [jobs(), proofTime(), failures()])),
      section(103, 'Celestia', only('celestia-node', [head(), sampling(), peers()])),
    ],
  });
}

function services(engine: OverviewFacts['engine']): Panel {
  return stat(10, 'EQ service', {
    description: 'Whether each EQ service answers its scrape. One that is down gives no proofs.',
    unit: 'bool',
    queries: [query('up{component="eq-service"}', '{{instance}}')],
    mappings: UP_DOWN,
    alerts: ['EqServiceDown'],
    width: engine === 'grafana' ? 8 : 4,
  });
}

function dependency(id: number, title: string, component: string, alert: string): Panel {
  return stat(id, title, {
    description: `Whether ${component} takes a connection, asked from outside.`,
    unit: 'bool',
    queries: [query(`probe_success{component="${component}"}`, '{{instance}}')],
    mappings: UP_DOWN,
    noValue: 'not asked',
    alerts: [alert],
  });
}

function serviceNow(): Panel[] {
  return [
    stat(13, 'Proofs in an hour', {
      description: 'Jobs that ended with a proof within the last hour.',
      unit: 'number',
      queries: [query('sum(increase(eqs_jobs_finished_total[1h]))', 'proofs')],
      alerts: ['EqServiceJobsStuck'],
    }),
    stat(14, 'Failed jobs', {
      description: 'The share of the jobs that ended of late which failed. None is good; most of them wakes somebody.',
      unit: 'ratio',
      queries: [query(FAILED, 'failed')],
      limits: ['EqServiceJobsFailing', 'EqServiceHighJobFailureRate'],
      noValue: 'no job',
    }),
    stat(15, 'Proof time', {
      description: 'Nineteen proofs in twenty come within this time. At the timeout of the service it gives up.',
      unit: 's',
      queries: [reading('EqServiceSlowZkProofGeneration', '{{instance}}')],
      limits: ['EqServiceSlowZkProofGeneration', 'EqServiceVerySlowZkProofGeneration'],
      noValue: 'no proof',
    }),
  ];
}

const FAILED =
  'sum(increase(instance:eqs_jobs_errors:sum[30m])) / (sum(increase(instance:eqs_jobs_errors:sum[30m])) + sum(increase(eqs_jobs_finished_total[30m])))';

function jobs(): Panel {
  return timeseries(20, 'Jobs', {
    description:
      'Jobs begun, ended with a proof, and failed. Attempts count retries: far above the others they pile up.',
    unit: 'jobs/s',
    queries: [
      query('sum(rate(eqs_jobs_attempted_total[$__rate_interval]))', 'begun'),
      query('sum(rate(eqs_jobs_finished_total[$__rate_interval]))', 'proven'),
      query('sum(rate(instance:eqs_jobs_errors:sum[$__rate_interval]))', 'failed'),
    ],
    alerts: ['EqServiceJobsStuck', 'EqServiceJobBacklog'],
  });
}

function proofTime(): Panel {
  return timeseries(21, 'Proof time', {
    description: 'Nineteen proofs in twenty come within this time, successes only.',
    unit: 's',
    queries: [reading('EqServiceSlowZkProofGeneration', '{{instance}}')],
    limits: ['EqServiceSlowZkProofGeneration', 'EqServiceVerySlowZkProofGeneration'],
  });
}

function failures(): Panel {
  return timeseries(22, 'Failed jobs', {
    description: 'The share of jobs that ended which failed. Failures of the prover are not counted by the service.',
    unit: 'ratio',
    queries: [query(FAILED, 'failed')],
    limits: ['EqServiceJobsFailing', 'EqServiceHighJobFailureRate'],
  });
}

function head(): Panel {
  return timeseries(30, 'Celestia head', {
    description: 'The newest block that each Celestia node knows. Lines that part are nodes that fell behind.',
    unit: 'number',
    queries: [query('das_network_head', '{{instance}}')],
    alerts: ['CelestiaHeadStalled', 'CelestiaNodeBehind'],
  });
}

function sampling(): Panel {
  return timeseries(31, 'Blocks to sample', {
    description: 'Blocks whose data each node has not sampled yet: a handful, but after a first start.',
    unit: 'blocks',
    queries: [reading('CelestiaSamplingBehind', '{{instance}}')],
    limits: ['CelestiaSamplingBehind'],
  });
}

function peers(): Panel {
  return timeseries(32, 'Celestia peers', {
    description: 'Full nodes that each Celestia node can get data from.',
    unit: 'peers',
    queries: [reading('CelestiaPeersLow', '{{instance}}')],
    limits: ['CelestiaPeersLow'],
  });
}
