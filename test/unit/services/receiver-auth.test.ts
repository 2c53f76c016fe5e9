import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Authenticator, type AuthOptions } from '../../../services/receiver/auth.ts';
import { SecretFile } from '../../../services/shared/secretFile.ts';

const OLD_TOKEN = 'old-token-old-token-old';
const NEW_TOKEN = 'new-token-new-token-new';
const SECRET = 'grafana-secret-grafana-secret';
const NOW = 1_780_000_000_000;
const BODY = Buffer.from('{"version":"1","alerts":[]}');

let folder: string;
let tokens: SecretFile;
let grafanaSecrets: SecretFile;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainwatch-auth-'));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return new SecretFile(join(folder, name), { holds: name });
  };
  tokens = file('token', `# rotating\n${OLD_TOKEN}\n${NEW_TOKEN}\n`);
  grafanaSecrets = file('grafana', `${SECRET}\n`);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function authenticator(options: Partial<AuthOptions> = {}): Authenticator {
  return new Authenticator({
    tokens,
    grafanaSecrets,
    signatureHeaders: ['x-grafana-alerting-signature', 'x-grafana-alert-signature'],
    timestampHeader: undefined,
    now: () => NOW,
    ...options,
  });
}

const sign = (text: string | Buffer, secret = SECRET) => createHmac('sha256', secret).update(text).digest('hex');
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('Authenticator', () => {
  test('takes every token of the file', () => {
    expect(authenticator().beforeBody(bearer(OLD_TOKEN))).toBe('accepted');
    expect(authenticator().beforeBody({ authorization: `bearer  ${NEW_TOKEN}` })).toBe('accepted');
  });

  test.each([
    ['no credentials', {}],
    ['another token', bearer('x'.repeat(23))],
    ['a prefix of a token', bearer(OLD_TOKEN.slice(0, -1))],
    ['another scheme', { authorization: `Basic ${OLD_TOKEN}` }],
    ['a comment line', bearer('# rotating')],
  ])('refuses %s', (_name, headers) => {
    expect(() => authenticator().beforeBody(headers)).toThrow();
  });

  test('lets everybody in where nothing is configured', () => {
    expect(authenticator({ tokens: undefined, grafanaSecrets: undefined }).beforeBody({})).toBe('accepted');
  });

  test.each(['x-grafana-alerting-signature', 'x-grafana-alert-signature'])('checks the signature in %s', (header) => {
    const auth = authenticator();
    expect(auth.beforeBody({ [header]: sign(BODY) })).toBe('check signature');
    expect(() => auth.signature({ [header]: sign(BODY) }, BODY)).not.toThrow();
    expect(() => auth.signature({ [header]: sign(BODY, 'another-secret-another') }, BODY)).toThrow(/does not fit/);
    expect(() => auth.signature({ [header]: sign(BODY) }, Buffer.from('{}'))).toThrow(/does not fit/);
    expect(() => auth.signature({ [header]: 'sha256=00' }, BODY)).toThrow(/hexadecimal/);
  });

  test('a signature says nothing where no secret is configured', () => {
    const headers = { 'x-grafana-alerting-signature': sign(BODY) };
    expect(() => authenticator({ grafanaSecrets: undefined }).beforeBody(headers)).toThrow(/no credentials/);
  });

  test('with a timestamp header, the signature covers the time, and must be fresh', () => {
    const auth = authenticator({ timestampHeader: 'x-when' });
    const at = (seconds: number) => ({
      'x-grafana-alerting-signature': sign(`${seconds}:${BODY}`),
      'x-when': String(seconds),
    });
    const now = NOW / 1000;
    expect(() => auth.signature(at(now - 200), BODY)).not.toThrow();
    expect(() => auth.signature(at(now - 301), BODY)).toThrow(/last 300 s/);
    expect(() => auth.signature(at(now + 301), BODY)).toThrow(/last 300 s/);
    expect(() => auth.signature({ ...at(now), 'x-when': String(now - 1) }, BODY)).toThrow(/does not fit/);
    expect(() => auth.signature({ 'x-grafana-alerting-signature': sign(BODY) }, BODY)).toThrow(/missing/);
  });
});
