import type { IncomingHttpHeaders } from 'node:http';
import { Encrypter } from 'age-encryption';
import { z } from 'zod';
import { HttpFault } from '../../shared/http.ts';

/** How an export is encrypted on its way. */
export type Encryption =
  | { readonly by: 'none' }
  | { readonly by: 'age'; readonly recipients: readonly string[] }
  | { readonly by: 'age-passphrase'; readonly passphrase: string }
  | { readonly by: 'openssl'; readonly passphrase: string };

/** A shorter passphrase can be guessed by trying, at leisure, by whoever has the file. */
const MIN_PASSPHRASE = 16;
const MAX_PASSPHRASE = 1_024;
const MAX_RECIPIENTS = 16;

/** Headers, and the members of a body of JSON that say the same. */
const WAYS = {
  'x-age-recipient': 'age_recipient',
  'x-age-passphrase': 'age_passphrase',
  'x-openssl-passphrase': 'openssl_passphrase',
} as const;

const body = z.strictObject({
  age_recipient: z.string().optional(),
  age_passphrase: z.string().optional(),
  openssl_passphrase: z.string().optional(),
});

/** What in an address looks as if it were to encrypt something. */
const SECRET_IN_URL = /pass|secret|password|recipient|openssl|age[-_]|key|token/i;

/**
 * A URL ends up in logs, histories and proxies.
 *
 * @throws HttpFault 400 where a parameter of the address is a passphrase or the like
 */
export function refuseSecretsInUrl(query: unknown): void {
  const names = typeof query === 'object' && query !== null ? Object.keys(query) : [];
  const found = names.find((name) => SECRET_IN_URL.test(name));
  if (found === undefined) return;
  throw new HttpFault(400, {
    error: 'secret_in_url',
    reason: `the parameter ${JSON.stringify(found.slice(0, 40))} stands in the address, which proxies, logs and shell histories keep; nothing was exported`,
    remedy: `send it as a header (${Object.keys(WAYS).join(', ')}) or in the JSON body of POST /export/all; a passphrase that was sent so is no secret any more: choose another`,
  });
}

/**
 * What a request wants, by its headers and its body.
 *
 * @param sent the body, parsed; undefined for none
 * @throws HttpFault 400 for what is no recipient or too short, and for two ways at once
 */
export async function encryptionOf(headers: IncomingHttpHeaders, sent: unknown): Promise<Encryption> {
  const inBody = parseBody(sent);
  const given = Object.entries(WAYS).flatMap(([header, member]) => [
    ...valuesOf(headers[header]).map((text) => ({ name: header, member, text: inAscii(header, text) })),
    ...valuesOf(inBody[member]).map((text) => ({ name: member, member, text })),
  ]);
  const [first, second] = given;
  if (first === undefined) return { by: 'none' };
  if (second !== undefined) {
    throw bad('two_encryptions', `both ${first.name} and ${second.name} are given`, 'give one of them');
  }
  if (first.member === 'age_recipient') return { by: 'age', recipients: await recipientsOf(first.text) };
  const passphrase = checkPassphrase(first.name, first.text);
  return first.member === 'age_passphrase' ? { by: 'age-passphrase', passphrase } : { by: 'openssl', passphrase };
}

function parseBody(sent: unknown): z.output<typeof body> {
  const result = body.safeParse(sent ?? {});
  if (result.success) return result.data;
  // What was sent is not repeated: it may be a passphrase under a wrong name.
  throw bad(
    'bad_body',
    `the body is no object with one of ${Object.values(WAYS).join(', ')} as text`,
    'send {"age_recipient": "age1…"}, or no body',
  );
}

function valuesOf(value: string | string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}

/** Of others it is not known in which characters they were sent, and the file could not be opened. */
function inAscii(name: string, text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  throw bad('bad_passphrase', `the header ${name} holds more than ASCII`, 'send it in the body of POST /export/all');
}

function checkPassphrase(name: string, text: string): string {
  const length = [...text].length;
  if (length >= MIN_PASSPHRASE && length <= MAX_PASSPHRASE) return text;
  const reason = `${name} has ${length} characters; ${MIN_PASSPHRASE} to ${MAX_PASSPHRASE} are taken, because whoever has the file can try all short ones`;
  throw bad('bad_passphrase', reason, 'make one: openssl rand -base64 24; or better, use an age recipient');
}

async function recipientsOf(text: string): Promise<readonly string[]> {
  const recipients = text.split(',').map((each) => each.trim());
  const remedy = 'send the public key that age-keygen printed: age1…; several with commas between';
  if (recipients.length > MAX_RECIPIENTS) {
    throw bad('bad_recipient', `there are more than ${MAX_RECIPIENTS} recipients`, remedy);
  }
  for (const recipient of recipients) {
    try {
      const encrypter = new Encrypter();
      encrypter.addRecipient(recipient);
      await encrypter.encrypt(new Uint8Array(0));
    } catch {
      const secret = /^age-secret-key/i.test(recipient);
      const what = secret ? 'a secret key, which nobody else should have' : 'no recipient of age';
      throw bad('bad_recipient', `what was sent as an age recipient is ${what}`, remedy);
    }
  }
  return recipients;
}

function bad(error: string, reason: string, remedy: string): HttpFault {
  return new HttpFault(400, { error, reason, remedy });
}
