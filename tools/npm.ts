import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { fill, type Platform } from './platform.ts';
import { isExecutable } from './probe.ts';
import type { ProgramSpec } from './spec.ts';

const packageSchema = z.object({ version: z.string() });

/** A program that lies in a package of node_modules: the executable itself, not the JavaScript around it. */
export function findInPackages(
  { package: name, file }: NonNullable<ProgramSpec['npmFile']>,
  platform: Platform,
  from: string,
): { readonly path: string; readonly version: string } | { readonly reason: string } {
  const wanted = fill(name, { os: platform.os, arch: platform.arch });
  try {
    const manifest = createRequire(from).resolve(`${wanted}/package.json`);
    const path = join(dirname(manifest), file);
    if (!isExecutable(path)) return { reason: `${path} is missing or not executable: run \`npm ci\`` };
    return { path, version: packageSchema.parse(JSON.parse(readFileSync(manifest, 'utf8'))).version };
  } catch {
    return {
      reason: `the package ${wanted} is not installed (npm has it for some platforms only, and \`--omit=optional\` leaves it out)`,
    };
  }
}
