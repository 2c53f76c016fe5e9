/** The draft before promtool, where that is at hand. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Judged } from '../../../model/import/judge.ts';
import { promtoolRemarks } from '../../../model/import/promtool.ts';
import type { Remark } from '../../../model/import/types.ts';
import { locateProgram } from '../../../tools/index.ts';
import type { Io } from '../../io.ts';
import { check } from '../promtool.ts';

export interface DraftCheck {
  /** Whether promtool was at hand: only what is there is used, since a look must not wait for a build. */
  readonly checked: boolean;
  readonly remarks: readonly Remark[];
}

export async function checkDraft(
  files: ReadonlyMap<string, string>,
  { completed, remarks }: Judged,
  io: Io,
  signal: AbortSignal,
): Promise<DraftCheck> {
  const promtool = await locateProgram('promtool', { signal });
  if (!promtool) return { checked: false, remarks: [] };
  const folder = mkdtempSync(join(tmpdir(), 'chainwatch-import-'));
  try {
    for (const [name, text] of files) writeFileSync(join(folder, name), text);
    // Without its lint: two rules of one name are no fault in a draft.
    const said = await check(promtool.path, ['check', 'rules', '--lint=none', ...files.keys()], {
      cwd: folder,
      env: io.env,
      signal,
    });
    const lines = (said ?? '').split('\n').filter((line) => line.trim() !== '' && line.trim() !== 'FAILED:');
    return { checked: true, remarks: promtoolRemarks(lines, completed, remarks) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
