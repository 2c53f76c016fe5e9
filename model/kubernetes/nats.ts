/** The values of NATS' own chart: JetStream on three servers, every write synced, pods as `restricted` wants them. */

import type { NatsPlan } from './aggregator.ts';
import { quantity } from './claim.ts';
import { podLabels } from './names.ts';
import { needs } from './resources.ts';
import { containerSecurity, podSecurity } from './security.ts';

/** So that one can be away: more than half must agree. */
export const NATS_SERVERS = 3;

interface NatsFacts<Mark> extends NatsPlan {
  /** Name of the Secret that holds the token, under the name of the plan. */
  readonly secret: string;
  /** Stands on the pods, which read the token only when they start: another one rolls them. */
  readonly mark: Mark;
}

export function natsValues<Mark>({ storage, storageClass, token, secret, mark }: NatsFacts<Mark>) {
  const restricted = { securityContext: containerSecurity() };
  return {
    fullnameOverride: 'nats',
    config: {
      cluster: { enabled: true, replicas: NATS_SERVERS },
      jetstream: {
        enabled: true,
        fileStore: {
          pvc: {
            size: quantity(storage),
            ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
          },
        },
        // What is acknowledged is on the disk of most servers, not in their memory.
        merge: { sync_interval: 'always' },
      },
      merge: { authorization: { token: '<< $NATS_TOKEN >>' } },
    },
    container: {
      env: { NATS_TOKEN: { valueFrom: { secretKeyRef: { name: secret, key: token } } } },
      merge: { ...restricted, resources: needs.nats },
    },
    reloader: { merge: { ...restricted, resources: needs.natsReloader } },
    natsBox: { enabled: false },
    podTemplate: {
      merge: {
        // By these its NetworkPolicy selects it.
        metadata: { labels: podLabels('nats'), annotations: { 'chainwatch/settings': mark } },
        spec: { automountServiceAccountToken: false, securityContext: { ...podSecurity } },
      },
      topologySpreadConstraints: {
        'kubernetes.io/hostname': { maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway' },
      },
    },
    podDisruptionBudget: { enabled: true },
  };
}
