import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UID } from '../../../model/kubernetes/security.ts';
import { makeImageTree, readRecipe } from '../../fixtures/image.ts';
import { ROOT } from '../../fixtures/real.ts';

const root = process.getuid?.() === 0;
export const recipe = readRecipe(readFileSync(join(ROOT, 'services', 'Dockerfile'), 'utf8'));

/** The image as a folder that nobody may write to. What runs in it is nobody's, as far as we may choose. */
export class ImageTree {
  /** For what a test makes beside the image. */
  readonly folder: string;
  readonly image: string;
  /** Paths of our own files. */
  readonly files: readonly string[];
  readonly #node: string;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'chainwatch-image-'));
    this.image = join(this.folder, 'app');
    chmodSync(this.folder, 0o755);
    this.files = makeImageTree(ROOT, this.image);
    forEachBelow(this.image, (path, isFolder) => chmodSync(path, isFolder ? 0o555 : 0o444));
    // Nobody may not enter the home of root, where the Node at hand may lie.
    this.#node = root ? within(this.folder, process.execPath) : process.execPath;
  }

  launch(
    args: readonly string[],
    { cwd, env = {} }: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
  ): ChildProcess {
    const [, ...entry] = recipe.entrypoint.map((part) => part.replace(recipe.workdir, this.image));
    return spawn(this.#node, [...entry, ...args], {
      cwd,
      env: { NODE_ENV: 'production', NO_COLOR: '1', ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(root ? { uid: UID, gid: UID } : {}),
    });
  }

  clear(): void {
    forEachBelow(this.image, (path, isFolder) => chmodSync(path, isFolder ? 0o755 : 0o644));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** As the volumes of a pod are. */
export function giveToNobody(folder: string): void {
  if (root) forEachBelow(folder, (path) => chownSync(path, UID, UID));
}

function forEachBelow(path: string, visit: (path: string, isFolder: boolean) => void): void {
  const isFolder = statSync(path).isDirectory();
  if (isFolder) {
    chmodSync(path, statSync(path).mode | 0o700);
    for (const name of readdirSync(path)) forEachBelow(join(path, name), visit);
  }
  visit(path, isFolder);
}

function within(where: string, program: string): string {
  const path = join(where, 'node');
  try {
    linkSync(program, path);
  } catch {
    cpSync(program, path);
  }
  return path;
}
