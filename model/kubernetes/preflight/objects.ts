/** What answers of an API server hold. */
import { field, textIn } from '../../verdict.ts';

export function nameOf(object: unknown): string {
  return textIn(field(object, 'metadata'), 'name') ?? '';
}

export interface Release {
  readonly name: string;
  readonly namespace: string;
}

/** As Helm itself asks before it takes over what is there. */
export function isOf(object: unknown, { name, namespace }: Release): boolean {
  const { labels, release } = marks(object);
  return (
    textIn(labels, 'app.kubernetes.io/managed-by') === 'Helm' &&
    release?.name === name &&
    release.namespace === namespace
  );
}

/** Whose it is, as a person says it. */
export function ownerOf(object: unknown): string {
  const { labels, release } = marks(object);
  if (release) return `Helm release "${release.name}" of namespace ${release.namespace}`;
  if (textIn(labels, 'olm.managed') === 'true') return 'the Operator Lifecycle Manager';
  const manager = textIn(labels, 'app.kubernetes.io/managed-by');
  return manager === undefined ? 'no Helm release (made by hand, or by another tool)' : manager;
}

function marks(object: unknown) {
  const metadata = field(object, 'metadata');
  const annotations = field(metadata, 'annotations');
  const name = textIn(annotations, 'meta.helm.sh/release-name');
  const namespace = textIn(annotations, 'meta.helm.sh/release-namespace') ?? '';
  return { labels: field(metadata, 'labels'), release: name === undefined ? undefined : { name, namespace } };
}
