/** Values of kube-prometheus-stack: what the chart is to bring, and what is ours. */
import { STACK_LABEL } from './names.ts';
import { needs } from './resources.ts';

export interface ChartFacts {
  readonly stack: string;
  readonly nodesNamespace: string;
  /** Whether the chart's Grafana is wanted; it takes dashboards from ConfigMaps by label. */
  readonly grafana: boolean;
  /** What a person types to reach it, where it is exposed. */
  readonly grafanaUrl?: string | undefined;
}

/**
 * Rule groups of the chart that `rules/system` covers, for a local run as well: there they are tested and tuned, and no alert may
 * exist twice. Everything about Kubernetes and its nodes stays the chart's.
 */
const OURS = ['alertmanager', 'general', 'prometheus', 'prometheusOperator', 'configReloaders'] as const;

/** What managed clusters show to nobody: alerts about it would fire for ever. */
const HIDDEN = ['kubeControllerManager', 'kubeEtcd', 'kubeProxy', 'kubeScheduler'] as const;

export function chartValues({ stack, nodesNamespace, grafana, grafanaUrl }: ChartFacts): Record<string, unknown> {
  // That label alone: the chart sets `part-of` itself, and the same key twice is no YAML to whoever reads strictly.
  const labels = { [STACK_LABEL]: stack };
  const monitor = { prometheus: { monitor: { enabled: true, additionalLabels: labels } } };
  return {
    // CRDs have a release of their own, which outlives this one.
    crds: { enabled: false },
    // On its rules and monitors too, so that they are selected.
    commonLabels: labels,
    // The objects are ours: the chart may be upgraded or removed without touching what holds data.
    prometheus: { enabled: false },
    alertmanager: { enabled: false },
    defaultRules: {
      create: true,
      rules: Object.fromEntries(OURS.map((group) => [group, false])),
    },
    ...Object.fromEntries(HIDDEN.map((part) => [part, { enabled: false }])),
    prometheusOperator: {
      // Rules are proven before they get here, and a webhook that is down would block every change.
      admissionWebhooks: { enabled: false },
      tls: { enabled: false },
      resources: needs.operator,
    },
    'kube-state-metrics': {
      ...monitor,
      resources: needs.kubeStateMetrics,
    },
    'prometheus-node-exporter': {
      ...monitor,
      // It reads the host, so it cannot live where pods are restricted.
      namespaceOverride: nodesNamespace,
      resources: needs.nodeExporter,
    },
    grafana: grafana ? grafanaValues(stack, grafanaUrl) : { enabled: false },
  };
}

function grafanaValues(stack: string, url: string | undefined): Record<string, unknown> {
  return {
    enabled: true,
    // Called as our own programs are, so that the gate finds it and its NetworkPolicy means its pod.
    fullnameOverride: 'grafana',
    service: { port: 3000 },
    podLabels: { 'app.kubernetes.io/part-of': 'chainwatch' },
    ...(url === undefined ? {} : { 'grafana.ini': { server: { root_url: url } } }),
    admin: GRAFANA_ADMIN,
    defaultDashboardsEnabled: true,
    // Its sidecar would else read every Secret of the cluster.
    rbac: { namespaced: true },
    testFramework: { enabled: false },
    resources: needs.grafana,
    initChownData: { enabled: false },
    sidecar: {
      resources: needs.grafanaSidecar,
      dashboards: {
        enabled: true,
        label: DASHBOARD_LABEL,
        labelValue: '1',
        folderAnnotation: FOLDER_ANNOTATION,
        // Without it the annotation only names a folder of files.
        provider: { foldersFromFilesStructure: true },
      },
      datasources: { enabled: true, defaultDatasourceEnabled: false },
    },
    additionalDataSources: [
      {
        name: 'Prometheus',
        uid: 'prometheus',
        type: 'prometheus',
        access: 'proxy',
        isDefault: true,
        url: 'http://prometheus:9090',
      },
    ],
    serviceMonitor: { enabled: true, labels: { [STACK_LABEL]: stack } },
  };
}

/** The Secret that says who its administrator is. */
export const GRAFANA_ADMIN = { existingSecret: 'grafana-admin', userKey: 'user', passwordKey: 'password' } as const;

export const DASHBOARD_LABEL = 'grafana_dashboard';
export const FOLDER_ANNOTATION = 'grafana_folder';
