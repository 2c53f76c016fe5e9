/** The values under `chainwatch:secrets`, and those that nobody has to choose. */
import * as pulumi from '@pulumi/pulumi';
import * as random from '@pulumi/random';
import type { Plan } from '../model/plan/plan.ts';
import { RECEIVER_TOKEN } from '../model/plan/services.ts';
import type { SecretValues } from './secrets.ts';

/**
 * @param given the decrypted object, as Pulumi gives it: an output that is secret
 * @returns a value for each secret of the plan that is set, or is made here
 */
export function stackSecrets(
  plan: Plan,
  given: pulumi.Output<Readonly<Record<string, string>> | undefined> | undefined,
  names: readonly string[],
): SecretValues {
  const values: Record<string, pulumi.Input<string>> = {};
  for (const name of names) if (given) values[name] = pulumi.secret(given.apply((all) => all?.[name] ?? ''));
  if (plan.secrets.includes(RECEIVER_TOKEN) && values[RECEIVER_TOKEN] === undefined)
    values[RECEIVER_TOKEN] = new random.RandomPassword('receiver-token', { length: 48, special: false }).result;
  return values;
}
