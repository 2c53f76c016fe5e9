/** Images made from the programs of this machine, under the names that objects ask for. */

import { program, surroundings } from '../oci/files.ts';
import { type PackedImage, packImage } from '../oci/image.ts';
import { thisPlatform } from '../platform.ts';
import type { Program } from '../types.ts';
import { DNS_IMAGE } from './objects.ts';
import { SANDBOX_IMAGE } from './settings.ts';

/** An image with one or more programs in `/bin`; the first is what it runs. */
export async function programImage(name: string, programs: readonly Program[]): Promise<PackedImage> {
  const files = await Promise.all(programs.map(({ name: called, path }) => program(path, `bin/${called}`)));
  return packImage({
    name,
    layers: [surroundings, files],
    entrypoint: [`/bin/${programs[0]?.name}`],
    user: 'nobody',
    architecture: thisPlatform.arch,
  });
}

/** What a node needs before any pod can run: the sandbox of pods, and the name service. */
export async function systemImages(programs: Readonly<Record<'pause' | 'coredns', Program>>): Promise<PackedImage[]> {
  const dns = await program(programs.coredns.path, 'bin/coredns');
  return Promise.all([
    programImage(SANDBOX_IMAGE, [programs.pause]),
    packImage({
      name: DNS_IMAGE,
      layers: [[dns]],
      entrypoint: ['/bin/coredns'],
      architecture: thisPlatform.arch,
    }),
  ]);
}
