import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exitCodes as early } from '../../../bin/failure.js';
import { exitCodes } from '../../../cli/exitCodes.ts';
import { EXIT } from '../../../services/shared/run.ts';

describe('exit codes', () => {
  it('are all in docs/exit-codes.md, and no other', () => {
    const page = readFileSync(new URL('../../../docs/exit-codes.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| (\d+) \| `(\w+)` \|/gm)].map(([, code, name]) => [name, Number(code)]);
    expect(Object.fromEntries(rows)).toEqual(exitCodes);
  });

  it('of a service are among them, and the page says what each code of `serve` means', () => {
    expect(exitCodes).toMatchObject({ ok: EXIT.stopped, failed: EXIT.failed, usage: EXIT.settings });
    expect(exitCodes.portInUse).toBe(EXIT.portInUse);
    const page = readFileSync(new URL('../../../docs/exit-codes.md', import.meta.url), 'utf8');
    const [, table = ''] = page.split('A service that cannot start ends');
    const codes = [...table.matchAll(/^\| (\d+) \| [^`]/gm)].map(([, code]) => Number(code));
    expect(codes.sort()).toEqual([EXIT.failed, EXIT.settings, EXIT.portInUse].sort());
  });

  it('of the bootstrap are the same', () => {
    expect(exitCodes).toMatchObject(early);
  });
});
