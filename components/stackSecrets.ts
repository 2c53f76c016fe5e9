/** The values under `chainwatch:secrets`, and those that nobody has to choose. */
import * as pulumi from '@pulumi/pulumi';
import * as random from '@pulumi/random';
import type { ClusterPlan } from '../model/kubernetes/cluster.ts';
import { INGESTION_TOKEN } from '../model/kubernetes/exposure.ts';
import type { Plan } from '../model/plan/plan.ts';
import { secretsIn } from '../model/plan/secrets.ts';
import { RECEIVER_TOKEN } from '../model/plan/services.ts';
import { child } from './base.ts';
import { missingSecrets, type SecretValues } from './secrets.ts';

/**
 * @param cluster absent: there is none for what reads secrets, nor for our receiver, whose token can otherwise be made here
 * @param given the decrypted object, as Pulumi gives it: an output that is secret
 * @returns a value for each secret of the plan that something reads, as it is set or made here
 * @throws RunError naming every one that is not set, whoever reads it
 */
export function stackSecrets(
  plan: Plan,
  cluster: Pick<ClusterPlan, 'secrets'> | undefined,
  given: pulumi.Output<Readonly<Record<string, string>> | undefined> | undefined,
  names: readonly string[],
): SecretValues {
  const values: Record<string, pulumi.Input<string>> = {};
  for (const name of names) if (given) values[name] = pulumi.secret(given.apply((all) => all?.[name] ?? ''));
  const read = cluster?.secrets ?? secretsIn(plan.grafana);
  const missing = read.filter((name) => values[name] === undefined);
  const made = cluster ? [RECEIVER_TOKEN, INGESTION_TOKEN].filter((name) => missing.includes(name)) : [];
  const toSet = missing.filter((name) => !made.includes(name));
  if (toSet.length > 0) throw missingSecrets('this stack', toSet);
  return made.length === 0 ? values : { ...values, ...new MadeSecrets('secrets', made).values };
}

/** Full keys of the values that are held encrypted: the engine names them to the language host in this variable. */
export function encryptedKeys(): readonly string[] {
  const keys: unknown = JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? '[]');
  return Array.isArray(keys) ? keys.map(String) : [];
}

/** Secrets of which nobody needs to know more than who shares them. */
class MadeSecrets extends pulumi.ComponentResource {
  readonly values: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, secrets: readonly string[], options?: pulumi.ComponentResourceOptions) {
    super('chainwatch:index:MadeSecrets', name, {}, options);
    const make = (secret: string) => {
      const called = `${name}-${secret.replace(/Token$/, '-token')}`;
      return new random.RandomPassword(called, { length: 48, special: false }, child(this)).result;
    };
    this.values = Object.fromEntries(secrets.map((secret) => [secret, make(secret)]));
    this.registerOutputs({});
  }
}
