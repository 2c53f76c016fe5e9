import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, expect, test } from 'vitest';
import { ZipFile } from 'yazl';
import { zipEntries } from '../../../cli/peers/zipEntries.ts';

const folder = mkdtempSync(join(tmpdir(), 'chainwatch-zip-'));
afterAll(() => rmSync(folder, { recursive: true }));

// With more than 65,534 files an archive has the longer form of the end.
test.each([
  [0, false],
  [1, false],
  [300, false],
  [0, true],
  [300, true],
])('an archive of %i files says so, in the form for many too: %s', async (files, forceZip64Format) => {
  const path = join(folder, `${files}.zip`);
  const zip = new ZipFile();
  for (let at = 0; at < files; at += 1) zip.addBuffer(Buffer.from('[]'), `${at}.json`);
  zip.end({ forceZip64Format, comment: '' });
  await pipeline(zip.outputStream, createWriteStream(path));
  expect(await zipEntries(path)).toBe(files);
});

test.each(['', 'short', 'no archive, and longer than the end of one'])('of "%s" nothing is said', async (text) => {
  const path = join(folder, 'text');
  writeFileSync(path, text);
  expect(await zipEntries(path)).toBeUndefined();
});
