import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { VersionProbe } from './spec.ts';
import { parseVersion } from './version.ts';

const PROBE_TIMEOUT_MS = 10_000;

export type Probed = { readonly version: string } | { readonly reason: string };

/** Whether the path is a file that this user may execute. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * All executables of that name on PATH, first first. Without `node_modules/.bin`, which npm puts there: what lies in it are wrappers
 * in JavaScript, and a wrapper between us and a program doubles signals.
 */
export function findOnPath(name: string, path: string | undefined): readonly string[] {
  const folders = new Set(
    (path ?? '').split(delimiter).filter((folder) => folder !== '' && !folder.endsWith(join('node_modules', '.bin'))),
  );
  return [...folders].map((folder) => join(folder, name)).filter(isExecutable);
}

/** Runs the program to learn its version, e.g. `3.15.0`; a program that does not run or says nothing of the kind gives the reason. */
export function probeVersion(path: string, probe: VersionProbe, signal?: AbortSignal): Promise<Probed> {
  return new Promise((resolve, reject) => {
    const options = { timeout: PROBE_TIMEOUT_MS, killSignal: 'SIGKILL', ...(signal && { signal }) } as const;
    execFile(path, [...probe.args], options, (error, stdout, stderr) => {
      if (signal?.aborted) return reject(signal.reason);
      // Some print their version to stderr, and some of those exit with 1.
      const version = probe.pattern.exec(`${stdout}\n${stderr}`)?.[1]?.replace(/^v/, '');
      const command = [path, ...probe.args].join(' ');
      if (version !== undefined && parseVersion(version)) return resolve({ version: version.replace(/-stable$/, '') });
      if (error?.killed)
        return resolve({ reason: `\`${command}\` did not answer within ${PROBE_TIMEOUT_MS / 1000} s` });
      if (error) return resolve({ reason: `\`${command}\` fails: ${firstLine(stderr) || firstLine(error.message)}` });
      resolve({ reason: `\`${command}\` states no version` });
    });
  });
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}
