/** The one module that reads `rules/` from disk; everything else gets texts. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PackFiles } from '../model/rules/pack.ts';

/** The texts of every pack, sorted by chain. @param folder default: the `rules/` of this program */
export function loadPackFiles(folder: string = import.meta.dirname): PackFiles[] {
  const chains = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return chains
    .map((entry) => entry.name)
    .sort()
    .map((chain) => ({ chain, files: textsBelow(join(folder, chain)) }));
}

function textsBelow(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(ya?ml|md)$/.test(name));
  return new Map(names.sort().map((name) => [name.replaceAll('\\', '/'), readFileSync(join(folder, name), 'utf8')]));
}
