import { createHash } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { runGo } from './go.ts';
import type { Platform } from './platform.ts';
import { findOnPath } from './probe.ts';
import type { Report } from './report.ts';
import type { GoSpec } from './spec.ts';

export interface BuildRequest {
  readonly go: GoSpec;
  /** Program name to its `main` package. */
  readonly packages: Readonly<Record<string, string>>;
  /** The folder with go.mod and go.sum. */
  readonly moduleFolder: string;
  readonly platform: Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** An empty folder; afterwards it holds the programs and nothing else. */
  readonly into: string;
  readonly report: Report;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Builds the programs of a family from the module versions that go.mod and go.sum pin; go checks every one of them against its sum.
 * @throws Error with go's own words
 */
export async function buildPrograms(request: BuildRequest): Promise<void> {
  const { packages, moduleFolder: cwd, platform, into, report, signal } = request;
  const [go] = findOnPath('go', request.env.PATH);
  if (go === undefined) throw new Error('go is not on PATH');
  const temporary = join(into, '.go');
  const output = join(into, '.built');
  await mkdir(temporary);
  const env = {
    ...request.env,
    CGO_ENABLED: '0',
    GOOS: platform.os,
    GOARCH: platform.arch,
    GOWORK: 'off',
    // Not empty: go would take an empty one for "not set" and read what `go env -w` has stored.
    GOFLAGS: '-mod=readonly',
    GOTMPDIR: temporary,
  };
  const tags = request.go.tags ? [`-tags=${request.go.tags.join(',')}`] : [];
  const mains = [...new Set(Object.values(packages))].sort();

  const modules = await countModules(join(cwd, 'go.sum'));
  let downloaded = 0;
  const onDownload = (line: string): void => {
    if (!line.startsWith('go: downloading ')) return;
    downloaded += 1;
    report('download', `module ${downloaded} of up to ${modules}`, Math.min(1, downloaded / modules));
  };
  report('build', 'looking at what is compiled already');
  const format = '{{if .Stale}}{{.ImportPath}}{{end}}';
  const listed = await runGo({
    go,
    args: ['list', '-deps', ...tags, '-f', format, ...mains],
    cwd,
    env,
    signal,
    onLine: onDownload,
  });
  const stale = new Set(listed.split('\n').filter((line) => line !== ''));

  let compiled = 0;
  const onCompile = (line: string): void => {
    onDownload(line);
    if (!stale.has(line)) return;
    compiled += 1;
    const detail = compiled < stale.size ? `${compiled} of ${stale.size} packages` : 'linking';
    // Linking is the slow end of it, and go does not tell how far it is.
    report('build', detail, compiled / (stale.size + mains.length));
  };
  const minutes = Math.ceil(request.go.coldSeconds / 60);
  const start = `0 of ${stale.size} packages${stale.size > 100 ? `, up to ${minutes} min on two cores` : ''}`;
  report('build', stale.size > mains.length ? start : 'linking', 0);
  // A folder, whether it is one program or several: go names the files as it likes.
  await mkdir(output);
  const flags = ['-v', '-buildvcs=false', '-ldflags', linkerFlags(request.go), ...tags];
  await runGo({ go, args: ['build', ...flags, '-o', output, ...mains], cwd, env, signal, onLine: onCompile });

  for (const [program, main] of Object.entries(packages))
    await link(join(output, builtName(main)), join(into, program));
  await rm(output, { recursive: true });
  await rm(temporary, { recursive: true, force: true });
}

/**
 * All that decides what comes out of the build, apart from go itself, as a short name: two clones with equal recipes can share the result.
 * @returns 12 hex digits
 */
export async function buildRecipe({
  go,
  packages,
  moduleFolder,
}: Pick<BuildRequest, 'go' | 'packages' | 'moduleFolder'>): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([packages, go.tags ?? [], linkerFlags(go)]));
  const entries = await readdir(moduleFolder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) hash.update(relative(moduleFolder, file)).update(await readFile(file));
  return hash.digest('hex').slice(0, 12);
}

/** The file name that `go build` gives a main package: the last element of its path that is not a major version. */
export function builtName(goPackage: string): string {
  const elements = goPackage.split('/');
  const last = elements.at(-1) ?? '';
  return (/^v\d+$/.test(last) ? elements.at(-2) : last) ?? last;
}

function linkerFlags({ stamp = {} }: GoSpec): string {
  return ['-s -w', ...Object.entries(stamp).map(([name, value]) => `-X ${name}=${value}`)].join(' ');
}

async function countModules(goSum: string): Promise<number> {
  const lines = (await readFile(goSum, 'utf8')).split('\n');
  return lines.filter((line) => line !== '' && !line.includes('/go.mod ')).length;
}
