/** What can go wrong with an endpoint that is probed, and with who probes it. */
import { faultsOf } from '../../simulation/fault.ts';
import type { Fault } from '../../simulator.ts';

const endpoint = faultsOf('blackbox');
const prober = faultsOf('blackbox-exporter');

export const probeFaults: readonly Fault[] = [
  endpoint('endpoint-down', 'an endpoint does not answer', 8, ['ProbeFailed']),
  endpoint('endpoint-slow', 'an endpoint answers slowly', 23, ['ProbeSlow']),
  endpoint('certificate-old', 'a certificate was not renewed', 63, ['CertificateExpiresSoon']),
  endpoint('certificate-expiring', 'a certificate expires in two days', 63, [
    'CertificateExpiresNow',
    'CertificateExpiresSoon',
  ]),
  prober('probe-config-refused', 'a new configuration of probes is wrong', 13, ['ProbeConfigReloadFailed']),
];
