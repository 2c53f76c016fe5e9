/** Who is told of which alert: Alertmanager's configuration as a Secret, and the tokens that it names as files. */
import * as pulumi from '@pulumi/pulumi';
import { alertmanagerConfig } from '../model/alertmanager/config.ts';
import type { AlertmanagerPlan } from '../model/alertmanager/types.ts';
import { ALERTMANAGER_CONFIG } from '../model/kubernetes/alertmanager.ts';
import { secretObject } from '../model/kubernetes/names.ts';
import type { Places } from '../model/places.ts';
import { toYaml } from '../model/yaml.ts';
import { child, metadata, type Placement } from './base.ts';
import * as k8s from './kubernetesKinds.ts';
import { pickSecrets, type SecretValues } from './secrets.ts';

export interface AlertRoutingArgs extends Placement {
  readonly alertmanager: AlertmanagerPlan;
  /** As Alertmanager sees them. */
  readonly places: Places;
  /** Names of the secrets that its configuration reads. */
  readonly secretNames: readonly string[];
  /** Their values, by name. */
  readonly secrets: SecretValues;
}

export class AlertRouting extends pulumi.ComponentResource {
  constructor(name: string, args: AlertRoutingArgs, options?: pulumi.ComponentResourceOptions) {
    super('chainwatch:kubernetes:AlertRouting', name, {}, options);
    this.#config(name, args);
    this.#tokens(name, args);
    this.registerOutputs({});
  }

  /** A Secret, though no value is in it: whoever may read it knows whom a team pages, and how. */
  #config(name: string, args: AlertRoutingArgs) {
    const header = `Made by Chainwatch from stack ${args.stack}: what is changed here is lost, change the stack file.`;
    const text = toYaml(alertmanagerConfig(args.alertmanager, args.places), header);
    new k8s.Secret(
      `${name}-config`,
      { metadata: metadata(args, ALERTMANAGER_CONFIG), stringData: { 'alertmanager.yaml': text } },
      child(this),
    );
  }

  #tokens(name: string, args: AlertRoutingArgs) {
    const { secretNames, secrets } = args;
    if (secretNames.length === 0) return;
    new k8s.Secret(
      `${name}-secrets`,
      {
        metadata: metadata(args, secretObject('alertmanager')),
        stringData: pickSecrets(secrets, secretNames, 'Alertmanager'),
      },
      child(this),
    );
  }
}
