/** The pod of one of our services: restricted, with its settings, its secrets and its data at fixed places. */
import type * as pulumi from '@pulumi/pulumi';
import type { WorkloadPlan } from '../model/kubernetes/cluster.ts';
import { PORT_NAME } from '../model/kubernetes/monitors.ts';
import { DATA_PATH, podLabels, SECRETS_PATH, SETTINGS_PATH, secretObject } from '../model/kubernetes/names.ts';
import { needs, type Resources } from '../model/kubernetes/resources.ts';
import { containerSecurity, podSecurity } from '../model/kubernetes/security.ts';
import { environmentOf, volumeMountsOf, volumesOf } from './mounts.ts';

/** Of the port at which the kubelet asks, where the other speaks TLS. */
const HEALTH_NAME = 'health';

export interface ServicePodArgs {
  readonly workload: WorkloadPlan;
  readonly image: pulumi.Input<string>;
  /** Names of Secrets that its registry asks for. @default none */
  readonly imagePullSecrets?: readonly pulumi.Input<string>[];
  /** @default 1 */
  readonly replicas?: number;
  /** @default 50m of a processor, 128Mi, at most 512Mi */
  readonly resources?: Resources;
  /** Whose token it carries, to ask the API server. @default nobody's: it has none */
  readonly account?: string | undefined;
}

export function servicePod(args: ServicePodArgs) {
  const { workload, image, imagePullSecrets = [], replicas = 1, resources: asked = needs.service } = args;
  const { name, port, secrets, storage, secure, mounts: given = [] } = workload;
  const mounts = [
    { name: 'settings', mountPath: SETTINGS_PATH, readOnly: true },
    { name: 'data', mountPath: DATA_PATH },
    { name: 'tmp', mountPath: '/tmp' },
    ...(secrets.length > 0 ? [{ name: 'secrets', mountPath: SECRETS_PATH, readOnly: true }] : []),
    ...volumeMountsOf(given),
  ];
  const env = environmentOf(given);
  const probe = (path: string) => ({ httpGet: { path, port: secure === undefined ? PORT_NAME : HEALTH_NAME } });
  return {
    ...(args.account === undefined
      ? { automountServiceAccountToken: false }
      : { serviceAccountName: args.account, automountServiceAccountToken: true }),
    enableServiceLinks: false,
    ...(imagePullSecrets.length > 0 ? { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) } : {}),
    securityContext: { ...podSecurity },
    // Longer than a service takes to finish what it accepted.
    terminationGracePeriodSeconds: 30,
    ...(replicas > 1 ? { topologySpreadConstraints: spread(podLabels(name)) } : {}),
    containers: [
      {
        name,
        image,
        args: ['serve', name, '--settings', `${SETTINGS_PATH}/settings.json`],
        ...(env.length > 0 ? { env } : {}),
        ports: [
          { name: PORT_NAME, containerPort: port },
          ...(secure === undefined ? [] : [{ name: HEALTH_NAME, containerPort: secure.healthPort }]),
        ],
        livenessProbe: { ...probe('/healthz'), periodSeconds: 10, failureThreshold: 3 },
        readinessProbe: { ...probe('/readyz'), periodSeconds: 5 },
        // Reading a large store takes a while at first.
        startupProbe: { ...probe('/healthz'), periodSeconds: 2, failureThreshold: 60 },
        resources: asked,
        securityContext: containerSecurity(),
        volumeMounts: mounts,
      },
    ],
    volumes: [
      { name: 'settings', configMap: { name: `${name}-settings` } },
      { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
      ...(storage === undefined ? [{ name: 'data', emptyDir: { sizeLimit: '256Mi' } }] : []),
      ...(secrets.length > 0
        ? [{ name: 'secrets', secret: { secretName: secretObject(name), defaultMode: 0o440 } }]
        : []),
      ...volumesOf(given),
    ],
  };
}

function spread(labels: Record<string, string>) {
  return ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: labels },
  }));
}
