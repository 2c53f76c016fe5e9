import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '../bin/lock.js';
import { buildPrograms, buildRecipe } from './build.ts';
import { makeDraft, publish, readEntry } from './cache.ts';
import { type Platform, shorten } from './platform.ts';
import { probeVersion } from './probe.ts';
import { fetchRelease } from './release.ts';
import type { Report } from './report.ts';
import type { FamilySpec, ProgramTable } from './spec.ts';
import type { Attempt, Origin } from './types.ts';

export interface ObtainRequest {
  readonly family: string;
  /** Those that the caller needs; a release or a build brings the whole family. */
  readonly programs: readonly string[];
  readonly table: ProgramTable;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: Platform;
  readonly cache: string;
  /** Holds a folder with go.mod and go.sum for each family. */
  readonly goFolder: string;
  readonly releaseHost: string;
  readonly allows: (origin: Origin) => boolean;
  readonly report: Report;
  readonly signal?: AbortSignal | undefined;
}

export type Obtained =
  | { readonly paths: Readonly<Record<string, string>>; readonly version: string; readonly origin: Origin }
  | { readonly attempts: readonly Attempt[] };

/** A way to fill an entry of the cache. */
interface Maker {
  readonly origin: 'release' | 'build';
  readonly folder: string;
  /** Fills the folder, and says from what. */
  readonly make: (into: string) => Promise<string>;
}

/** Gets programs of one family from the cache, else from the official release, else by a build; what is got stays in the cache. */
export async function obtain(request: ObtainRequest): Promise<Obtained> {
  const { family, table, cache, allows, report, signal } = request;
  const spec = table.families[family];
  if (!spec) throw new Error(`tools/programs.ts: no family ${family}`);
  const makers = await makersOf(request, spec);

  const cached = await fromCache(request, spec, makers);
  const wanted = makers.filter(({ origin }) => allows(origin));
  if ('paths' in cached || wanted.length === 0) return cached;

  const onWait = ({ pid, host }: { pid: number; host: string }) =>
    report('wait', `process ${pid} on ${host}, which is getting it`);
  try {
    return await withLock(
      join(cache, 'tools', family, '.lock'),
      async () => {
        // Whoever held the lock before may have brought it.
        const meanwhile = await fromCache(request, spec, makers);
        return 'paths' in meanwhile ? meanwhile : await make(request, spec, wanted, meanwhile.attempts);
      },
      { onWait, ...(signal && { signal }) },
    );
  } catch (error) {
    signal?.throwIfAborted();
    return { attempts: [...cached.attempts, ...wanted.map(({ origin }) => ({ origin, reason: messageOf(error) }))] };
  }
}

async function makersOf(request: ObtainRequest, { version, release, go }: FamilySpec): Promise<readonly Maker[]> {
  const { family, platform, env, report, signal } = request;
  const folder = (suffix: string) =>
    join(request.cache, 'tools', family, `${version}-${platform.os}-${platform.arch}-${suffix}`);
  const programs = Object.keys(request.table.programs).filter(
    (name) => request.table.programs[name]?.family === family,
  );
  const makers: Maker[] = [];
  if (release) {
    const host = request.releaseHost;
    const make = (into: string) => fetchRelease({ version, release, programs, platform, host, into, report, signal });
    makers.push({ origin: 'release', folder: folder('release'), make });
  }
  if (go) {
    const moduleFolder = join(request.goFolder, family);
    const named = programs.map((name) => [name, request.table.programs[name]?.goPackage] as const);
    const packages = Object.fromEntries(named.flatMap(([name, main]) => (main === undefined ? [] : [[name, main]])));
    const make = async (into: string) => {
      await buildPrograms({ go, packages, moduleFolder, platform, env, into, report, signal });
      return `${go.module}@${go.moduleVersion}`;
    };
    makers.push({ origin: 'build', folder: folder(await buildRecipe({ go, packages, moduleFolder })), make });
  }
  return makers;
}

async function fromCache(
  { allows, programs }: ObtainRequest,
  { version }: FamilySpec,
  makers: readonly Maker[],
): Promise<Obtained> {
  const attempts: Attempt[] = [];
  for (const { folder } of allows('cache') ? makers : []) {
    const entry = await readEntry(folder, programs);
    if ('paths' in entry) return { paths: entry.paths, version, origin: 'cache' };
    attempts.push({ origin: 'cache', reason: shorten(entry.reason) });
  }
  return { attempts };
}

async function make(
  request: ObtainRequest,
  spec: FamilySpec,
  makers: readonly Maker[],
  before: readonly Attempt[],
): Promise<Obtained> {
  const attempts = [...before];
  for (const maker of makers) {
    try {
      await (maker.origin === 'build' ? oneAtATime(() => fill(request, spec, maker)) : fill(request, spec, maker));
      const entry = await readEntry(maker.folder, request.programs);
      if ('paths' in entry) return { paths: entry.paths, version: spec.version, origin: maker.origin };
      attempts.push({ origin: maker.origin, reason: entry.reason });
    } catch (error) {
      request.signal?.throwIfAborted();
      attempts.push({ origin: maker.origin, reason: messageOf(error) });
    }
  }
  return { attempts };
}

async function fill(
  { family, table, report, signal }: ObtainRequest,
  { version }: FamilySpec,
  { folder, make }: Maker,
): Promise<void> {
  const draft = await makeDraft(folder);
  try {
    const source = await make(draft);
    for (const [name, { probe, family: of }] of Object.entries(table.programs)) {
      if (of !== family) continue;
      report('verify', `the version of ${name}`);
      const probed = await probeVersion(join(draft, name), probe, signal);
      if (!('version' in probed)) throw new Error(`${source}: ${probed.reason}`);
      if (probed.version !== version)
        throw new Error(`${source}: ${name} says that it is ${probed.version} instead of ${version}`);
    }
    await publish(draft, folder, { family, version, source });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

let lastBuild: Promise<unknown> = Promise.resolve();

// One go build keeps all cores busy; two only share them, and take twice the memory.
function oneAtATime<T>(work: () => Promise<T>): Promise<T> {
  const mine = lastBuild.then(work);
  lastBuild = mine.catch(() => undefined);
  return mine;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
