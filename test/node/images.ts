/** What the pods of a stack run, as images made here: our services as `services/Dockerfile` says, and the programs of tools/ under the names that the operator asks for. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { versions } from '../../model/kubernetes/versions.ts';
import { resolvePrograms } from '../../tools/index.ts';
import { programImage } from '../../tools/node/images.ts';
import { surroundings, tree, withLibraries } from '../../tools/oci/files.ts';
import { byDigest, type PackedImage, packImage } from '../../tools/oci/image.ts';
import { thisPlatform } from '../../tools/platform.ts';
import { programTable } from '../../tools/programs.ts';
import { makeImageTree, readRecipe } from '../fixtures/image.ts';
import { ROOT } from '../fixtures/real.ts';

const OPERATOR = `v${programTable.families['prometheus-operator']?.version}`;

export const OPERATOR_IMAGE = `quay.io/prometheus-operator/prometheus-operator:${OPERATOR}`;
export const RELOADER_IMAGE = `quay.io/prometheus-operator/prometheus-config-reloader:${OPERATOR}`;

/** The one image of our services, by digest. @param folder an empty one, of which the image's files are read until it is imported */
export async function ourImage(folder: string): Promise<PackedImage> {
  makeImageTree(ROOT, folder);
  const { entrypoint, workdir, user } = readRecipe(readFileSync(join(ROOT, 'services', 'Dockerfile'), 'utf8'));
  const base = [...surroundings, ...(await withLibraries(process.execPath, 'usr/local/bin/node'))];
  const image = await packImage({
    name: 'registry.example/chainwatch:test',
    layers: [base, await tree(folder, workdir.slice(1))],
    entrypoint,
    folder: workdir,
    user,
    env: ['NODE_ENV=production'],
    architecture: thisPlatform.arch,
  });
  return byDigest(image);
}

export async function operatorImages(): Promise<PackedImage[]> {
  const found = await resolvePrograms([
    'prometheus',
    'alertmanager',
    'prometheus-operator',
    'prometheus-config-reloader',
  ]);
  return Promise.all([
    programImage(`quay.io/prometheus/prometheus:${versions.prometheus}`, [found.prometheus]),
    programImage(`quay.io/prometheus/alertmanager:${versions.alertmanager}`, [found.alertmanager]),
    programImage(OPERATOR_IMAGE, [found['prometheus-operator']]),
    programImage(RELOADER_IMAGE, [found['prometheus-config-reloader']]),
  ]);
}

/** NATS under the names that its chart asks for. What would read a changed configuration again only waits: none is changed here. */
export async function natsImages(asked: { readonly nats: string; readonly reloader: string }): Promise<PackedImage[]> {
  const { 'nats-server': server, pause } = await resolvePrograms(['nats-server', 'pause']);
  return Promise.all([programImage(inFull(asked.nats), [server]), programImage(inFull(asked.reloader), [pause])]);
}

/** As containerd calls an image whose registry nobody names. */
function inFull(name: string): string {
  const [first = '', ...rest] = name.split('/');
  if (rest.length === 0) return `docker.io/library/${name}`;
  return /[.:]/.test(first) ? name : `docker.io/${name}`;
}
