import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findSecrets, resolvedFolder, resolveSecrets, SecretsError, secretVariable } from '../../../local/secrets.ts';
import { temporaryFolder } from './terminal.ts';

function fileIn(folder: string, name: string, text: string, mode = 0o600): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, name);
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

const modeOf = (path: string) => statSync(path).mode & 0o777;

describe('the variable of a secret', () => {
  test.each([
    ['slackWebhook', 'CHAINWATCH_SECRET_SLACK_WEBHOOK'],
    ['pagerdutyRoutingKey', 'CHAINWATCH_SECRET_PAGERDUTY_ROUTING_KEY'],
    ['l1RpcUrl', 'CHAINWATCH_SECRET_L1_RPC_URL'],
    ['rpcURLToken', 'CHAINWATCH_SECRET_RPC_URL_TOKEN'],
    ['token', 'CHAINWATCH_SECRET_TOKEN'],
  ])('%s is %s', (name, variable) => {
    expect(secretVariable(name)).toBe(variable);
  });

  test('is always one that a shell can set', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z][A-Za-z0-9]{0,20}$/), (name) => {
        expect(secretVariable(name)).toMatch(/^CHAINWATCH_SECRET_[A-Z][A-Z0-9_]*$/);
      }),
    );
  });
});

describe('secrets are gathered', () => {
  test('from the environment into a file that only we may read', () => {
    const folder = join(temporaryFolder(), 'secrets');
    const env = { CHAINWATCH_SECRET_RPC_URL: 'https://example.org/key' };
    const resolved = resolveSecrets(['rpcUrl'], { folder, env });
    const file = join(resolved.folder, 'rpcUrl');
    expect(resolved.folder).toBe(resolvedFolder(folder));
    expect(readFileSync(file, 'utf8')).toBe('https://example.org/key');
    expect([modeOf(file), modeOf(resolved.folder), modeOf(folder)]).toEqual([0o600, 0o700, 0o700]);
    expect(resolved.values.get('rpcUrl')).toBe('https://example.org/key');
  });

  test('from a file, so that a change of it is seen', () => {
    const folder = join(temporaryFolder(), 'secrets');
    const own = fileIn(folder, 'token', 'first\n');
    const { folder: into, values } = resolveSecrets(['token'], { folder, env: {} });
    expect(values.get('token')).toBe('first');
    writeFileSync(own, 'second\n');
    expect(readFileSync(join(into, 'token'), 'utf8')).toBe('second\n');
  });

  test('the environment wins, and leaves the file of the person alone', () => {
    const folder = join(temporaryFolder(), 'secrets');
    const own = fileIn(folder, 'token', 'from file');
    const { folder: into } = resolveSecrets(['token'], { folder, env: { CHAINWATCH_SECRET_TOKEN: 'from env' } });
    expect(readFileSync(join(into, 'token'), 'utf8')).toBe('from env');
    expect(readFileSync(own, 'utf8')).toBe('from file');
    // Without the variable the file counts again: the value of a run never outlives it.
    resolveSecrets(['token'], { folder, env: {} });
    expect(readFileSync(join(into, 'token'), 'utf8')).toBe('from file');
  });

  test('generated ones are made once, at random', () => {
    const folder = join(temporaryFolder(), 'secrets');
    const sources = { folder, env: {}, generate: ['receiverToken'] };
    const first = resolveSecrets(['receiverToken'], sources).values.get('receiverToken');
    expect(first).toMatch(/^[\w-]{43}$/);
    expect(resolveSecrets(['receiverToken'], sources).values.get('receiverToken')).toBe(first);
    expect(modeOf(join(folder, 'receiverToken'))).toBe(0o600);
    const other = resolveSecrets(['receiverToken'], { ...sources, folder: join(temporaryFolder(), 'secrets') });
    expect(other.values.get('receiverToken')).not.toBe(first);
  });

  test('what is no longer needed is not left lying there', () => {
    const folder = join(temporaryFolder(), 'secrets');
    const env = { CHAINWATCH_SECRET_A: 'a', CHAINWATCH_SECRET_B: 'b' };
    const { folder: into } = resolveSecrets(['a', 'b'], { folder, env });
    resolveSecrets(['b'], { folder, env });
    expect(readdirSync(into)).toEqual(['b']);
  });
});

describe('what is missing or unusable', () => {
  test('is one error that names all, each with the remedy, and writes nothing', () => {
    const folder = join(temporaryFolder(), 'secrets');
    const open = fileIn(folder, 'open', 'x', 0o644);
    fileIn(folder, 'empty', ' \n');
    mkdirSync(join(folder, 'folder'));
    const env = { CHAINWATCH_SECRET_GOOD: 'x', CHAINWATCH_SECRET_BLANK: '' };
    const resolve = () => resolveSecrets(['open', 'empty', 'folder', 'absent', 'blank', 'good'], { folder, env });
    expect(resolve).toThrow(SecretsError);
    expect(resolve).toThrow('5 secrets are missing or unusable:');
    expect(resolve).toThrow(
      `absent: set CHAINWATCH_SECRET_ABSENT, or write it into ${join(folder, 'absent')} (mode 0600)`,
    );
    expect(resolve).toThrow('blank: set CHAINWATCH_SECRET_BLANK');
    expect(resolve).toThrow(`open: others on this machine may read ${open} (mode 0644): chmod 0600 ${open}`);
    expect(resolve).toThrow('empty is empty');
    expect(resolve).toThrow('folder is no file');
    expect(existsSync(resolvedFolder(folder))).toBe(false);
  });

  test('is blank in the environment too: no reader would find a secret in it', () => {
    const folder = join(temporaryFolder(), 'secrets');
    const env = { CHAINWATCH_SECRET_SPACES: '  \n' };
    expect(() => resolveSecrets(['spaces'], { folder, env })).toThrow(
      'spaces: CHAINWATCH_SECRET_SPACES is blank: give it the secret',
    );
    expect(existsSync(resolvedFolder(folder))).toBe(false);
  });

  test('can be asked for without an error and without a trace', () => {
    const folder = join(temporaryFolder(), 'secrets');
    const env = { CHAINWATCH_SECRET_B: 'x' };
    const found = findSecrets(['c', 'b', 'a', 'b'], { folder, env, generate: ['c'] });
    expect(found.map(({ name, origin }) => [name, origin])).toEqual([
      ['a', 'missing'],
      ['b', 'environment'],
      ['c', 'generated'],
    ]);
    expect(JSON.stringify(found)).not.toContain('"x"');
    expect(existsSync(folder)).toBe(false);
  });
});
