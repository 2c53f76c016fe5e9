/** Container images made from files, as an archive in the layout of OCI, which every runtime can import. */
import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { type Content, type TarEntry, tar, textContent } from './tar.ts';

export interface Image {
  /** As the objects ask for it, in full: `quay.io/prometheus/prometheus:v3.15.0`. */
  readonly name: string;
  /** Lowest first; folders above a file need not be named. */
  readonly layers: readonly (readonly TarEntry[])[];
  readonly entrypoint: readonly string[];
  /** A number, or a name that the image's `/etc/passwd` has. */
  readonly user?: string;
  readonly folder?: string;
  readonly env?: readonly string[];
  /** Go's word: amd64, arm64. */
  readonly architecture: string;
}

interface Blob extends Content {
  /** `sha256:…` */
  readonly digest: string;
}

/** An image whose contents have been read once, so that its digest is known. */
export interface PackedImage {
  readonly name: string;
  /** `sha256:…` of its manifest: what a pod may ask for by `@`. */
  readonly digest: string;
  readonly blobs: readonly Blob[];
  readonly manifestSize: number;
}

const PIECE = 2 ** 18;
const MEDIA = 'application/vnd.oci.image';

/** Reads every file once, for the sums. Layers are not compressed: they stay on this machine. */
export async function packImage(image: Image): Promise<PackedImage> {
  const layers: Blob[] = [];
  for (const entries of image.layers) layers.push(await layerBlob(withFolders(entries)));
  const config = jsonBlob({
    architecture: image.architecture,
    os: 'linux',
    config: {
      Entrypoint: image.entrypoint,
      ...(image.user === undefined ? {} : { User: image.user }),
      WorkingDir: image.folder ?? '/',
      Env: ['PATH=/usr/local/bin:/usr/bin:/bin', ...(image.env ?? [])],
    },
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
  });
  const manifest = jsonBlob({
    schemaVersion: 2,
    mediaType: `${MEDIA}.manifest.v1+json`,
    config: describe(config, `${MEDIA}.config.v1+json`),
    layers: layers.map((layer) => describe(layer, `${MEDIA}.layer.v1.tar`)),
  });
  const { digest, size } = manifest;
  return { name: image.name, digest, manifestSize: size, blobs: [...layers, config, manifest] };
}

/** Under the name by which it is pinned: `registry/name@sha256:…`. */
export function byDigest(image: PackedImage): PackedImage {
  return { ...image, name: `${image.name.replace(/:[^/:]*$/, '')}@${image.digest}` };
}

/** One archive of several images, for `ctr images import`. */
export async function* imageArchive(images: readonly PackedImage[]): AsyncGenerator<Uint8Array> {
  const blobs = new Map(images.flatMap((image) => image.blobs.map((blob) => [blob.digest, blob] as const)));
  const index = {
    schemaVersion: 2,
    mediaType: `${MEDIA}.index.v1+json`,
    manifests: images.map(({ name, digest, manifestSize: size }) => ({
      mediaType: `${MEDIA}.manifest.v1+json`,
      digest,
      size,
      annotations: { 'io.containerd.image.name': name },
    })),
  };
  const file = (path: string, content: Content): TarEntry => ({ path, type: 'file', mode: 0o644, content });
  const archive = tar([
    file('oci-layout', textContent(JSON.stringify({ imageLayoutVersion: '1.0.0' }))),
    file('index.json', textContent(JSON.stringify(index))),
    ...[...blobs].map(([digest, blob]) => file(`blobs/sha256/${digest.slice('sha256:'.length)}`, blob)),
  ]);
  yield* inLargePieces(archive);
}

/** Of the thousands of small files each makes three pieces, and whoever takes them does so piece by piece. */
async function* inLargePieces(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let gathered: Uint8Array[] = [];
  let size = 0;
  for await (const piece of pieces) {
    gathered.push(piece);
    size += piece.length;
    if (size < PIECE) continue;
    yield Buffer.concat(gathered);
    gathered = [];
    size = 0;
  }
  yield Buffer.concat(gathered);
}

async function layerBlob(entries: readonly TarEntry[]): Promise<Blob> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const piece of tar(entries)) {
    hash.update(piece);
    size += piece.length;
  }
  return { digest: `sha256:${hash.digest('hex')}`, size, bytes: () => tar(entries) };
}

function jsonBlob(value: object): Blob {
  const text = JSON.stringify(value);
  return { digest: `sha256:${createHash('sha256').update(text).digest('hex')}`, ...textContent(text) };
}

function describe({ digest, size }: Blob, mediaType: string) {
  return { mediaType, digest, size };
}

/** Each folder before what is in it, all sorted. */
function withFolders(entries: readonly TarEntry[]): TarEntry[] {
  const all = new Map(entries.map((entry) => [entry.path, entry]));
  for (const { path } of entries)
    for (let folder = posix.dirname(path); folder !== '.'; folder = posix.dirname(folder))
      if (!all.has(folder)) all.set(folder, { path: folder, type: 'folder', mode: 0o755 });
  return [...all.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
