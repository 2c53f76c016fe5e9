/** Secrets on their way from the stack's configuration into the Secret of the one program that reads them. */
import * as pulumi from '@pulumi/pulumi';

export type SecretValues = Readonly<Record<string, pulumi.Input<string>>>;

/** @throws RunError naming every secret that is not set, who needs it, and the command that sets it */
export function pickSecrets(
  values: SecretValues,
  names: readonly string[],
  reader: string,
): Record<string, pulumi.Input<string>> {
  const missing = names.filter((name) => values[name] === undefined);
  if (missing.length > 0) throw missingSecrets(reader, missing);
  return Object.fromEntries(names.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])));
}

export function missingSecrets(reader: string, names: readonly string[]): pulumi.RunError {
  const lines = names.map((name) => `  pulumi config set --secret --path 'chainwatch:secrets.${name}' <value>`);
  return new pulumi.RunError(`${reader} needs secrets that are not set; set each:\n${lines.join('\n')}`);
}
