/** The configuration as Pulumi's engine hands it over: texts by full key, structured values as JSON, secrets already decrypted. */
import { z } from 'zod';
import { ConfigError, type Fault } from './faults.ts';
import { NATS_TOKEN, OWN_TOKENS } from './ownTokens.ts';
import { NAMESPACE } from './parse.ts';

const SECRETS = `${NAMESPACE}secrets`;
const SERVICES = `${NAMESPACE}services`;
const MIN_TOKEN_CHARACTERS = 16;

/**
 * The keys of our namespace, as a stack file would hold them. Of `chainwatch:secrets` only the names are kept,
 * each as in the file, where it is encrypted.
 * @param encrypted full keys of the values that Pulumi holds encrypted
 * @throws ConfigError naming each other key that holds a secret, each secret that is empty, and a token of ours that its reader would not take
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
    ...own.flatMap(([key, text]) => (key === SECRETS ? unusableIn(text, ownTokens(texts)) : [])),
  ];
  if (faults.length > 0) throw new ConfigError(faults, `the configuration of stack ${stack}`);
  return Object.fromEntries(own.map(([key, text]) => [key, key === SECRETS ? namesOf(text) : parsed(text)]));
}

function namesOf(text: string): unknown {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.keys(value).map((name) => [name, { secure: '' }]));
}

const WITH_NATS = z.object({ aggregator: z.object({ nats: z.object({ install: z.literal(true) }) }) });

/** A NATS that is there already has a token of somebody else's, in whatever form. */
function ownTokens(texts: Readonly<Record<string, string>>): readonly string[] {
  const brought = WITH_NATS.safeParse(parsed(texts[SERVICES] ?? '')).success;
  return brought ? OWN_TOKENS : OWN_TOKENS.filter((name) => name !== NATS_TOKEN);
}

/** Deployed as it is, it would be found out by the one who is not told of an alert. */
function unusableIn(text: string, own: readonly string[]): Fault[] {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, secret]) => {
    const wrong = typeof secret === 'string' ? wrongWith(secret, own.includes(name) ? name : undefined) : undefined;
    if (wrong === undefined) return [];
    const set = `pulumi config set --secret --path '${SECRETS}.${name}' <value>`;
    const message = `${wrong}; set it: ${set}; or remove it: pulumi config rm --path '${SECRETS}.${name}'`;
    return [{ path: [SECRETS, name], message }];
  });
}

/** What NATS takes for a text in its configuration, whatever it is: a number, a date or a quote is something else there. */
const PLAIN_WORD = /^[A-Za-z][A-Za-z0-9]*$/;

/** @param own its name where it is a token of ours */
function wrongWith(secret: string, own: string | undefined): string | undefined {
  if (secret.trim() === '') return 'is empty';
  if (own === undefined) return undefined;
  if (own === NATS_TOKEN && !PLAIN_WORD.test(secret))
    return 'is not a letter with letters and digits behind it: NATS reads it as a part of its configuration, and would not start with it';
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
