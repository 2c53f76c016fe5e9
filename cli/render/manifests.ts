/** What the program registers, as files: manifests, releases of charts, Grafana's resources, and in which order they go in. Pure. */
import { toJson } from '../../model/files.ts';
import { toYaml } from '../../model/yaml.ts';
import { applySteps } from './applyOrder.ts';
import { isRecord, maskAll, maskSecrets } from './mask.ts';
import type { Recorded } from './record.ts';

export const ORDER = 'apply-order.yaml';
const RELEASE = 'kubernetes:helm.sh/v3:Release';
/** No name of a namespace has an underscore. */
const NO_NAMESPACE = '_cluster';

interface File {
  readonly path: string;
  readonly text: string;
  /** `Deployment`, `Release <name>`; absent for what no cluster takes. */
  readonly kind?: string;
}

/**
 * Path → text. No secret is in it: whatever is marked as one is masked, and every value of a Secret is.
 * @param leftOut what `pulumi up` would bring and is not here, a sentence each
 */
export function manifestFiles(
  recorded: readonly Recorded[],
  { stack, leftOut }: { readonly stack: string; readonly leftOut: readonly string[] },
): Map<string, string> {
  const files = recorded.flatMap((resource) => fileOf(resource) ?? []);
  const texts = new Map<string, string>();
  for (const { path, text } of files) {
    if (texts.has(path)) throw new Error(`the program registers two resources that would both be ${path}`);
    texts.set(path, text);
  }
  const applied = files.flatMap(({ path, kind }) => (kind === undefined ? [] : [{ path, kind }]));
  const order = {
    stack,
    ...(leftOut.length > 0 ? { leftOut } : {}),
    steps: applySteps(applied),
    // Made by Pulumi itself, such as a token at random.
    onlyByPulumi: recorded.filter(isOnlyPulumis).map(({ type, name }) => `${type} ${name}`),
  };
  texts.set(ORDER, toYaml(order, ORDER_HEADER));
  return texts;
}

const ORDER_HEADER = `What \`pulumi up\` does, step by step: for a review, and for who brings it into a cluster by other means.
In files of Secrets each value is masked; fill them in before.`;

function fileOf(resource: Recorded): File | undefined {
  const { type, name, inputs, custom } = resource;
  if (!custom || type.startsWith('pulumi:')) return undefined;
  if (type === RELEASE) return release(resource);
  if (type.startsWith('kubernetes:')) return manifest(resource);
  if (!type.startsWith('grafana:')) return undefined;
  const kind = type.slice(type.lastIndexOf(':') + 1).toLowerCase();
  return { path: `grafana/resources/${kind}-${name}.json`, text: toJson(maskSecrets(inputs)) };
}

function manifest(resource: Recorded): File {
  const { apiVersion, kind, metadata, ...rest } = withoutSecrets(resource.inputs);
  if (typeof kind !== 'string' || !isRecord(metadata) || typeof metadata.name !== 'string')
    throw new Error(`${resource.type} ${resource.name} has no kind or no fixed name`);
  const { name, namespace, ...more } = metadata;
  const called = { name, ...(namespace === undefined ? {} : { namespace }), ...more };
  const folder = typeof namespace === 'string' ? namespace : NO_NAMESPACE;
  return {
    kind,
    path: `manifests/${folder}/${kind.toLowerCase()}-${name}.yaml`,
    text: toYaml({ apiVersion, kind, metadata: called, ...rest }, header(resource, kind)),
  };
}

function withoutSecrets(inputs: Recorded['inputs']): Readonly<Record<string, unknown>> {
  const shown = maskSecrets(inputs);
  if (!isRecord(shown)) return {};
  if (shown.kind !== 'Secret') return shown;
  const texts = ['data', 'stringData'].filter((key) => key in shown).map((key) => [key, maskAll(shown[key])]);
  return { ...shown, ...Object.fromEntries(texts) };
}

/** As `helm install` would be told. */
function release(resource: Recorded): File {
  const shown = maskSecrets(resource.inputs);
  if (!isRecord(shown) || typeof shown.name !== 'string') throw new Error(`${resource.name}: a release has no name`);
  const { name, namespace, chart, version, skipCrds, values } = shown;
  const text = toYaml(
    {
      name,
      namespace,
      chart,
      ...(version === undefined ? {} : { version }),
      ...(skipCrds === true ? { skipCrds } : {}),
      values: values ?? {},
    },
    header(resource, 'Release'),
  );
  return { kind: `Release ${name}`, path: `releases/${name}.yaml`, text };
}

/** Where it comes from, and what Pulumi does with it that a manifest cannot say. */
function header({ type, name, parent, protect, retainOnDelete, ignoreChanges }: Recorded, kind: string): string {
  const lines = [
    `${type} ${name}${parent === '' ? '' : `, of ${parent}`}`,
    protect ? 'Protected: pulumi refuses to delete it.' : '',
    retainOnDelete ? 'Stays in the cluster when the stack is destroyed.' : '',
    ignoreChanges.length > 0 ? `Left to others: ${ignoreChanges.join(', ')}.` : '',
    kind === 'Secret' ? 'Each value is masked: do not apply it as it is.' : '',
  ];
  return lines.filter((line) => line !== '').join('\n');
}

function isOnlyPulumis({ custom, type }: Recorded): boolean {
  return custom && !/^(kubernetes|grafana|pulumi):/.test(type);
}
