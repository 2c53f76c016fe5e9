/** The container of an agent: beside a node in the node's own pod, or in a pod of its own on each machine. */
import { PORT_NAME } from './monitors.ts';
import { SECRETS_PATH, SETTINGS_PATH, secretObject } from './names.ts';
import { needs, type Resources } from './resources.ts';
import { containerSecurity, UID } from './security.ts';

export const AGENT_PORT = 9340;
const QUEUE_PATH = '/var/lib/chainwatch-agent';
const CERTIFICATES_PATH = '/etc/chainwatch/certificates';
/** A bound of the queue is one of its files; the folder takes a little more. */
const FOLDER = 1.25;
const MIB = 2 ** 20;

/** What an agent is told, as in its settings file; where it listens, what it carries and where its queue lies is ours. */
export interface AgentSettings {
  /** Of it, `url` may name `$(HOST_IP)`, `$(NODE_NAME)` and `$(POD_NAME)`. */
  readonly source: Readonly<Record<string, unknown>> & { readonly url: string };
  /** Who reports. @default `$(POD_NAME)` in the node's pod, `$(NODE_NAME)` in one of its own */
  readonly node?: string;
  readonly [setting: string]: unknown;
}

export interface AgentFacts {
  readonly settings: AgentSettings;
  /** Whether it shows a token, the one of its Secret. */
  readonly token: boolean;
  /** A Secret with `ca.crt`, and with `tls.crt` and `tls.key` where the aggregator wants to see a certificate. */
  readonly certificates?: { readonly secret: string; readonly client?: boolean } | undefined;
  /** Bytes that may wait for an aggregator. @default 256 MiB */
  readonly queue?: number | undefined;
  /** A volume of the node's pod, where what waits outlives the pod. @default a folder that goes with it */
  readonly queueVolume?: string | undefined;
  readonly resources?: Resources | undefined;
}

/** @returns what its settings file says */
export function agentSettings({ settings, token, certificates, queue = 256 * MIB }: AgentFacts) {
  const at = (file: string) => `${CERTIFICATES_PATH}/${file}`;
  const shown = certificates?.client === true ? { certFile: at('tls.crt'), keyFile: at('tls.key') } : {};
  return {
    ...settings,
    listen: `0.0.0.0:${AGENT_PORT}`,
    queue: { folder: `${QUEUE_PATH}/queue`, maxBytes: queue },
    ...(token ? { tokenFile: `${SECRETS_PATH}/token` } : {}),
    ...(certificates === undefined ? {} : { tls: { caFile: at('ca.crt'), ...shown } }),
  };
}

/**
 * A container and the volumes that it needs, for the pod of a node.
 *
 * It is not asked whether it is ready: a node must not be taken out of service because its statistics are not taken.
 *
 * @param image `registry/name@sha256:…`
 */
export function agentSidecar<Image>(facts: AgentFacts, image: Image) {
  const { certificates, token, queueVolume, settings, resources = needs.service } = facts;
  return {
    container: {
      name: 'chainwatch-agent',
      image,
      args: ['serve', 'agent', '--settings', `${SETTINGS_PATH}/settings.json`],
      env: environment(settings, settings.node ?? '$(POD_NAME)'),
      ports: [{ name: 'agent', containerPort: AGENT_PORT }],
      livenessProbe: { httpGet: { path: '/healthz', port: AGENT_PORT }, periodSeconds: 10, failureThreshold: 6 },
      resources,
      // The pod is somebody else's: what it says of users may be another.
      securityContext: { ...containerSecurity(), runAsNonRoot: true, runAsUser: UID, runAsGroup: UID },
      volumeMounts: [
        { name: 'agent-settings', mountPath: SETTINGS_PATH, readOnly: true },
        queueVolume === undefined
          ? { name: 'agent-queue', mountPath: QUEUE_PATH }
          : { name: queueVolume, mountPath: QUEUE_PATH, subPath: 'chainwatch-agent' },
        ...(token ? [{ name: 'agent-secrets', mountPath: SECRETS_PATH, readOnly: true }] : []),
        ...(certificates === undefined
          ? []
          : [{ name: 'agent-certificates', mountPath: CERTIFICATES_PATH, readOnly: true }]),
      ],
    },
    volumes: volumes(facts),
  };
}

/** Of a pod of its own. @returns the same, asked as `http` and whether it is ready */
export function agentContainer<Image>(facts: AgentFacts, image: Image) {
  const { container } = agentSidecar(facts, image);
  return {
    ...container,
    name: 'agent',
    env: environment(facts.settings, facts.settings.node ?? '$(NODE_NAME)'),
    ports: [{ name: PORT_NAME, containerPort: AGENT_PORT }],
    readinessProbe: { httpGet: { path: '/readyz', port: AGENT_PORT }, periodSeconds: 5 },
    securityContext: containerSecurity(),
  };
}

/** The kubelet puts in what the first three say: they stand before those that name them. */
function environment({ source }: AgentSettings, node: string) {
  const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
  return [
    field('HOST_IP', 'status.hostIP'),
    field('NODE_NAME', 'spec.nodeName'),
    field('POD_NAME', 'metadata.name'),
    { name: 'CHAINWATCH_SETTING_NODE', value: node },
    { name: 'CHAINWATCH_SETTING_SOURCE__URL', value: source.url },
  ];
}

function volumes({ certificates, token, queue = 256 * MIB, queueVolume }: AgentFacts) {
  // Readable for the group of the pod, as its fsGroup says.
  const secret = (name: string, secretName: string) => ({ name, secret: { secretName, defaultMode: 0o440 } });
  return [
    { name: 'agent-settings', configMap: { name: 'agent-settings' } },
    ...(queueVolume === undefined
      ? [{ name: 'agent-queue', emptyDir: { sizeLimit: `${Math.ceil((queue * FOLDER) / MIB)}Mi` } }]
      : []),
    ...(token ? [secret('agent-secrets', secretObject('agent'))] : []),
    ...(certificates === undefined ? [] : [secret('agent-certificates', certificates.secret)]),
  ];
}
