/** Secrets on their way from the stack's configuration into the Secret of the one program that reads them. */
import * as pulumi from '@pulumi/pulumi';

export type SecretValues = Readonly<Record<string, pulumi.Input<string>>>;

/**
 * @throws RunError naming every secret that is not set or empty, who needs it, and the command that sets it. A value that is not known yet
 * fails in the same way once it is.
 */
export function pickSecrets(
  values: SecretValues,
  names: readonly string[],
  reader: string,
): Record<string, pulumi.Input<string>> {
  const given = names.map((name) => ({ name, value: values[name] }));
  const missing = given.filter(({ value }) => value === undefined || isEmpty(value)).map(({ name }) => name);
  if (missing.length > 0) throw missingSecrets(reader, missing);
  return Object.fromEntries(
    given.flatMap(({ name, value }) => (value === undefined ? [] : [[name, filled(name, value, reader)]])),
  );
}

function filled(name: string, value: pulumi.Input<string>, reader: string): pulumi.Input<string> {
  return typeof value === 'string' ? value : pulumi.output(value).apply((text) => requireFilled(name, text, reader));
}

/** @throws RunError */
export function requireFilled(name: string, value: string, reader: string): string {
  if (isEmpty(value)) throw missingSecrets(reader, [name]);
  return value;
}

function isEmpty(value: pulumi.Input<string>): boolean {
  return typeof value === 'string' && value.trim() === '';
}

export function missingSecrets(reader: string, names: readonly string[]): pulumi.RunError {
  const lines = names.map((name) => `  pulumi config set --secret --path 'chainwatch:secrets.${name}' <value>`);
  return new pulumi.RunError(`${reader} needs secrets that are not set, or are empty; set each:\n${lines.join('\n')}`);
}
