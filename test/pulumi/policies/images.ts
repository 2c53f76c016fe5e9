/** What runs is what was reviewed: no image, chart or version that may become another one. */
import type { Recorded } from '../../../cli/render/record.ts';
import { containers, pods } from './pods.ts';
import { entities, releases, text } from './read.ts';
import type { Found, Policy } from './types.ts';

const BY_DIGEST = /@sha256:[0-9a-f]{64}$/;
/** `:v1.2.3`, `:1.2`, `:1.2.3-alpine`: a release, which its makers do not move. */
const BY_VERSION = /^[^@]+:v?\d+\.\d+(\.\d+)?(-[\w.]+)?$/;
const VERSION = /^v?\d+\.\d+\.\d+$/;

export const images: Policy = {
  name: 'every image, chart and program is pinned',
  *find(resources): Generator<Found> {
    for (const [resource, image] of allImages(resources))
      if (!BY_DIGEST.test(image) && !BY_VERSION.test(image))
        yield [resource, `image "${image}" is pinned neither by digest nor by a version`];
    for (const { resource, kind, spec } of entities(resources)) {
      if (kind !== 'Prometheus' && kind !== 'Alertmanager') continue;
      if (!VERSION.test(text(spec.version))) yield [resource, `version "${text(spec.version)}" is none`];
    }
    for (const release of releases(resources)) {
      const { chart, version } = release.inputs;
      // A chart of the registry; a local folder is as it is.
      if (/^(oci|https?):/.test(text(chart)) && !VERSION.test(text(version)))
        yield [release, `chart version "${text(version)}" is not exact`];
    }
  },
};

function* allImages(resources: readonly Recorded[]): Generator<[Recorded, string]> {
  for (const { resource, spec } of pods(resources))
    for (const { fields: container } of containers(spec ?? {})) yield [resource, text(container.image)];
  for (const { resource, kind, spec } of entities(resources))
    if ((kind === 'Prometheus' || kind === 'Alertmanager') && spec.image !== undefined)
      yield [resource, text(spec.image)];
}
