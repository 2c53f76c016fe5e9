import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** `export … from` and `import … from`, of more than types; `import '…'`; `import('…')`; the file of a thread. */
const IMPORTS = [
  /^(?:import|export)\s(?!type\b)[^;'"]*?\bfrom '([^']+)';/gm,
  /^import '([^']+)';/gm,
  /\bimport\('([^']+)'\)/g,
  /new URL\('(\.[^']+\.ts)', import\.meta\.url\)/g,
];

/**
 * What is missing for files to run, followed from file to file.
 *
 * @param folder of the image
 * @param entries files to begin with, from there
 * @param follow whether an import matters, from the file that has it
 * @returns `services/a.ts needs @x/y`, sorted
 */
export function missingImports(
  folder: string,
  entries: readonly string[],
  follow: (from: string, to: string) => boolean,
): string[] {
  const missing: string[] = [];
  const seen = new Set<string>();
  const visit = (path: string) => {
    if (seen.has(path)) return;
    seen.add(path);
    const text = readFileSync(join(folder, path), 'utf8');
    for (const [, to = ''] of IMPORTS.flatMap((form) => [...text.matchAll(form)])) {
      if (to.startsWith('node:') || !follow(path, to)) continue;
      const found = to.startsWith('.') ? normalize(join(dirname(path), to)) : `node_modules/${packageOf(to)}`;
      if (!existsSync(join(folder, found))) missing.push(`${path} needs ${to}`);
      else if (to.startsWith('.')) visit(found);
    }
  };
  for (const entry of entries) visit(entry);
  return missing.sort();
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
