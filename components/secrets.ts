/** Secrets on their way from the stack's configuration into the Secret of the one program that reads them. */
import type * as pulumi from '@pulumi/pulumi';

export type SecretValues = Readonly<Record<string, pulumi.Input<string>>>;

/** @throws naming every secret that is not set, who needs it, and the command that sets it */
export function pickSecrets(
  values: SecretValues,
  names: readonly string[],
  reader: string,
): Record<string, pulumi.Input<string>> {
  const missing = names.filter((name) => values[name] === undefined);
  if (missing.length > 0) {
    const lines = missing.map(
      (name) => `  ${name}: pulumi config set --secret --path 'chainwatch:secrets.${name}' <value>`,
    );
    throw new Error(`${reader} needs secrets that are not set; set each:\n${lines.join('\n')}`);
  }
  return Object.fromEntries(names.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])));
}
