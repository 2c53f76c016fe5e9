/** The configuration as Pulumi's engine hands it over: texts by full key, structured values as JSON, secrets already decrypted. */
import { ConfigError } from './faults.ts';
import { NAMESPACE } from './parse.ts';

const SECRETS = `${NAMESPACE}secrets`;

/**
 * The keys of our namespace, as a stack file would hold them. Of `chainwatch:secrets` only the names are kept,
 * each as in the file, where it is encrypted.
 * @param encrypted full keys of the values that Pulumi holds encrypted
 * @throws ConfigError naming each other key that holds a secret
 */
export function engineConfig(
  texts: Readonly<Record<string, string>>,
  encrypted: readonly string[],
  stack: string,
): Record<string, unknown> {
  const own = Object.entries(texts).filter(([key]) => key.startsWith(NAMESPACE));
  const stray = own.filter(([key]) => key !== SECRETS && encrypted.includes(key));
  if (stray.length > 0)
    throw new ConfigError(
      stray.map(([key]) => ({
        path: [key],
        message: 'holds a secret, which may stand only under chainwatch:secrets; write { secret: <name> } here',
      })),
      `the configuration of stack ${stack}`,
    );
  return Object.fromEntries(own.map(([key, text]) => [key, key === SECRETS ? namesOf(text) : parsed(text)]));
}

function namesOf(text: string): unknown {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.keys(value).map((name) => [name, { secure: '' }]));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A plain text, such as the name of an environment.
    return text;
  }
}
