import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '../../../services/shared/log.ts';
import { SecretFile } from '../../../services/shared/secretFile.ts';
import { SecretScrubber } from '../../../services/shared/secrets.ts';

const FIRST = 'first-secret-first-secret';
const SECOND = 'second-secret-second-secret';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainwatch-secret-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function write(text: string, mode = 0o600): string {
  const path = join(folder, `secret-${files++}`);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

/** A secret file with a clock of its own: each look is later than the recheck interval. */
function open(path: string, strict = false): SecretFile {
  let now = 0;
  return new SecretFile(path, { holds: 'token', strict, now: () => (now += 2_000) });
}

describe('SecretFile', () => {
  test('holds one secret per line, without comments and blanks', () => {
    const file = open(write(`# since May\n\n  ${FIRST}  \r\n${SECOND}\n`));
    expect(file.current()).toEqual([FIRST, SECOND]);
    expect(file.accepts(SECOND)).toBe(true);
    expect(file.accepts('')).toBe(false);
  });

  test('sees a change', () => {
    const path = write(FIRST);
    const file = open(path);
    writeFileSync(path, SECOND);
    expect(file.accepts(FIRST)).toBe(false);
    expect(file.accepts(SECOND)).toBe(true);
  });

  test('sees a change by a link on the way, as Kubernetes swaps a Secret', () => {
    for (const [name, text] of [
      ['v1', FIRST],
      ['v2', SECOND],
    ] as const) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'token'), text, { mode: 0o600 });
    }
    symlinkSync('v1', join(folder, 'data'));
    const file = open(join(folder, 'data', 'token'));
    expect(file.current()).toEqual([FIRST]);
    symlinkSync('v2', join(folder, 'data-next'));
    renameSync(join(folder, 'data-next'), join(folder, 'data'));
    expect(file.current()).toEqual([SECOND]);
  });

  test('refuses what nobody can mean: a secret of which two lines say different things, or what its user does not know', () => {
    const problemOf = (rest: string) => (rest === 'known' || rest === '' ? undefined : 'says what is not known');
    const openWith = (text: string) => () => new SecretFile(write(text), { holds: 'token', problemOf });
    expect(openWith(`${FIRST} known\n# ${FIRST}\n${FIRST}   known\n${SECOND}\n`)().current()).toHaveLength(3);
    expect(openWith(`${FIRST} known\n\n${FIRST}\n`)).toThrow(/^line 3 of the token file .* something else of a secret/);
    expect(openWith(`${FIRST}\n${SECOND} ${FIRST}\n`)).toThrow(/^line 2 of the token file \S+ says what is not known$/);
  });

  test.each([
    ['goes away', (path: string) => rmSync(path), 'does not exist'],
    ['is empty', (path: string) => writeFileSync(path, ''), 'is empty'],
    ['holds a short line', (path: string) => writeFileSync(path, 'short'), 'shorter than 16'],
  ])('keeps the last good secret while the file %s, and says so', (_name, spoil, problem) => {
    const path = write(FIRST);
    const file = open(path);
    expect(file.problem()).toBeUndefined();
    spoil(path);
    expect(file.accepts(FIRST)).toBe(true);
    expect(file.problem()).toContain(problem);
    writeFileSync(path, SECOND, { mode: 0o600 });
    expect(file.problem()).toBeUndefined();
    expect(file.accepts(FIRST)).toBe(false);
  });

  test.each([
    ['missing', () => join(folder, 'nowhere'), /does not exist/],
    ['empty', () => write('# only words\n'), /is empty/],
    ['short', () => write(`${FIRST}\nshort\n`), /line 2 .* shorter than 16/],
    ['writable by everybody', () => write(FIRST, 0o602), /everybody may write/],
    ['a folder', () => folder, /cannot be read/],
  ])('refuses a file that is %s', (_name, make, reason) => {
    expect(() => open(make())).toThrow(reason);
  });

  test('refuses a file that everybody can read only where strict', () => {
    const path = write(FIRST, 0o644);
    expect(() => open(path, true)).toThrow(/may read .* \(mode 0644\)/);
    expect(open(path).current()).toEqual([FIRST]);
  });
});

describe('SecretScrubber', () => {
  const secrets = new SecretScrubber();
  secrets.add(() => [FIRST, 'with"quote-and-more']);

  test('takes known secrets out, also as JSON writes them', () => {
    expect(secrets.scrub(`a ${FIRST} b ${JSON.stringify('with"quote-and-more')}`)).toBe('a [redacted] b "[redacted]"');
  });

  test('takes out what looks like a credential in the text of others', () => {
    const text = 'https://user:pw@rpc.example/v2?apiKey=abc&x=1 {"token":"t\\"x","password" : "p","name":"n"}';
    expect(secrets.scrubForeign(text)).toBe(
      'https://[redacted]@rpc.example/v2?apiKey=[redacted]&x=1 {"token":"[redacted]","password" : "[redacted]","name":"n"}',
    );
  });

  test('is quick on texts made to be slow', () => {
    // Of the processor: a busy machine makes anything slow.
    const begun = process.cpuUsage();
    secrets.scrubForeign(
      `//${'a'.repeat(200_000)}?${'key'.repeat(60_000)}"${'_'.repeat(200_000)}${'"token'.repeat(20_000)}`,
    );
    expect(process.cpuUsage(begun).user / 1000).toBeLessThan(2_000);
  });

  test('a log line never holds one', () => {
    const lines: string[] = [];
    const log = createLogger('test', 'info', secrets, { write: (line) => lines.push(line) });
    log.info(
      { headers: { authorization: 'Bearer x' }, deep: { er: { token: 'y' } }, url: `/?t=${FIRST}` },
      `it is ${FIRST}`,
    );
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'info',
      service: 'test',
      headers: { authorization: '[redacted]' },
      deep: { er: { token: '[redacted]' } },
      url: '/?t=[redacted]',
      msg: 'it is [redacted]',
    });
    expect(lines[0]).toMatch(/^[^\n]*\n$/);
  });
});
