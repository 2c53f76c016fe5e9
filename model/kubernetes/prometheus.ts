/** The Prometheus object of the operator: the same settings as those of a Prometheus of our own, and where its pods live. */
import type { IPrometheus } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/Prometheus';
import { formatDuration } from '../../config/duration.ts';
import type { PrometheusPlan } from '../plan/plan.ts';
import { quantity, type Storage, storage } from './claim.ts';
import type { ReceiversPlan } from './exposure.ts';
import { PORT_NAME } from './monitors.ts';
import { STACK_LABEL, secretObject, stackLabels } from './names.ts';
import { prometheusResources } from './resources.ts';
import { podSecurity } from './security.ts';

export interface PrometheusFacts {
  readonly stack: string;
  readonly namespace: string;
  /** Where node-exporter and its monitor are; absent where an operator is adopted. */
  readonly nodesNamespace?: string;
  /** `v3.15.0`; the operator takes the image of that name. */
  readonly version: string;
  /** Image by name, instead of the one that the version stands for. */
  readonly image?: string;
  readonly storageClass?: string;
  /** What a person types to reach it; links in alerts start with it. */
  readonly externalUrl: string;
  readonly serviceAccountName: string;
  /** Where nodes push by OTLP or remote write. */
  readonly receivers?: ReceiversPlan;
}

export type PrometheusSpec = Omit<IPrometheus['spec'], 'storage'> & { storage: Storage };

export function prometheusSpec(plan: PrometheusPlan, facts: PrometheusFacts): PrometheusSpec {
  const { stack, namespace, nodesNamespace, version, image, storageClass, externalUrl, serviceAccountName, receivers } =
    facts;
  const selector = { matchLabels: { [STACK_LABEL]: stack } };
  // Of these namespaces only: `{}` would be all.
  const values = [namespace, ...(nodesNamespace === undefined ? [] : [nodesNamespace])];
  const here = { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values }] };
  return {
    version,
    ...(image === undefined ? {} : { image }),
    replicas: plan.replicas,
    shards: plan.shards,
    externalUrl,
    serviceAccountName,
    serviceDiscoveryRole: 'EndpointSlice',
    portName: PORT_NAME,
    podMetadata: { labels: stackLabels(stack) },
    securityContext: { ...podSecurity, seccompProfile: { ...podSecurity.seccompProfile } },
    resources: prometheusResources(plan),
    // Names of the installation: they would be on every alert, and no rule of ours asks for them.
    prometheusExternalLabelName: '',
    externalLabels: { ...plan.externalLabels },
    scrapeInterval: formatDuration(plan.scrapeInterval),
    scrapeTimeout: formatDuration(Math.min(plan.scrapeInterval, 10)),
    evaluationInterval: formatDuration(plan.evaluationInterval),
    retention: formatDuration(plan.retention),
    ...(plan.retentionSize === undefined ? {} : { retentionSize: `${plan.retentionSize}B` }),
    // Limits and timeouts of scrapes as series: without them nothing can tell that a target is about to reach one.
    enableFeatures: ['extra-scrape-metrics'],
    ...(receivers?.otlp ? otlp(receivers) : {}),
    ...(receivers?.remoteWrite ? { enableRemoteWriteReceiver: true } : {}),
    // Those who push try again and catch up: what comes late is in its place all the same.
    ...(receivers ? { tsdb: { outOfOrderTimeWindow: '30m' } } : {}),
    walCompression: true,
    serviceMonitorSelector: selector,
    serviceMonitorNamespaceSelector: here,
    podMonitorSelector: selector,
    podMonitorNamespaceSelector: here,
    scrapeConfigSelector: selector,
    scrapeConfigNamespaceSelector: here,
    probeSelector: selector,
    probeNamespaceSelector: here,
    ruleSelector: selector,
    ruleNamespaceSelector: here,
    alerting: {
      alertmanagers: [{ namespace, name: 'alertmanager', port: PORT_NAME, apiVersion: 'v2' }],
    },
    ...(plan.remoteWrite.length > 0 ? { remoteWrite: plan.remoteWrite.map(remoteWrite) } : {}),
    storage: storage(quantity(plan.storage), storageClass),
  };
}

/** Labels that a scrape would set are attributes of the resource here; names as the collectors' exporter writes them. */
function otlp({ attributes }: ReceiversPlan) {
  return {
    enableOTLPReceiver: true,
    otlp: {
      promoteResourceAttributes: [...attributes],
      translationStrategy: 'UnderscoreEscapingWithSuffixes' as const,
    },
  };
}

function remoteWrite({ name, url, token, headers }: PrometheusPlan['remoteWrite'][number]) {
  return {
    name,
    url,
    ...(Object.keys(headers).length > 0 ? { headers: { ...headers } } : {}),
    ...(token ? { authorization: { credentials: { name: secretObject('prometheus'), key: token.secret } } } : {}),
  };
}
