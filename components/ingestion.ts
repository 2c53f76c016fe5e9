/** For nodes that push: Prometheus' own receivers for OTLP and remote write, behind a gate that knows the token. */
import * as pulumi from '@pulumi/pulumi';
import type { Edge } from '../model/kubernetes/edges.ts';
import type { IngestionPlan } from '../model/kubernetes/exposure.ts';
import { ingestionConfig, TOKENS_FILE, tokensFile } from '../model/kubernetes/gate.ts';
import { PORT_NAME } from '../model/kubernetes/monitors.ts';
import { OBJECT, podLabels } from '../model/kubernetes/names.ts';
import { child, metadata, type Placement } from './base.ts';
import { Gate } from './gate.ts';
import * as k8s from './kubernetesKinds.ts';
import { pickSecrets, type SecretValues } from './secrets.ts';

export interface IngestionArgs extends Placement {
  /** What is taken, from whom, and by which Services Prometheus is reached. The receivers themselves are switched on by `KubePrometheus`. */
  readonly ingestion: IngestionPlan;
  /** Holds the bearer token under the name that `ingestion` says, one in each line. */
  readonly secrets: SecretValues;
  /** Of nginx. @default the pinned release of `model/kubernetes/versions.ts` */
  readonly image?: pulumi.Input<string>;
}

const TO_PROMETHEUS: Edge = { to: 'prometheus', port: 9090 };

export class Ingestion extends pulumi.ComponentResource {
  /** `http://ingestion.<namespace>.svc:8080`: before `/api/v1/write` and `/api/v1/otlp/v1/metrics`. */
  readonly url: string;

  constructor(name: string, args: IngestionArgs, options?: pulumi.ComponentResourceOptions) {
    super('chainwatch:kubernetes:Ingestion', name, {}, options);
    const replicas = this.#replicas(name, args);
    this.url = this.#gate(name, args, replicas).url;
    this.registerOutputs({ url: this.url });
  }

  #gate(name: string, args: IngestionArgs, dependsOn: pulumi.Resource[]) {
    const { stack, namespace, ingestion, secrets, image } = args;
    const { [ingestion.token]: token = '' } = pickSecrets(secrets, [ingestion.token], 'ingestion');
    return new Gate(
      `${name}-gate`,
      {
        stack,
        namespace,
        called: 'ingestion',
        config: ingestionConfig(ingestion.route),
        files: { [TOKENS_FILE]: pulumi.secret(pulumi.output(token).apply(readTokens)) },
        from: ingestion.from,
        egress: [TO_PROMETHEUS],
        image,
      },
      { parent: this, dependsOn },
    );
  }

  /** Of several Prometheus each gets everything, so each needs an address: nginx asks for them once, when it starts. */
  #replicas(name: string, args: IngestionArgs): pulumi.Resource[] {
    const { upstreams } = args.ingestion.route;
    const services = upstreams.map((upstream) => upstream.slice(0, upstream.indexOf('.')));
    return services
      .filter((service) => service !== 'prometheus')
      .map((service, index) => {
        const pod = { 'statefulset.kubernetes.io/pod-name': `prometheus-${OBJECT}-${index}` };
        const ports = [{ name: PORT_NAME, port: 9090, targetPort: PORT_NAME }];
        return new k8s.Service(
          `${name}-${service}`,
          {
            // What is not ready yet must be known by name all the same.
            metadata: metadata(args, service),
            spec: { selector: { ...podLabels('prometheus'), ...pod }, ports, publishNotReadyAddresses: true },
          },
          child(this),
        );
      });
  }
}

function readTokens(text: string): string {
  try {
    return tokensFile(text);
  } catch (error) {
    throw new pulumi.RunError(error instanceof Error ? error.message : String(error));
  }
}
