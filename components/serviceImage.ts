/** Which image our services run: one for all of them, always by digest. */
import { Image } from '@pulumi/docker-build/image.js';
import { Provider } from '@pulumi/docker-build/provider.js';
import * as pulumi from '@pulumi/pulumi';
import { pickSecrets, type SecretValues } from './secrets.ts';

export interface ServiceImageArgs {
  /** Where it is pushed, without a tag: `ghcr.io/acme/chainwatch`. */
  readonly registry: string;
  /** @default for processors of both kinds */
  readonly platforms?: readonly ('linux/amd64' | 'linux/arm64')[];
  /** Folder of the project, with `services/Dockerfile`. @default where the program runs */
  readonly context?: string;
  /** Of the registry. @default what `docker login` has stored */
  readonly username?: string | undefined;
  /** @default what `docker login` has stored */
  readonly password?: pulumi.Input<string> | undefined;
}

/** Needs a Docker with buildx beside `pulumi up`; never beside `pulumi preview`, which builds nothing. */
export class ServiceImage extends pulumi.ComponentResource {
  /** `ghcr.io/acme/chainwatch@sha256:…`, known once it is pushed. */
  readonly reference: pulumi.Output<string>;

  constructor(name: string, args: ServiceImageArgs, options?: pulumi.ComponentResourceOptions) {
    super('chainwatch:services:ServiceImage', name, {}, options);
    const { registry, platforms = ['linux/amd64', 'linux/arm64'], context = '.', username, password } = args;
    const address = registry.slice(0, registry.indexOf('/'));
    const image = new Image(
      `${name}-image`,
      {
        // A tag only to find it by: what runs is named by digest.
        tags: [`${registry}:${pulumi.getStack()}`],
        context: { location: context },
        dockerfile: { location: `${context}/services/Dockerfile` },
        platforms: [...platforms],
        push: true,
        buildOnPreview: false,
        ...(password === undefined
          ? {}
          : { registries: [{ address, password: pulumi.secret(password), ...(username ? { username } : {}) }] }),
      },
      { parent: this },
    );
    this.reference = image.digest.apply((digest) => `${registry}@${digest}`);
    this.registerOutputs({ reference: this.reference });
  }
}

/** What of a stack says which image runs, and what runs by it. */
export interface ImageFacts {
  /** `registry/name@sha256:…` @default none: it is built, or left out */
  readonly image?: string;
  /** How it is built instead; `password` names a secret. @default not at all */
  readonly build?: {
    readonly registry: string;
    readonly platforms: readonly ('linux/amd64' | 'linux/arm64')[];
    readonly username?: string | undefined;
    readonly password?: { readonly secret: string } | undefined;
  };
  /** Our services. @default none */
  readonly workloads?: readonly { readonly name: string }[];
  /** What is reached from outside. @default nothing */
  readonly exposure?: { readonly services: readonly { readonly name: string }[] };
}

/**
 * @returns nothing in dev without an image: everything but our services is then deployed, and a warning says so
 * @throws RunError for testnet and mainnet without one, and in dev where a service of ours that is left out would be exposed
 */
export function serviceImage(
  kind: 'dev' | 'testnet' | 'mainnet',
  { image, build, workloads = [], exposure }: ImageFacts,
  secrets: SecretValues = {},
): pulumi.Input<string> | undefined {
  if (image !== undefined) return image;
  if (build !== undefined) {
    const { password, ...rest } = build;
    const args = { ...rest, ...(password ? pickPassword(secrets, password.secret) : {}) };
    const provider = new Provider('images');
    return new ServiceImage('services', args, { providers: [provider] }).reference;
  }
  const remedy =
    "set it: pulumi config set --path 'chainwatch:kubernetes.image' <registry>/chainwatch@sha256:<digest>; or have it built: chainwatch:kubernetes.build";
  if (kind !== 'dev')
    throw new pulumi.RunError(
      `chainwatch:kubernetes.image is not set, and ${kind} runs only what is pinned by digest; ${remedy}`,
    );
  const exposed = (exposure?.services ?? []).filter(({ name }) => workloads.some((workload) => workload.name === name));
  // The gate asks for each service by name when it starts, and would not start: nothing at all could be reached.
  if (exposed.length > 0)
    throw new pulumi.RunError(
      `chainwatch:kubernetes.image is not set, so ${exposed.map(({ name }) => name).join(' and ')} would be left out, and cannot be exposed; ${remedy}; or take them out of chainwatch:kubernetes.exposure.services`,
    );
  pulumi.log.warn(`our own services are left out, since chainwatch:kubernetes.image is not set; ${remedy}`);
  return undefined;
}

function pickPassword(secrets: SecretValues, name: string) {
  return { password: pickSecrets(secrets, [name], 'the registry')[name] };
}
