/**
 * What of npm the image of our services holds: only what they import, at the versions of the project's lock file. Run where the image
 * is built, it writes that part of package.json and package-lock.json in their place, for `npm ci`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Imported by `services/`, the simulators of `chains/`, and by the command that starts them. Tests keep the list true. */
export const PACKAGES: readonly string[] = [
  '@nats-io/jetstream',
  '@nats-io/transport-node',
  'age-encryption',
  'commander',
  'fastest-levenshtein',
  'fastify',
  'marked',
  'picocolors',
  'pino',
  'prom-client',
  'yaml',
  'zod',
];

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly type?: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

interface Locked {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** Of version 3: folder of each package → what is known of it. */
export interface Lock {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, Locked>>;
}

/**
 * @returns the folders of the packages and of everything that they need, sorted: `node_modules/fastify`
 * @throws naming a package that the lock file does not have
 */
export function closure({ packages }: Lock, names: readonly string[]): string[] {
  const found = new Set<string>();
  const visit = (name: string, from: string, needed: boolean): void => {
    const folder = resolve(packages, name, from);
    if (folder === undefined) {
      if (needed) throw new Error(`package-lock.json has no ${name}${from === '' ? '' : `, which ${from} needs`}`);
      return;
    }
    if (found.has(folder)) return;
    found.add(folder);
    const { dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = packages[folder] ?? {};
    for (const below of Object.keys(dependencies)) visit(below, folder, !(below in optionalDependencies));
    for (const below of Object.keys({ ...optionalDependencies, ...peerDependencies })) visit(below, folder, false);
  };
  for (const name of names) visit(name, '', true);
  return [...found].sort();
}

/** As Node looks for it: beside the one that asks, then in each folder above. */
function resolve(packages: Lock['packages'], name: string, from: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const candidate = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (candidate in packages) return candidate;
    if (folder === '') return undefined;
  }
}

/** The part of both files that the image needs. */
export function reduce(manifest: Manifest, lock: Lock): { readonly manifest: Manifest; readonly lock: Lock } {
  const dependencies = Object.fromEntries(
    PACKAGES.map((name) => {
      const range = manifest.dependencies[name];
      if (range === undefined) throw new Error(`package.json has no dependency ${name}`);
      return [name, range];
    }),
  );
  const { name, version } = manifest;
  const root = { name, version, dependencies };
  const packages = closure(lock, PACKAGES).map((folder) => [folder, lock.packages[folder] ?? {}]);
  return {
    manifest: { ...root, ...(manifest.type === undefined ? {} : { type: manifest.type }) },
    lock: { ...lock, packages: { '': root, ...Object.fromEntries(packages) } },
  };
}

if (process.argv[1] === import.meta.filename) {
  const folder = process.argv[2] ?? '.';
  const path = (name: string) => join(folder, name);
  const read = (name: string) => JSON.parse(readFileSync(path(name), 'utf8'));
  const write = (name: string, value: unknown) => writeFileSync(path(name), `${JSON.stringify(value, null, 2)}\n`);
  const { manifest, lock } = reduce(read('package.json'), read('package-lock.json'));
  write('package.json', manifest);
  write('package-lock.json', lock);
}
