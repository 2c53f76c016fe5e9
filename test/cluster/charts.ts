/** Charts as Helm renders them: small stand-ins, or the true ones where somebody has them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { run } from '../fixtures/programs.ts';
import { ROOT } from '../fixtures/real.ts';
import type { Release } from './apply.ts';
import { type KubernetesObject, kubernetesObject } from './client.ts';

/** A folder with the charts by name; the true ones may be given. */
export const CHARTS = process.env.CHAINWATCH_TEST_CHARTS ?? join(ROOT, 'test', 'fixtures', 'charts');

/** @throws Error with Helm's words */
export async function renderChart({ name, namespace, chart, values }: Release): Promise<KubernetesObject[]> {
  const folder = mkdtempSync(join(tmpdir(), 'chainwatch-chart-'));
  try {
    const file = join(folder, 'values.json');
    writeFileSync(file, JSON.stringify(values));
    const args = ['template', name, join(CHARTS, basename(chart)), '--namespace', namespace, '--skip-crds', '-f', file];
    const { code, stdout, stderr } = await run('helm', args);
    if (code !== 0) throw new Error(`helm ${args.join(' ')}: ${stderr}`);
    return parseAllDocuments(stdout)
      .filter(({ contents }) => contents !== null)
      .map((document) => kubernetesObject.parse(document.toJS()))
      .map((object) => inNamespace(object, namespace));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const OF_CLUSTER = ['ClusterRole', 'ClusterRoleBinding'];

/** Charts leave the namespace to Helm. */
function inNamespace(object: KubernetesObject, namespace: string): KubernetesObject {
  if (object.metadata.namespace !== undefined || OF_CLUSTER.includes(object.kind)) return object;
  return { ...object, metadata: { ...object.metadata, namespace } };
}
