/** Probes as the operator's objects: the blackbox exporter asks, the labels are those of a Prometheus of our own. */
import type { IProbe } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/Probe';
import { formatDuration } from '../../config/duration.ts';
import type { Places } from '../places.ts';
import type { Probe } from '../plan/jobs.ts';

export function probeSpec(probe: Probe, places: Places): IProbe['spec'] {
  const { instance, ...labels } = probe.labels;
  return {
    jobName: `probe/${probe.name}`,
    interval: formatDuration(probe.interval),
    module: probe.module,
    prober: { url: places.address('blackbox'), scheme: 'HTTP', path: '/probe' },
    targets: {
      staticConfig: {
        static: [probe.url],
        labels,
        // The operator makes the address the instance; ours is a name, as in every other alert.
        relabelingConfigs: [
          { action: 'replace', targetLabel: 'instance', replacement: instance ?? probe.name },
          // It adds its own namespace, in which nothing is that was asked.
          { action: 'labeldrop', regex: 'namespace' },
        ],
      },
    },
  };
}
