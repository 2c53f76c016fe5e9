import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { start } from './command.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'serve-settings-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('each setting is an option of its service; it wins over its variable, and that over the file', async () => {
  const file = join(folder, 'settings.yaml');
  writeFileSync(file, 'maxAhead: in the file\nhistory: in the file\nkeyGrace: in the file\n');
  const { code, stderr } = await start(
    ['serve', 'aggregator', '--settings', file, '--max-ahead', 'an option', '--peer-metrics-export', 'maybe'],
    {
      cwd: folder,
      env: { CHAINWATCH_SETTING_MAX_AHEAD: 'a variable', CHAINWATCH_SETTING_HISTORY: '0' },
    },
  ).ended;
  expect(code).toBe(2);
  expect(stderr).toContain('maxAhead: "an option" is not a duration');
  expect(stderr).toContain('history: wants at least 1');
  expect(stderr).toContain('keyGrace: "in the file" is not a duration');
  expect(stderr).toContain('peerMetricsExport: wants a boolean, not a string');
  expect(stderr).toContain('4 problems');
});

test('an option of another service is refused by its name', async () => {
  const { code, stderr } = await start(['serve', 'exporter', '--max-ahead', '5m'], { cwd: folder }).ended;
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('unknown option "--max-ahead"') });
});
