/** A terminal that remembers, and folders that go away. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Io } from '../../../cli/io.ts';

export interface Terminal extends Io {
  readonly stdout: () => string;
  readonly stderr: () => string;
}

export function terminal(options: Partial<Pick<Io, 'cwd' | 'env' | 'color' | 'progress'>> = {}): Terminal {
  let [stdout, stderr] = ['', ''];
  return {
    cwd: '/nowhere',
    env: {},
    color: false,
    interactive: false,
    progress: false,
    ...options,
    out: (text) => {
      stdout += text;
    },
    err: (text) => {
      stderr += text;
    },
    stdout: () => stdout,
    stderr: () => stderr,
  };
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'chainwatch-unit-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
