/** Offences of pods, of what they read, and of secrets. */
import { SIGNATURE } from '../policies/read.ts';
import { SECRETS } from '../stacks.ts';
import { CHART, CONTAINER, EXPORTER, PROMETHEUS, RECEIVER, type Seeded, set, without } from './tools.ts';

const SECRET = SECRETS.slackWebhook ?? '';

export const podSeeds: readonly Seeded[] = [
  ['restricted', RECEIVER, /runAsNonRoot/, set(RECEIVER, 'spec.template.spec.securityContext.runAsNonRoot', false)],
  ['restricted', EXPORTER, /seccomp/, set(EXPORTER, 'spec.template.spec.securityContext.seccompProfile', undefined)],
  ['restricted', PROMETHEUS, /root/, set(PROMETHEUS, 'spec.securityContext.runAsUser', 0)],
  ['restricted', EXPORTER, /hostNetwork/, set(EXPORTER, 'spec.template.spec.hostNetwork', true)],
  ['restricted', EXPORTER, /Escalation/, set(EXPORTER, `${CONTAINER}.securityContext.allowPrivilegeEscalation`, true)],
  ['restricted', EXPORTER, /ALL/, set(EXPORTER, `${CONTAINER}.securityContext.capabilities.drop`, ['NET_RAW'])],
  ['restricted', EXPORTER, /adds cap/, set(EXPORTER, `${CONTAINER}.securityContext.capabilities.add`, ['NET_RAW'])],
  [
    'restricted',
    EXPORTER,
    /readOnlyRoot/,
    set(EXPORTER, `${CONTAINER}.securityContext.readOnlyRootFilesystem`, undefined),
  ],
  ['restricted', EXPORTER, /privileged/, set(EXPORTER, `${CONTAINER}.securityContext.privileged`, true)],
  [
    'restricted',
    EXPORTER,
    /hostPath/,
    set(EXPORTER, 'spec.template.spec.volumes.0', { name: 'settings', hostPath: { path: '/' } }),
  ],
  ['restricted', EXPORTER, /port of the host/, set(EXPORTER, `${CONTAINER}.ports.0.hostPort`, 80)],
  ['limit of memory', RECEIVER, /limits.memory/, set(RECEIVER, `${CONTAINER}.resources.limits`, {})],
  ['limit of memory', RECEIVER, /more memory/, set(RECEIVER, `${CONTAINER}.resources.limits.memory`, '1Mi')],
  ['limit of memory', PROMETHEUS, /requests.cpu/, set(PROMETHEUS, 'spec.resources.requests.cpu', undefined)],
  ['lives and is ready', RECEIVER, /readinessProbe/, set(RECEIVER, `${CONTAINER}.readinessProbe`, undefined)],
  [
    'lives and is ready',
    RECEIVER,
    /does not listen/,
    set(RECEIVER, `${CONTAINER}.livenessProbe.httpGet.port`, 'metrics'),
  ],
  ['a token', RECEIVER, /account default/, set(RECEIVER, 'spec.template.spec.automountServiceAccountToken', undefined)],
  [
    'a token',
    'Alertmanager chainwatch/chainwatch',
    /may do nothing/,
    set('Alertmanager chainwatch/chainwatch', 'spec.automountServiceAccountToken', true),
  ],
  ['pinned', RECEIVER, /:latest/, set(RECEIVER, `${CONTAINER}.image`, 'registry.example/chainwatch:latest')],
  ['pinned', RECEIVER, /neither/, set(RECEIVER, `${CONTAINER}.image`, 'registry.example/chainwatch')],
  ['pinned', PROMETHEUS, /version/, set(PROMETHEUS, 'spec.version', 'main')],
  ['pinned', CHART, /not exact/, set(CHART, 'version', '>=88')],
  [
    'in a Secret and nowhere else',
    'ConfigMap chainwatch/exporter-settings',
    /data\.settings/,
    set('ConfigMap chainwatch/exporter-settings', 'data', { 'settings.json': JSON.stringify({ url: SECRET }) }),
  ],
  [
    'in a Secret and nowhere else',
    EXPORTER,
    /args/,
    set(EXPORTER, `${CONTAINER}.args`, ['serve', 'exporter', `--url=${SECRET}`]),
  ],
  [
    'in a Secret and nowhere else',
    EXPORTER,
    /env/,
    set(EXPORTER, `${CONTAINER}.env`, [{ name: 'URL', value: SECRET }]),
  ],
  [
    'in a Secret and nowhere else',
    EXPORTER,
    /annotations/,
    set(EXPORTER, 'metadata.annotations', { from: encodeURIComponent(SECRET) }),
  ],
  ['in a Secret and nowhere else', CHART, /values/, set(CHART, 'values.alertmanager.config', { url: SECRET })],
  ['in a Secret and nowhere else', CHART, /values/, set(CHART, 'values.blob', Buffer.from(SECRET).toString('base64'))],
  [
    'in a Secret and nowhere else',
    'Secret chainwatch/receiver-secrets',
    /labels/,
    set('Secret chainwatch/receiver-secrets', 'metadata.labels.token', 'made-up'),
  ],
  [
    'encrypted',
    'Secret chainwatch/receiver-secrets',
    /stringData/,
    set('Secret chainwatch/receiver-secrets', 'stringData', { receiverToken: 'made-up' }),
  ],
  [
    'secrets of another',
    RECEIVER,
    /exporter/,
    set(EXPORTER, 'spec.template.spec.volumes.2', { name: 'secrets', secret: { secretName: 'receiver-secrets' } }),
  ],
  ['whatever is named is there', RECEIVER, /receiver-settings/, without('ConfigMap chainwatch/receiver-settings')],
  [
    'whatever is named is there',
    'Alertmanager chainwatch/chainwatch',
    /alertmanager-secrets/,
    without('Secret chainwatch/alertmanager-secrets'),
  ],
  [
    'whatever is named is there',
    'Alertmanager chainwatch/chainwatch',
    /alertmanager\.yaml/,
    set('Secret chainwatch/alertmanager-config', 'stringData', { [SIGNATURE]: 'secret', value: {} }),
  ],
  [
    'a program that listens',
    'Service chainwatch/status',
    /selects no pod/,
    set('Service chainwatch/status', 'spec.selector', { app: 'gone' }),
  ],
  [
    'a program that listens',
    'Service chainwatch/status',
    /does not listen/,
    set('Service chainwatch/status', 'spec.ports.0.targetPort', 9999),
  ],
  [
    'a program that listens',
    'ServiceMonitor chainwatch/system-status',
    /0 Services/,
    set('ServiceMonitor chainwatch/system-status', 'spec.selector.matchLabels', { app: 'gone' }),
  ],
  ['volume that is mounted', RECEIVER, /data/, set(RECEIVER, 'spec.volumeClaimTemplates', [])],
];
