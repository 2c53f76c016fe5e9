/** The configuration as Pulumi's engine hands it over: texts by full key, structured values as JSON, secrets already decrypted. */
import { ConfigError, type Fault } from './faults.ts';
import { OWN_TOKENS } from './ownTokens.ts';
import { NAMESPACE } from './parse.ts';

const SECRETS = `${NAMESPACE}secrets`;
const MIN_TOKEN_CHARACTERS = 16;

/**
 * The keys of our namespace, as a stack file would hold them. Of `chainwatch:secrets` only the names are kept,
 * each as in the file, where it is encrypted.
 * @param encrypted full keys of the values that Pulumi holds encrypted
 * @throws ConfigError naming each other key that holds a secret,, each secret that is empty, and a token of ours that is too short
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
    ...own.flatMap(([key, text]) => (key === SECRETS ? unusableIn(text) : [])),
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
function unusableIn(text: string): Fault[] {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, secret]) => {
    const wrong = typeof secret === 'string' ? wrongWith(name, secret) : undefined;
    if (wrong === undefined) return [];
    const set = `pulumi config set --secret --path '${SECRETS}.${name}' <value>`;
    const message = `${wrong}; set it: ${set}; or remove it: pulumi config rm --path '${SECRETS}.${name}'`;
    return [{ path: [SECRETS, name], message }];
  });
}

function wrongWith(name: string, secret: string): string | undefined {
  if (secret.trim() === '') return 'is empty';
  if (!OWN_TOKENS.includes(name)) return undefined;
  // As our services read it: several lines are several tokens.
  const tokens = secret.split('\n').map((line) => line.trim());
  const short = tokens.some((token) => token !== '' && !token.startsWith('#') && token.length < MIN_TOKEN_CHARACTERS);
  return short
    ? `is shorter than ${MIN_TOKEN_CHARACTERS} characters, so that it could be guessed; its reader would not start with it`
    : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A plain text, such as the name of an environment.
    return text;
  }
}
