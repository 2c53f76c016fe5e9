import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { settingsSchema } from '../../../services/receiver/settings.ts';
import { addressOf, isLoopback, parseListen } from '../../../services/shared/address.ts';
import { parseDuration } from '../../../services/shared/duration.ts';
import { loadSettings, SettingsError, type SettingsSources } from '../../../services/shared/settings.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainwatch-settings-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function file(text: string): string {
  const path = join(folder, `settings-${files++}.yaml`);
  writeFileSync(path, text);
  return path;
}

function problemsOf(sources: SettingsSources): string[] {
  try {
    loadSettings(settingsSchema, sources);
  } catch (error) {
    if (error instanceof SettingsError) return error.message.replaceAll(folder, '').split('\n');
    throw error;
  }
  return [];
}

describe('loadSettings', () => {
  test('has a default for everything', () => {
    expect(loadSettings(settingsSchema, {})).toMatchObject({
      listen: { host: '127.0.0.1', port: 2021 },
      database: 'receiver.db',
      retention: 30 * 86_400_000,
      debug: false,
      logLevel: 'info',
    });
  });

  test('lets the environment win over the file, and flags over both', () => {
    const path = file('{"retention": "7d", "database": "/file.db", "listen": "127.0.0.1:1"}');
    const env = {
      CHAINWATCH_SETTING_DATABASE: '1234',
      CHAINWATCH_SETTING_MAX_BODY_BYTES: '2048',
      CHAINWATCH_SETTING_DEBUG: 'true',
      CHAINWATCH_SETTING_GRAFANA_SIGNATURE_HEADERS: '[X-A, X-B]',
      CHAINWATCH_SETTING_LISTEN: '127.0.0.1:2',
      CHAINWATCH_RECEIVER_PORT: 'tcp://10.0.0.1:2021',
    };
    const settings = loadSettings(settingsSchema, {
      file: path,
      env,
      flags: { listen: '127.0.0.1:3', other: undefined },
    });
    expect(settings).toMatchObject({
      retention: 7 * 86_400_000,
      // Text stays text, even where YAML would read a number.
      database: '1234',
      maxBodyBytes: 2048,
      debug: true,
      grafanaSignatureHeaders: ['X-A', 'X-B'],
      listen: { host: '127.0.0.1', port: 3 },
    });
  });

  test('reads deeper keys from the environment', () => {
    const schema = z.strictObject({ store: z.strictObject({ keepDays: z.int().default(1) }).optional() });
    expect(loadSettings(schema, { env: { CHAINWATCH_SETTING_STORE__KEEP_DAYS: '5' } })).toEqual({
      store: { keepDays: 5 },
    });
  });

  test('lists every problem with its path and the nearest name', () => {
    const text = 'tokenFiel: /x\nretention: 5\nmaxBodyBytes: 12\nwatchdogStaleAfter: soon\nlisten: nowhere\n';
    expect(problemsOf({ file: file(text), env: { CHAINWATCH_SETTING_DEBUG: 'maybe' } }).sort()).toEqual([
      'debug: wants a boolean, not a string',
      'listen: "nowhere" is not HOST:PORT; write for example "127.0.0.1:2021" or "0.0.0.0:2021"',
      'maxBodyBytes: wants at least 1024',
      'retention: needs a duration with its unit, such as "30s", "10m" or "30d"',
      'tokenFiel: unknown setting; did you mean "tokenFile"?',
      'watchdogStaleAfter: "soon" is not a duration; write a number and its unit, such as "30s", "10m" or "30d"',
    ]);
  });

  test('refuses to be reachable by everybody without knowing who sends', () => {
    expect(problemsOf({ flags: { listen: '0.0.0.0:2021' } })).toEqual([
      'tokenFile: needed, because 0.0.0.0 can be reached from other machines (or set grafanaSecretFile, or allowUnauthenticated: true)',
    ]);
    expect(problemsOf({ flags: { listen: '0.0.0.0:2021', tokenFile: '/x' } })).toEqual([]);
    expect(problemsOf({ flags: { listen: '0.0.0.0:2021', allowUnauthenticated: true } })).toEqual([]);
  });

  test.each([
    ['a file that is not there', '/nowhere.yaml', 'does not exist'],
    ['two equal keys', 'debug: true\ndebug: false\n', ':2: Map keys must be unique'],
    ['broken YAML', 'debug: [\n', ':2: '],
    ['a list', '- debug\n', 'holds no mapping'],
  ])('says what is wrong with %s', (_name, text, reason) => {
    const path = text.startsWith('/') ? text : file(text);
    expect(problemsOf({ file: path }).join('\n')).toContain(reason);
  });

  test('takes an empty file for no settings', () => {
    expect(problemsOf({ file: file('# nothing\n') })).toEqual([]);
  });

  test('throws nothing but a SettingsError on any file', () => {
    const value = fc.jsonValue({ maxDepth: 2 });
    const keys = fc.constantFrom('listen', 'retention', 'debug', 'tokenFile', '__proto__', 'grafanaSignatureHeaders');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.dictionary(keys, value).map((x) => JSON.stringify(x)),
          fc.string(),
        ),
        (text) => {
          problemsOf({ file: file(text) });
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('parseDuration', () => {
  test.each([
    ['500ms', 500],
    ['10m', 600_000],
    ['1h30m', 5_400_000],
    ['2w', 1_209_600_000],
    ['0s', 0],
  ])('%s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each(['', '10', 'm', '10 m', '-1s', '1.5h', '1h 2m', '99999999999999999d'])('"%s" is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe('parseListen', () => {
  test.each([
    ['127.0.0.1:2021', { host: '127.0.0.1', port: 2021 }],
    ['[::1]:0', { host: '::1', port: 0 }],
    [':8080', { host: '0.0.0.0', port: 8080 }],
    ['localhost:1', { host: 'localhost', port: 1 }],
  ])('%s', (text, listen) => {
    expect(parseListen(text)).toEqual(listen);
  });

  test.each(['', '2021', 'a:b', 'a:70000', '::1:80', '[nope]:80'])('"%s" is none', (text) => {
    expect(parseListen(text)).toBeUndefined();
  });

  test('knows what others can reach', () => {
    expect(['127.0.0.1', '127.9.9.9', '::1', 'localhost'].every(isLoopback)).toBe(true);
    expect(['0.0.0.0', '::', '10.0.0.1', '127.evil.org'].some(isLoopback)).toBe(false);
    expect(addressOf('::', 80).url).toBe('http://[::1]:80');
    expect(addressOf('0.0.0.0', 80).url).toBe('http://127.0.0.1:80');
  });
});
