import { fileURLToPath } from 'node:url';
import { cacheDirectory } from '../bin/cache.js';
import { thisPlatform } from './platform.ts';
import { programTable } from './programs.ts';
import { RELEASE_HOST } from './release.ts';
import type { Surroundings } from './resolver.ts';

/** This process's environment, this machine, this clone. */
export function surroundings(): Surroundings {
  return {
    table: programTable,
    env: process.env,
    platform: thisPlatform,
    cache: cacheDirectory(),
    goFolder: fileURLToPath(new URL('./go', import.meta.url)),
    releaseHost: (process.env.CHAINWATCH_RELEASES || RELEASE_HOST).replace(/\/+$/, ''),
    packagesFrom: import.meta.url,
  };
}
