import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { program, textFile, tree } from '../../../tools/oci/files.ts';
import { byDigest, imageArchive, packImage } from '../../../tools/oci/image.ts';
import { type TarEntry, tar, textContent } from '../../../tools/oci/tar.ts';

const folder = mkdtempSync(join(tmpdir(), 'chainwatch-oci-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function bytesOf(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Readable.from(pieces).toArray());
}

let count = 0;
/** As the system's tar reads it. */
function unpack(archive: Uint8Array): string {
  count += 1;
  const into = join(folder, `unpacked-${count}`);
  mkdirSync(into);
  execFileSync('tar', ['-x', '-p', '-f', '-', '-C', into], { input: archive });
  return into;
}

const file = (path: string, text: string): TarEntry => ({
  path,
  type: 'file',
  mode: 0o640,
  content: textContent(text),
});

describe('a tar archive', () => {
  it('gives back files, folders, links and their modes', async () => {
    const entries: TarEntry[] = [
      { path: 'a', type: 'folder', mode: 0o1777 },
      file('a/text', 'words'),
      { path: 'a/link', type: 'link', mode: 0o777, target: 'text' },
    ];
    const into = unpack(await bytesOf(tar(entries)));
    expect(readFileSync(join(into, 'a/text'), 'utf8')).toBe('words');
    expect(readlinkSync(join(into, 'a/link'))).toBe('text');
    expect(statSync(join(into, 'a')).mode & 0o7777).toBe(0o1777);
    expect(statSync(join(into, 'a/text')).mode & 0o7777).toBe(0o640);
  });

  it('gives back what lies at any path that it takes', async () => {
    const name = fc
      .string({ minLength: 1, maxLength: 60, unit: fc.constantFrom(...'abcé-.') })
      .filter((text) => !/^\.+$/.test(text));
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
    await fc.assert(
      fc.asyncProperty(path, fc.string({ maxLength: 2000 }), async (where, text) => {
        const into = unpack(await bytesOf(tar([file(where, text)])));
        expect(readFileSync(join(into, where), 'utf8')).toBe(Buffer.from(text).toString());
      }),
      { numRuns: 20 },
    );
  });

  it('refuses a path that the format cannot hold, and a file that has changed', async () => {
    await expect(bytesOf(tar([file('x'.repeat(101), '')]))).rejects.toThrow('too long for a tar archive');
    const changed = { ...textContent('four'), size: 5 };
    await expect(bytesOf(tar([{ ...file('x', ''), content: changed }]))).rejects.toThrow('x had 5 bytes, and now 4');
  });
});

describe('an image', () => {
  const image = {
    name: 'example.org/thing:1',
    layers: [
      [textFile('etc/thing/settings', 'low'), textFile('etc/other', 'x')],
      [textFile('etc/thing/settings', 'high')],
    ],
    entrypoint: ['/bin/thing'],
    user: '65534',
    architecture: 'amd64',
  };

  it('is an archive in which every blob has the sum by which it is called', async () => {
    const packed = await packImage(image);
    const into = unpack(await bytesOf(imageArchive([packed, byDigest(packed)])));
    const index = JSON.parse(readFileSync(join(into, 'index.json'), 'utf8'));
    const names = index.manifests.map((each: { annotations: object }) => Object.values(each.annotations)[0]);
    expect(names).toEqual(['example.org/thing:1', `example.org/thing@${packed.digest}`]);
    const sums = execFileSync('sh', ['-c', 'sha256sum *'], { cwd: join(into, 'blobs', 'sha256'), encoding: 'utf8' });
    for (const line of sums.trim().split('\n')) {
      const [sum, called] = line.split(/ +/);
      expect(sum).toBe(called);
    }
    const manifest = JSON.parse(readFileSync(join(into, 'blobs', 'sha256', packed.digest.slice(7)), 'utf8'));
    const config = JSON.parse(readFileSync(join(into, 'blobs', 'sha256', manifest.config.digest.slice(7)), 'utf8'));
    expect(config).toMatchObject({ os: 'linux', config: { Entrypoint: ['/bin/thing'], User: '65534' } });
    expect(config.rootfs.diff_ids).toEqual(manifest.layers.map(({ digest }: { digest: string }) => digest));
    const layer = unpack(readFileSync(join(into, 'blobs', 'sha256', manifest.layers[0].digest.slice(7))));
    expect(readFileSync(join(layer, 'etc/thing/settings'), 'utf8')).toBe('low');
    expect(statSync(join(layer, 'etc')).mode & 0o777).toBe(0o755);
  });

  it('has the same digest for the same files in any order, and another for others', async () => {
    const { digest } = await packImage(image);
    const turned = { ...image, layers: image.layers.map((layer) => layer.toReversed()) };
    expect((await packImage(turned)).digest).toBe(digest);
    expect((await packImage({ ...image, layers: [[textFile('etc/thing/settings', 'other')]] })).digest).not.toBe(
      digest,
    );
  });

  it('holds a folder of this machine as it is, whenever it was written', async () => {
    const source = join(folder, 'source');
    mkdirSync(join(source, 'deep'), { recursive: true });
    writeFileSync(join(source, 'deep', 'run'), '#!', { mode: 0o700 });
    writeFileSync(join(source, 'read'), 'me', { mode: 0o600 });
    symlinkSync('deep/run', join(source, 'link'));
    const into = unpack(
      await bytesOf(tar([...(await tree(source, 'app')), await program(join(source, 'read'), 'bin/x')])),
    );
    expect(readlinkSync(join(into, 'app/link'))).toBe('deep/run');
    expect(['app/deep/run', 'app/read', 'bin/x'].map((path) => statSync(join(into, path)).mode & 0o777)).toEqual([
      0o755, 0o644, 0o755,
    ]);
  });
});
