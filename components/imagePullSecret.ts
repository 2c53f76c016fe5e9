/** What the nodes show the registry of our own image, where it is a private one. */
import type * as pulumi from '@pulumi/pulumi';
import type { ImagePullSecret } from '../model/kubernetes/cluster.ts';
import { metadata, type Placement } from './base.ts';
import * as k8s from './kubernetesKinds.ts';
import { pickSecrets, type SecretValues } from './secrets.ts';

/** Of the Secret that is made. */
const NAME = 'image-pull';

export interface PullFacts extends Placement {
  /** The name of a Secret that is there, or of the secret that holds the text of one (`.dockerconfigjson`). */
  readonly imagePullSecret: ImagePullSecret;
  readonly secrets: SecretValues;
}

/**
 * Makes a Secret only of what is given by value.
 * @returns the name that pods say; with an output of the Secret itself, so that they wait for it
 */
export function imagePullSecret(
  name: string,
  facts: PullFacts,
  options: pulumi.CustomResourceOptions,
): pulumi.Input<string> {
  const { imagePullSecret: said, secrets } = facts;
  if (typeof said === 'string') return said;
  const { [said.secret]: text = '' } = pickSecrets(secrets, [said.secret], 'the registry of our image');
  const secret = new k8s.Secret(
    name,
    {
      metadata: metadata(facts, NAME),
      type: 'kubernetes.io/dockerconfigjson',
      stringData: { '.dockerconfigjson': text },
    },
    options,
  );
  return secret.metadata.name;
}
