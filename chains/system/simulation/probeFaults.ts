/** What can go wrong with an endpoint that is probed, and with who probes it. */
import { fault, MINUTE } from '../../simulation/fault.ts';
import type { Fault } from '../../simulator.ts';

const PROBE = ['blackbox'];

export const probeFaults: readonly Fault[] = [
  fault('endpoint-down', PROBE, 'an endpoint does not answer', 8 * MINUTE, ['ProbeFailed']),
  fault('endpoint-slow', PROBE, 'an endpoint answers slowly', 23 * MINUTE, ['ProbeSlow']),
  fault('certificate-old', PROBE, 'a certificate was not renewed', 63 * MINUTE, ['CertificateExpiresSoon']),
  fault('certificate-expiring', PROBE, 'a certificate expires in two days', 63 * MINUTE, [
    'CertificateExpiresNow',
    'CertificateExpiresSoon',
  ]),
  fault('probe-config-refused', ['blackbox-exporter'], 'a new configuration of probes is wrong', 13 * MINUTE, [
    'ProbeConfigReloadFailed',
  ]),
];
