import type { DashboardSpec } from '../../../model/dashboards/build.ts';
import { query, reading, section, timeseries } from '../../../model/dashboards/panels.ts';
import { bad, good, state } from './shared.ts';

export const probes: DashboardSpec = {
  slug: 'probes',
  title: 'Probes',
  description: 'Endpoints as somebody outside sees them.',
  instancesOf: 'probe_success',
  sections: [
    section(100, 'Endpoints', [
      state(1, 'Reachable', {
        description: 'Whether each endpoint answers as its probe expects.',
        expr: 'probe_success',
        legend: '{{instance}}',
        words: [bad('fails'), good('works')],
        alerts: ['ProbeFailed', 'ProbeConfigReloadFailed'],
        width: 24,
      }),
      timeseries(2, 'Time to answer', {
        description: 'Time of the whole probe, name resolution and TLS included.',
        unit: 's',
        queries: [query('probe_duration_seconds', '{{instance}}')],
        limits: ['ProbeSlow'],
        width: 12,
      }),
      timeseries(3, 'Certificates', {
        description: 'Days until the certificate of the endpoint expires.',
        unit: 'd',
        queries: [reading('CertificateExpiresNow', '{{instance}}')],
        limits: ['CertificateExpiresSoon', 'CertificateExpiresNow'],
        width: 12,
      }),
    ]),
  ],
};
