/** What `render` and the tests on a cluster are handed in place of what only a provider makes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SecretFile } from '../../services/shared/secretFile.ts';
import { at, text } from './policies/read.ts';
import { stackResources } from './stacks.ts';

test('a password that is made up is one that our services take', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'chainwatch-record-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const secret = (await stackResources('testnet')).find(
    ({ inputs }) => at(inputs, 'metadata', 'name') === 'receiver-secrets',
  );
  const file = join(folder, 'token');
  writeFileSync(file, text(at(secret?.inputs, 'stringData', 'receiverToken')), { mode: 0o600 });
  expect(new SecretFile(file, { holds: 'token' }).current()).toEqual([expect.stringMatching(/^made-up/)]);
});
