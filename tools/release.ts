import { execFile } from 'node:child_process';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { downloadFile, downloadText } from './download.ts';
import { fill, type Platform } from './platform.ts';
import type { Report } from './report.ts';
import type { ReleaseSpec } from './spec.ts';

const run = promisify(execFile);

/** Where a release's files lie, without a slash at the end. `CHAINWATCH_RELEASES` names a mirror of the same layout. */
export const RELEASE_HOST = 'https://github.com';

export interface ReleaseRequest {
  readonly version: string;
  readonly release: ReleaseSpec;
  readonly programs: readonly string[];
  readonly platform: Platform;
  readonly host: string;
  /** An empty folder; afterwards it holds the programs and nothing else. */
  readonly into: string;
  readonly report: Report;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Downloads a release archive, checks it against the sums file of the same release and takes the programs out of it.
 * @returns the archive's address
 * @throws Error that names the address; nothing of an archive with a wrong sum is ever unpacked
 */
export async function fetchRelease({
  version,
  release,
  programs,
  platform,
  host,
  into,
  report,
  signal,
}: ReleaseRequest): Promise<string> {
  const values = { version, os: platform.os, arch: platform.arch };
  const archive = fill(release.archive, values);
  const folder = `${host}/${release.repository}/releases/download/${release.tag}`;
  const url = `${folder}/${archive}`;
  const sumsFile = fill(release.sums, values);
  report('download', sumsFile);
  const sums = parseSums(await downloadText(`${folder}/${sumsFile}`, { signal }));
  const expected = sums.get(archive);
  if (expected === undefined) throw new Error(`${folder}/${sumsFile} has no line for ${archive}`);

  const file = join(into, archive);
  const found = await downloadFile(url, file, {
    signal,
    onBytes: (received, total) => {
      const of = total === undefined ? '' : ` of ${megabytes(total)}`;
      report(
        'download',
        `${archive}: ${megabytes(received)}${of} MB`,
        total === undefined ? undefined : received / total,
      );
    },
  });
  report('verify', archive);
  if (found !== expected)
    throw new Error(`${url} is corrupt: its SHA-256 is ${found}, and ${sumsFile} says ${expected}`);

  report('unpack', archive);
  const members = programs.map((program) => fill(release.member, { ...values, program }));
  await unpack(file, members, into, signal);
  await rm(file);
  return url;
}

/** Lines as `sha256sum` prints them: sum, space, space or star, file name; a path before the name is dropped. */
export function parseSums(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').map((line) => /^([0-9a-fA-F]{64})\s+[ *]?(\S.*?)\s*$/.exec(line));
  return new Map(
    lines.flatMap((match) => (match?.[1] && match[2] ? [[basename(match[2]), match[1].toLowerCase()]] : [])),
  );
}

async function unpack(
  file: string,
  members: readonly string[],
  into: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  // In a folder of its own: an archive may hold a folder of the program's own name.
  const unpacked = join(into, '.unpacked');
  await mkdir(unpacked);
  try {
    await run('tar', ['-xzf', file, '-C', unpacked, ...members], signal ? { signal } : {});
  } catch (error) {
    signal?.throwIfAborted();
    throw new Error(
      `tar could not take ${members.join(', ')} out of ${basename(file)}: ${error instanceof Error ? error.message : error}`,
    );
  }
  for (const member of members) await rename(join(unpacked, member), join(into, basename(member)));
  await rm(unpacked, { recursive: true });
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
