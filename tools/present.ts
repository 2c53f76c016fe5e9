import { resolve as absolute } from 'node:path';
import { findInPackages } from './npm.ts';
import type { Platform } from './platform.ts';
import { findOnPath, isExecutable, probeVersion } from './probe.ts';
import type { ProgramSpec } from './spec.ts';
import type { Attempt, Origin } from './types.ts';
import { describeRange, isWithin } from './version.ts';

export interface PresentRequest {
  readonly name: string;
  readonly spec: ProgramSpec;
  /** As the caller gave it; the environment's counts after it. */
  readonly explicit?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: Platform;
  /** A file of this clone, from where packages are looked up. */
  readonly packagesFrom: string;
  readonly allows: (origin: Origin) => boolean;
  readonly signal?: AbortSignal | undefined;
}

export type Present =
  | { readonly found: { readonly path: string; readonly version: string; readonly origin: Origin } }
  | { readonly attempts: readonly Attempt[] };

/** `CHAINWATCH_NODE_EXPORTER` for `node_exporter`. */
export function variableOf(program: string): string {
  return `CHAINWATCH_${program.toUpperCase().replaceAll('-', '_')}`;
}

/**
 * Looks for a program that is on the machine without our doing: the one that the user names, the one in this clone's packages (exactly the
 * version that the lock file pins), the one on PATH.
 */
export async function findPresent(request: PresentRequest): Promise<Present> {
  const { name, spec, env, allows, signal } = request;
  const variable = variableOf(name);
  const named = request.explicit ?? env[variable];
  if (named && allows('explicit')) {
    // Whoever names a program means that one: any version, and no other in its place.
    const path = absolute(named);
    const whose = request.explicit === undefined ? `${variable}=${named}` : named;
    if (!isExecutable(path))
      return { attempts: [{ origin: 'explicit', reason: `${whose} is not an executable file` }] };
    const probed = await probeVersion(path, spec.probe, signal);
    if ('version' in probed) return { found: { path, version: probed.version, origin: 'explicit' } };
    return { attempts: [{ origin: 'explicit', reason: `${whose}: ${probed.reason}` }] };
  }

  const attempts: Attempt[] = [];
  if (spec.npmFile && allows('package')) {
    const packaged = findInPackages(spec.npmFile, request.platform, request.packagesFrom);
    if ('path' in packaged) return { found: { ...packaged, origin: 'package' } };
    attempts.push({ origin: 'package', reason: packaged.reason });
  }
  if (allows('path')) {
    const candidates = findOnPath(name, env.PATH);
    for (const path of candidates) {
      const probed = await probeVersion(path, spec.probe, signal);
      if ('version' in probed && isWithin(probed.version, spec.accepts))
        return { found: { path, version: probed.version, origin: 'path' } };
      const reason =
        'version' in probed ? `${path} is ${probed.version}, not ${describeRange(spec.accepts)}` : probed.reason;
      attempts.push({ origin: 'path', reason });
    }
    if (candidates.length === 0) attempts.push({ origin: 'path', reason: `no ${name} on PATH` });
  }
  return { attempts };
}
