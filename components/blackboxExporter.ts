/** The blackbox exporter, which asks addresses from outside: is this endpoint there, does it answer, for how long is its certificate good. */
import * as pulumi from '@pulumi/pulumi';
import { PORT_NAME } from '../model/kubernetes/monitors.ts';
import { podLabels } from '../model/kubernetes/names.ts';
import { needs } from '../model/kubernetes/resources.ts';
import { containerSecurity, podSecurity, UID } from '../model/kubernetes/security.ts';
import { images } from '../model/kubernetes/versions.ts';
import { blackboxConfig } from '../model/prometheus/blackbox.ts';
import { toYaml } from '../model/yaml.ts';
import { child, fingerprint, metadata, type Placement } from './base.ts';
import * as k8s from './kubernetesKinds.ts';
import { networkPolicy } from './networkPolicy.ts';

export interface BlackboxExporterArgs extends Placement {
  /** @default the pinned release of `model/kubernetes/versions.ts` */
  readonly image?: pulumi.Input<string>;
  /** Whether it sends ICMP echo requests, for which a pod must have a leave of its own. @default false */
  readonly pings?: boolean;
}

const PORT = 9115;
const FOLDER = '/etc/blackbox';
const LABELS = podLabels('blackbox');

export class BlackboxExporter extends pulumi.ComponentResource {
  /** `blackbox.<namespace>.svc:9115` */
  readonly address: string;

  constructor(name: string, args: BlackboxExporterArgs, options?: pulumi.ComponentResourceOptions) {
    super('chainwatch:kubernetes:BlackboxExporter', name, {}, options);
    const config = this.#config(name, args);
    this.#pods(name, args, config);
    this.#service(name, args);
    this.#edges(name, args);
    this.address = `blackbox.${args.namespace}.svc:${PORT}`;
    this.registerOutputs({ address: this.address });
  }

  #config(name: string, args: BlackboxExporterArgs): string {
    const text = toYaml(blackboxConfig(), 'Made by Chainwatch.');
    new k8s.ConfigMap(
      `${name}-config`,
      { metadata: metadata(args, 'blackbox-config'), data: { 'blackbox.yml': text } },
      child(this),
    );
    return text;
  }

  #pods(name: string, args: BlackboxExporterArgs, config: string) {
    new k8s.Deployment(
      `${name}-pods`,
      {
        metadata: metadata(args, 'blackbox', LABELS),
        spec: {
          replicas: 1,
          selector: { matchLabels: LABELS },
          template: {
            metadata: {
              labels: { ...metadata(args, '').labels, ...LABELS },
              annotations: { 'chainwatch/settings': fingerprint(config) },
            },
            spec: podOf(args),
          },
        },
      },
      child(this),
    );
  }

  #service(name: string, args: BlackboxExporterArgs) {
    new k8s.Service(
      `${name}-service`,
      {
        metadata: metadata(args, 'blackbox', LABELS),
        spec: { selector: LABELS, ports: [{ name: PORT_NAME, port: PORT, targetPort: PORT_NAME }] },
      },
      child(this),
    );
  }

  /** It asks whatever a person names, at any port. */
  #edges(name: string, args: BlackboxExporterArgs) {
    const edges = {
      ingress: [{ from: ['prometheus' as const], port: PORT }],
      egress: [{ to: 'anywhere' as const, ports: [] }],
    };
    networkPolicy(`${name}-edges`, { ...args, of: 'blackbox', ...edges }, child(this));
  }
}

/** A pod without capabilities may ping if its group may; this sysctl is one of those that Pod Security `restricted` takes. */
const MAY_PING = { name: 'net.ipv4.ping_group_range', value: `${UID} ${UID}` };

function podOf({ image = images.blackbox, pings = false }: BlackboxExporterArgs) {
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: { ...podSecurity, ...(pings ? { sysctls: [MAY_PING] } : {}) },
    containers: [
      {
        name: 'blackbox',
        image,
        args: [`--config.file=${FOLDER}/blackbox.yml`, `--web.listen-address=:${PORT}`],
        ports: [{ name: PORT_NAME, containerPort: PORT }],
        livenessProbe: { httpGet: { path: '/-/healthy', port: PORT_NAME } },
        readinessProbe: { httpGet: { path: '/-/healthy', port: PORT_NAME } },
        resources: needs.blackbox,
        securityContext: containerSecurity(),
        volumeMounts: [{ name: 'config', mountPath: FOLDER, readOnly: true }],
      },
    ],
    volumes: [{ name: 'config', configMap: { name: 'blackbox-config' } }],
  };
}
