/** The Alertmanager object of the operator. Its configuration is a Secret of ours, read as it is: no selector can leave a route out. */
import type { IAlertmanager } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/Alertmanager';
import { formatRetention } from '../alertmanager/retention.ts';
import { type Storage, storage } from './claim.ts';
import { PORT_NAME } from './monitors.ts';
import { secretObject, stackLabels } from './names.ts';
import { needs } from './resources.ts';
import { podSecurity } from './security.ts';

/** Holds `alertmanager.yaml`. */
export const ALERTMANAGER_CONFIG = 'alertmanager-config';

export interface AlertmanagerFacts {
  readonly stack: string;
  readonly version: string;
  readonly image?: string;
  readonly replicas: number;
  readonly storageClass?: string;
  readonly externalUrl: string;
  /** Seconds for which it remembers what it sent. */
  readonly retention: number;
  /** Whether its configuration names any secret. */
  readonly secrets: boolean;
}

export type AlertmanagerSpec = Omit<IAlertmanager['spec'], 'storage'> & { storage: Storage };

export function alertmanagerSpec(facts: AlertmanagerFacts): AlertmanagerSpec {
  const { stack, version, image, replicas, storageClass, externalUrl, retention, secrets } = facts;
  return {
    version,
    ...(image === undefined ? {} : { image }),
    replicas,
    externalUrl,
    portName: PORT_NAME,
    podMetadata: { labels: stackLabels(stack) },
    securityContext: { ...podSecurity, seccompProfile: { ...podSecurity.seccompProfile } },
    resources: needs.alertmanager,
    automountServiceAccountToken: false,
    configSecret: ALERTMANAGER_CONFIG,
    ...(secrets ? { secrets: [secretObject('alertmanager')] } : {}),
    // Silences and what was sent already outlive a restart: without them everything would be sent again.
    retention: formatRetention(retention),
    storage: storage('2Gi', storageClass),
  };
}
