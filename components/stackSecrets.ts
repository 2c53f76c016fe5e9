/** The values under `chainwatch:secrets`, and those that nobody has to choose. */
import * as pulumi from '@pulumi/pulumi';
import { RandomPassword } from '@pulumi/random/randomPassword.js';
import type { ClusterPlan } from '../model/kubernetes/cluster.ts';
import type { Plan } from '../model/plan/plan.ts';
import { secretsIn } from '../model/plan/secrets.ts';
import { OWN_TOKENS } from '../model/plan/services.ts';
import { child } from './base.ts';
import { missingSecrets, type SecretValues } from './secrets.ts';

export interface StackSecrets {
  /** As somebody set them. */
  readonly set: SecretValues;
  /** Names of those that nobody set and that are made here. */
  readonly toMake: readonly string[];
}

/**
 * Registers nothing yet: what is set has to be known for questions that come before.
 * @param cluster absent: there is none for what reads secrets, nor for our receiver, whose token can otherwise be made here
 * @param given the decrypted object, as Pulumi gives it: an output that is secret
 * @throws RunError naming every secret that something reads and that is not set, whoever reads it
 */
export function stackSecrets(
  plan: Plan,
  cluster: Pick<ClusterPlan, 'secrets'> | undefined,
  given: pulumi.Output<Readonly<Record<string, string>> | undefined> | undefined,
  names: readonly string[],
): StackSecrets {
  const set: Record<string, pulumi.Input<string>> = {};
  for (const name of names) if (given) set[name] = pulumi.secret(given.apply((all) => all?.[name] ?? ''));
  const read = cluster?.secrets ?? secretsIn(plan.grafana);
  const missing = read.filter((name) => set[name] === undefined);
  const toMake = cluster ? OWN_TOKENS.filter((name) => missing.includes(name)) : [];
  const toSet = missing.filter((name) => !toMake.includes(name));
  if (toSet.length > 0) throw missingSecrets('this stack', toSet);
  return { set, toMake };
}

/** A value for each secret of the plan that something reads. */
export function withMadeSecrets({ set, toMake }: StackSecrets): SecretValues {
  return toMake.length === 0 ? set : { ...set, ...new MadeSecrets('secrets', toMake).values };
}

/** What stands under `chainwatch:secrets`, decrypted and kept secret. */
export function givenSecrets(): pulumi.Output<Readonly<Record<string, string>> | undefined> | undefined {
  return new pulumi.Config('chainwatch').getSecretObject<Record<string, string>>('secrets');
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
      return new RandomPassword(called, { length: 48, special: false }, child(this)).result;
    };
    this.values = Object.fromEntries(secrets.map((secret) => [secret, make(secret)]));
    this.registerOutputs({});
  }
}
