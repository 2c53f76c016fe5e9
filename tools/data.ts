/** Data that comes with pinned modules and that tests and checks need beside the programs. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { derive, put } from './derive.ts';
import { type ModulePin, moduleFolder, readPin } from './module.ts';
import type { ProgramName } from './programs.ts';
import { crdSchemas, kubernetesSchemas } from './schemas.ts';
import { surroundings } from './surroundings.ts';
import type { ToolProgress } from './types.ts';

export interface DataOptions {
  readonly onProgress?: (progress: ToolProgress) => void;
  /** Aborting leaves nothing half made and rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Data that cannot be had here: why, and what the user can do. */
export class MissingDataError extends Error {}

/** Kubernetes versions whose schemas can be had, newest first: `<minor>.<patch>` to the sum of `k8s.io/kubernetes` at it. */
const KUBERNETES_SUMS: Readonly<Record<string, string>> = {
  '1.36.3': 'h1:qDQdoMiluAE2Eab6Fa52YV+WjiGz9mZFFoagEA6cI+o=',
  '1.35.4': 'h1:o/8dBC/pHVpYoGV4OAIytAlNPZbdYVTXJHoYvXC4qzM=',
  '1.34.4': 'h1:Yy6R4QB8C9kJPp25GFqEvX5XQwY5qzKeqD0Xx6oAcmk=',
};

/** The versions that manifests are checked against, newest first, e.g. `1.36.3`. */
export const kubernetesVersions: readonly string[] = Object.keys(KUBERNETES_SUMS);

// To be raised when schemas.ts makes something else of the same source.
const SCHEMAS_EDITION = 1;
// To be raised with any change of STAGES.
const STAGES_EDITION = 1;

/** In the module's `kustomize/stage/`: nodes and pods that are ready at once, claims that get a volume. */
const STAGES = [
  'node/fast/node-initialize',
  'node/heartbeat/node-heartbeat',
  'pod/fast/pod-ready',
  'pod/fast/pod-complete',
  'pod/fast/pod-delete',
  'volume/fast/pvc-provision',
  'volume/fast/pvc-delete',
  'volume/fast/pv-bind',
  'volume/fast/pv-delete',
];

/**
 * The CustomResourceDefinitions of the pinned Prometheus operator: a folder with one YAML file each and nothing else, as `kubectl apply -f` takes it.
 * @throws MissingDataError when they are not in the cache and cannot be got
 */
export async function crdFolder(options: DataOptions = {}): Promise<string> {
  const pin = await pinOf('prometheus-operator');
  const kept = await keep('prometheus-operator', 'operator-crds', pin, options, async (module, into) => {
    const folder = join(module, 'example', 'prometheus-operator-crd');
    for (const file of (await readdir(folder)).filter((name) => name.endsWith('.yaml')))
      await put(into, join('crds', file), await readFile(join(folder, file), 'utf8'));
  });
  return join(kept, 'crds');
}

/**
 * The stages by which kwok makes nodes and pods ready at once and claims of the class `kwok-volume` bound: one file for its `--config`.
 * @throws MissingDataError as {@link crdFolder}
 */
export async function kwokStages(options: DataOptions = {}): Promise<string> {
  const file = 'stages.yaml';
  const folder = await keep(
    'kwok',
    `kwok-stages-${STAGES_EDITION}`,
    await pinOf('kwok'),
    options,
    async (module, into) => {
      const texts = STAGES.map((stage) => readFile(join(module, 'kustomize', 'stage', `${stage}.yaml`), 'utf8'));
      await put(into, file, (await Promise.all(texts)).map((text) => text.trim()).join('\n---\n'));
    },
  );
  return join(folder, file);
}

/**
 * What kubeconform takes as `-schema-location`, in order: the kinds of that Kubernetes version and of the pinned operator's CRDs. Use it
 * with `-strict` and `-kubernetes-version <version>`; nothing is asked of the network.
 * @param version one of {@link kubernetesVersions}
 * @throws MissingDataError as {@link crdFolder}
 */
export async function schemaLocations(version: string, options: DataOptions = {}): Promise<readonly string[]> {
  const sum = KUBERNETES_SUMS[version];
  if (sum === undefined)
    throw new Error(`no schemas of Kubernetes ${version}: tools/data.ts has ${kubernetesVersions.join(', ')}`);
  const pin = { module: 'k8s.io/kubernetes', version: `v${version}`, sum };
  const edition = `schemas-${SCHEMAS_EDITION}`;
  const kinds = await keep('kubeconform', `kubernetes-${edition}`, pin, options, async (module, into) => {
    const text = await readFile(join(module, 'api', 'openapi-spec', 'swagger.json'), 'utf8');
    for (const { file, schema } of kubernetesSchemas(JSON.parse(text)))
      await put(into, join(`v${version}-standalone-strict`, file), JSON.stringify(schema));
  });
  const crds = await crdFolder(options);
  const operator = await pinOf('prometheus-operator');
  const ours = await keep('kubeconform', `operator-${edition}`, operator, options, async (_module, into) => {
    for (const name of await readdir(crds))
      for (const document of parseAllDocuments(await readFile(join(crds, name), 'utf8')))
        for (const { file, schema } of document.contents === null ? [] : crdSchemas(document.toJS()))
          await put(into, file, JSON.stringify(schema));
  });
  return [kinds, join(ours, '{{ .Group }}', '{{ .ResourceKind }}_{{ .ResourceAPIVersion }}.json')];
}

async function pinOf(family: string): Promise<ModulePin> {
  const { table, goFolder } = surroundings();
  const go = table.families[family]?.go;
  if (!go) throw new Error(`tools/programs.ts: ${family} has no module`);
  return readPin(join(goFolder, family, 'go.sum'), go.module, go.moduleVersion);
}

async function keep(
  program: ProgramName,
  name: string,
  pin: ModulePin,
  { onProgress, signal }: DataOptions,
  make: (module: string, into: string) => Promise<void>,
): Promise<string> {
  const { cache, env } = surroundings();
  const report = (step: ToolProgress['step'], detail: string): void => onProgress?.({ program, step, detail });
  const fromModule = async (into: string): Promise<void> => {
    report('download', `${pin.module}@${pin.version}, for ${name}`);
    const module = await moduleFolder({ pin, env, signal, onLine: (line) => report('download', line) });
    report('unpack', name);
    await make(module, into);
  };
  try {
    return await derive({ cache, name, version: pin.version, make: fromModule, report, signal });
  } catch (error) {
    signal?.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    const remedy = 'install Go (https://go.dev/dl), and let it reach its module proxy or set GOPROXY to one';
    throw new MissingDataError(
      `${name} ${pin.version} cannot be had on this machine:\n  ${reason}\nRemedy: ${remedy}.`,
    );
  }
}
