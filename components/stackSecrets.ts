/** The values under `chainwatch:secrets`, and those that nobody has to choose. */
import * as pulumi from '@pulumi/pulumi';
import * as random from '@pulumi/random';
import type { Plan } from '../model/plan/plan.ts';
import { secretsIn } from '../model/plan/secrets.ts';
import { RECEIVER_TOKEN } from '../model/plan/services.ts';
import { child } from './base.ts';
import { missingSecrets, type SecretValues } from './secrets.ts';

/**
 * @param inCluster whether there is a cluster for what reads secrets, and for our receiver, whose token can then be made here
 * @param given the decrypted object, as Pulumi gives it: an output that is secret
 * @returns a value for each secret of the plan that something reads, as it is set or made here
 * @throws RunError naming every one that is not set, whoever reads it
 */
export function stackSecrets(
  plan: Plan,
  inCluster: boolean,
  given: pulumi.Output<Readonly<Record<string, string>> | undefined> | undefined,
  names: readonly string[],
): SecretValues {
  const values: Record<string, pulumi.Input<string>> = {};
  for (const name of names) if (given) values[name] = pulumi.secret(given.apply((all) => all?.[name] ?? ''));
  const read = inCluster ? plan.secrets : secretsIn(plan.grafana);
  const missing = read.filter((name) => values[name] === undefined);
  const toSet = missing.filter((name) => name !== RECEIVER_TOKEN || !inCluster);
  if (toSet.length > 0) throw missingSecrets('this stack', toSet);
  if (missing.includes(RECEIVER_TOKEN)) values[RECEIVER_TOKEN] = new MadeSecrets('secrets').receiverToken;
  return values;
}

/** Full keys of the values that are held encrypted: the engine names them to the language host in this variable. */
export function encryptedKeys(): readonly string[] {
  const keys: unknown = JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? '[]');
  return Array.isArray(keys) ? keys.map(String) : [];
}

/** Secrets of which nobody needs to know more than that two programs share them. */
class MadeSecrets extends pulumi.ComponentResource {
  readonly receiverToken: pulumi.Output<string>;

  constructor(name: string, options?: pulumi.ComponentResourceOptions) {
    super('chainwatch:index:MadeSecrets', name, {}, options);
    const token = new random.RandomPassword(`${name}-receiver-token`, { length: 48, special: false }, child(this));
    this.receiverToken = token.result;
    this.registerOutputs({});
  }
}
