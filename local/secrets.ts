/**
 * Secrets on one machine: from `CHAINWATCH_SECRET_<NAME>`, or from a file of mode 0600 in the secrets folder of the run. Programs read
 * files, so all that a plan names are put together in one folder that only we may read.
 */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { writing } from './storage.ts';

export interface SecretSources {
  /** Where a person puts them and where generated ones are kept: `.chainwatch/<stack>/secrets`. */
  readonly folder: string;
  /** Default: the process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Made at random where nobody set them, and kept: what only our own programs show each other. */
  readonly generate?: readonly string[];
  /** Where programs find them; default: `resolvedFolder(folder)`. */
  readonly into?: string;
}

export interface ResolvedSecrets {
  /** Holds a file of each secret's name, mode 0600. */
  readonly folder: string;
  readonly values: ReadonlyMap<string, string>;
}

/** Where a secret would come from. `unusable`: it is there, but empty or open to others. */
export interface FoundSecret {
  readonly name: string;
  readonly origin: 'environment' | 'file' | 'generated' | 'missing' | 'unusable';
  /** The variable or the file; for `missing` and `unusable` what to do. */
  readonly detail: string;
}

export class SecretsError extends Error {
  readonly names: readonly string[];

  constructor(faults: readonly FoundSecret[]) {
    const count = faults.length === 1 ? '1 secret is' : `${faults.length} secrets are`;
    super([`${count} missing or unusable:`, ...faults.map(({ name, detail }) => `  ${name}: ${detail}`)].join('\n'));
    this.name = 'SecretsError';
    this.names = faults.map((fault) => fault.name);
  }
}

/** `pagerdutyRoutingKey` → `CHAINWATCH_SECRET_PAGERDUTY_ROUTING_KEY` */
export function secretVariable(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/([A-Z])([A-Z][a-z])/g, '$1_$2');
  return `CHAINWATCH_SECRET_${words.toUpperCase()}`;
}

/** The default of `into`. No secret can have this name. */
export function resolvedFolder(folder: string): string {
  return join(folder, '.resolved');
}

/** Looks without reading a value into anything, and without writing. Sorted by name. */
export function findSecrets(names: readonly string[], sources: SecretSources): FoundSecret[] {
  return [...new Set(names)].sort().map((name) => find(name, sources));
}

/**
 * Gathers the secrets for the programs that read them. A file stays where it is and is linked to, so that a change of it is seen while
 * programs run; a value of the environment is written.
 * @throws SecretsError naming all that are missing or unusable, each with the remedy
 */
export function resolveSecrets(names: readonly string[], sources: SecretSources): ResolvedSecrets {
  const { folder, env = process.env, into = resolvedFolder(folder) } = sources;
  const found = findSecrets(names, sources);
  const faults = found.filter(({ origin }) => origin === 'missing' || origin === 'unusable');
  if (faults.length > 0) throw new SecretsError(faults);

  const target = resolve(into);
  privateFolder(folder);
  privateFolder(target);
  for (const entry of readdirSync(target))
    if (!found.some(({ name }) => name === entry)) rmSync(join(target, entry), { force: true });
  const values = new Map<string, string>();
  for (const { name, origin } of found) {
    const own = resolve(folder, name);
    if (origin === 'environment') {
      const value = env[secretVariable(name)] ?? '';
      values.set(name, value);
      replace(join(target, name), (draft) => writePrivate(draft, value));
      continue;
    }
    if (origin === 'generated') generate(own);
    values.set(name, readFileSync(own, 'utf8').trim());
    replace(join(target, name), (draft) => symlinkSync(own, draft));
  }
  return { folder: target, values };
}

function find(name: string, { folder, env = process.env, generate: generated = [] }: SecretSources): FoundSecret {
  const variable = secretVariable(name);
  if (env[variable]) {
    // None, as every reader takes it: the same in a file is refused too.
    if (env[variable].trim() === '')
      return { name, origin: 'unusable', detail: `${variable} is blank: give it the secret` };
    return { name, origin: 'environment', detail: variable };
  }
  const file = join(folder, name);
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats) {
    if (generated.includes(name)) return { name, origin: 'generated', detail: file };
    return { name, origin: 'missing', detail: `set ${variable}, or write it into ${file} (mode 0600)` };
  }
  const fault = fileFault(file, stats.mode, stats.isFile());
  return { name, origin: fault === undefined ? 'file' : 'unusable', detail: fault ?? file };
}

function fileFault(file: string, mode: number, isFile: boolean): string | undefined {
  if (!isFile) return `${file} is no file`;
  if ((mode & 0o077) !== 0) {
    const shown = (mode & 0o777).toString(8).padStart(4, '0');
    return `others on this machine may read ${file} (mode ${shown}): chmod 0600 ${file}`;
  }
  try {
    return readFileSync(file, 'utf8').trim() === '' ? `${file} is empty: write the secret into it` : undefined;
  } catch (error) {
    return `${file} cannot be read (${error instanceof Error ? error.message : String(error)})`;
  }
}

function privateFolder(path: string): void {
  writing(path, () => {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    if ((lstatSync(path).mode & 0o077) !== 0) chmodSync(path, 0o700);
  });
}

function generate(file: string): void {
  try {
    writePrivate(file, `${randomBytes(32).toString('base64url')}\n`);
  } catch (error) {
    // Another start has made it in this very moment: its value counts.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

function writePrivate(file: string, text: string): void {
  writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
}

/** Whole or not at all: a program may read it at any time. */
function replace(path: string, make: (draft: string) => void): void {
  const draft = `${path}.${process.pid}`;
  rmSync(draft, { force: true });
  make(draft);
  renameSync(draft, path);
}
