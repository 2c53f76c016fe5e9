/** Files of this machine as what an image holds. */

import { execFile } from 'node:child_process';
import { readdir, readlink, realpath, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { fileContent, type TarEntry, textContent } from './tar.ts';

const run = promisify(execFile);

/** An executable. @param path in the image, without a leading slash */
export async function program(file: string, path: string): Promise<TarEntry> {
  const { size } = await stat(file);
  return { path, type: 'file', mode: 0o755, content: fileContent(file, size) };
}

/** A file with this text, for everybody to read. */
export function textFile(path: string, text: string): TarEntry {
  return { path, type: 'file', mode: 0o644, content: textContent(text) };
}

/** All that lies below a folder. @param path of it in the image */
export async function tree(folder: string, path: string): Promise<TarEntry[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const entries = found.map(async (each): Promise<TarEntry | undefined> => {
    const file = join(each.parentPath, each.name);
    const inside = join(path, relative(folder, file));
    if (each.isSymbolicLink()) return { path: inside, type: 'link', mode: 0o777, target: await readlink(file) };
    if (each.isDirectory()) return { path: inside, type: 'folder', mode: 0o755 };
    const { size, mode } = await stat(file);
    return { path: inside, type: 'file', mode: mode & 0o100 ? 0o755 : 0o644, content: fileContent(file, size) };
  });
  return (await Promise.all(entries)).filter((entry) => entry !== undefined);
}

/** A dynamically linked program with the libraries that it needs, at the places where its loader looks for them. */
export async function withLibraries(file: string, path: string): Promise<TarEntry[]> {
  const { stdout } = await run('ldd', [file]);
  // `libm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x…)`, and the loader itself without an arrow.
  const libraries = [...stdout.matchAll(/(?:=> |^\t)(\/\S+) \(/gm)].map(([, library = '']) => library);
  const copies = libraries.map(async (library) => program(await realpath(library), library.slice(1)));
  return [await program(file, path), ...(await Promise.all(copies))];
}

/** What every image of ours has besides: a user without rights, and a place for what does not last. */
export const surroundings: readonly TarEntry[] = [
  textFile('etc/passwd', 'root:x:0:0:root:/:/sbin/nologin\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n'),
  textFile('etc/group', 'root:x:0:\nnobody:x:65534:\n'),
  textFile('etc/nsswitch.conf', 'hosts: files dns\n'),
  { path: 'tmp', type: 'folder', mode: 0o1777 },
];
