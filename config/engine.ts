/** The configuration as Pulumi's engine hands it over: texts by full key, structured values as JSON, secrets already decrypted. */
import { ConfigError, type Fault } from './faults.ts';
import { NAMESPACE } from './parse.ts';

const SECRETS = `${NAMESPACE}secrets`;

/**
 * The keys of our namespace, as a stack file would hold them. Of `chainwatch:secrets` only the names are kept,
 * each as in the file, where it is encrypted.
 * @param encrypted full keys of the values that Pulumi holds encrypted
 * @throws ConfigError naming each other key that holds a secret, and each secret that is empty
 */
export function engineConfig(
  texts: Readonly<Record<string, string>>,
  encrypted: readonly string[],
  stack: string,
): Record<string, unknown> {
  const own = Object.entries(texts).filter(([key]) => key.startsWith(NAMESPACE));
  const stray = own.filter(([key]) => key !== SECRETS && encrypted.includes(key));
  const faults: Fault[] = [
    ...stray.map(([key]) => ({
      path: [key],
      message: 'holds a secret, which may stand only under chainwatch:secrets; write { secret: <name> } here',
    })),
    ...own.flatMap(([key, text]) => (key === SECRETS ? emptyIn(text) : [])),
  ];
  if (faults.length > 0) throw new ConfigError(faults, `the configuration of stack ${stack}`);
  return Object.fromEntries(own.map(([key, text]) => [key, key === SECRETS ? namesOf(text) : parsed(text)]));
}

function namesOf(text: string): unknown {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.keys(value).map((name) => [name, { secure: '' }]));
}

/** Deployed as it is, it would be found out by the one who is not told of an alert. */
function emptyIn(text: string): Fault[] {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value)
    .filter(([, secret]) => typeof secret === 'string' && secret.trim() === '')
    .map(([name]) => ({
      path: [SECRETS, name],
      message: `is empty; set it: pulumi config set --secret --path '${SECRETS}.${name}' <value>; or remove it: pulumi config rm --path '${SECRETS}.${name}'`,
    }));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A plain text, such as the name of an environment.
    return text;
  }
}
