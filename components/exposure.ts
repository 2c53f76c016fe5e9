/** What may be reached from outside: an Ingress or an HTTPRoute for each host, with TLS, and a gate behind them that asks who comes. */
import * as pulumi from '@pulumi/pulumi';
import type { ExposedService, ExposurePlan, Via } from '../model/kubernetes/exposure.ts';
import { exposureConfig, GATE_PORT } from '../model/kubernetes/gate.ts';
import { objectName } from '../model/kubernetes/names.ts';
import { child, metadata, type Placement } from './base.ts';
import { Gate } from './gate.ts';
import * as k8s from './kubernetesKinds.ts';
import { pickSecrets, type SecretValues } from './secrets.ts';

export interface ExposureArgs extends Placement {
  /** Which services, under which hosts, by which controller, and what is asked of whoever comes. */
  readonly exposure: ExposurePlan;
  /** Lines `name:hash` for basic authentication, by the names that `exposure` says. @default none */
  readonly secrets?: SecretValues;
  /** Of nginx. @default the pinned release of `model/kubernetes/versions.ts` */
  readonly image?: pulumi.Input<string>;
}

export class Exposure extends pulumi.ComponentResource {
  /** `https://host`, by service. */
  readonly urls: Readonly<Record<string, string>>;

  constructor(name: string, args: ExposureArgs, options?: pulumi.ComponentResourceOptions) {
    super('chainwatch:kubernetes:Exposure', name, {}, options);
    const { services, via } = args.exposure;
    this.#gate(name, args);
    for (const service of services) {
      if (via.kind === 'ingress') this.#ingress(name, args, service, via);
      else this.#route(name, args, service, via);
    }
    this.urls = Object.fromEntries(services.map(({ name: service, host }) => [service, `https://${host}`]));
    this.registerOutputs({ urls: this.urls });
  }

  #gate(name: string, args: ExposureArgs) {
    const { stack, namespace, exposure, secrets = {}, image } = args;
    const { routes, from, egress, secrets: files, mounts = [] } = exposure.gate;
    if (routes.length === 0) return;
    const values = pickSecrets(secrets, [...new Set(Object.values(files))], 'the gate before exposed services');
    const entries = Object.entries(files).map(([file, secret]) => [file, lines(values[secret] ?? '')]);
    const config = exposureConfig(routes);
    new Gate(
      `${name}-gate`,
      { stack, namespace, called: 'gate', config, files: Object.fromEntries(entries), mounts, from, egress, image },
      { parent: this },
    );
  }

  #ingress(name: string, args: ExposureArgs, service: ExposedService, via: Extract<Via, { readonly kind: 'ingress' }>) {
    const { name: called, host, backend, certificate } = service;
    const target = { service: { name: backend, port: { number: GATE_PORT } } };
    new k8s.Ingress(
      `${name}-${called}`,
      {
        metadata: {
          ...metadata(args, objectName('exposed', called)),
          annotations: {
            ...CONTROLLERS,
            ...(via.issuer === undefined ? {} : { 'cert-manager.io/cluster-issuer': via.issuer }),
            ...via.annotations,
          },
        },
        spec: {
          ingressClassName: via.class,
          tls: [{ hosts: [host], ...(certificate === undefined ? {} : { secretName: certificate }) }],
          rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend: target }] } }],
        },
      },
      child(this),
    );
  }

  /** Of the Gateway itself nothing is ours: its listener holds the certificate, and must let routes of our namespace come. */
  #route(name: string, args: ExposureArgs, service: ExposedService, via: Extract<Via, { readonly kind: 'gateway' }>) {
    const { name: called, host, backend } = service;
    new k8s.CustomResource(
      `${name}-${called}`,
      {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'HTTPRoute',
        metadata: metadata(args, objectName('exposed', called)),
        spec: {
          parentRefs: [{ name: via.name, namespace: via.namespace, sectionName: via.listener }],
          hostnames: [host],
          rules: [
            {
              matches: [{ path: { type: 'PathPrefix', value: '/' } }],
              backendRefs: [{ name: backend, port: GATE_PORT }],
            },
          ],
        },
      },
      child(this),
    );
  }
}

/** What the two usual controllers have to be told; each passes over what is the other's. Pages stay open, and pushes are large. */
const CONTROLLERS = {
  'nginx.ingress.kubernetes.io/force-ssl-redirect': 'true',
  'nginx.ingress.kubernetes.io/proxy-body-size': '0',
  'nginx.ingress.kubernetes.io/proxy-read-timeout': '3600',
  'nginx.ingress.kubernetes.io/proxy-buffering': 'off',
  'traefik.ingress.kubernetes.io/router.entrypoints': 'websecure',
  'traefik.ingress.kubernetes.io/router.tls': 'true',
} as const;

function lines(text: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.secret(pulumi.output(text).apply((users) => `${users.trim()}\n`));
}
