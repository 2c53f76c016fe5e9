/** A real Pulumi against a real API server: what a preview takes, and what the operator's component takes beside its bare charts. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { type KubernetesObject, kubernetesObject } from '../../test/cluster/client.ts';
import { type Engine, type EngineFacts, makeEngine } from '../../test/cluster/engine.ts';
import { type Cluster, startCluster } from '../../tools/cluster/start.ts';
import { crdFolder, describeProgress } from '../../tools/index.ts';
import { median } from './median.ts';
import { networks } from './stack.ts';

/** That makes 150 resources. */
const NETWORKS = 8;
const PREVIEWS = 3;
const UPS = 3;
const WANTED_PREVIEW_SECONDS = 10;
const WANTED_RATIO = 1.3;
const QUIET = ['--yes', '--skip-preview', '--suppress-progress'];

interface Place {
  readonly folder: string;
  readonly cluster: Cluster;
  readonly crds: readonly KubernetesObject[];
  readonly signal: AbortSignal;
}

export async function measureEngine(signal: AbortSignal): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'chainwatch-bench-'));
  try {
    const cluster = await startCluster({ folder, signal, onProgress: sometimes() });
    try {
      const place = { folder, cluster, crds: await readCrds(), signal };
      await measurePreview(place);
      await measureOperator(place);
    } finally {
      await cluster.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measurePreview(place: Place): Promise<void> {
  const change: EngineFacts['change'] = (file) => file.setIn(['config', 'chainwatch:networks'], networks(NETWORKS));
  await withEngine(place, 'preview', { change }, async (engine) => {
    const previews = async (what: string) => {
      const all: number[] = [];
      for (let round = 1; round <= PREVIEWS; round += 1) {
        console.error(`${what}: ${round} of ${PREVIEWS}`);
        all.push((await timed(engine, 'preview', '--suppress-progress')).seconds);
      }
      return median(all);
    };
    const resources = countOf((await timed(engine, 'preview', '--json')).stdout);
    const fresh = await previews('preview of a new stack');
    console.error(`up of ${resources} resources`);
    const up = await timed(engine, 'up', ...QUIET);
    const unchanged = await previews('preview of an unchanged stack');
    await engine.run('preview', '--expect-no-changes');
    console.error(`destroy of ${resources} resources`);
    const destroy = await timed(engine, 'destroy', ...QUIET);
    console.log(`a real Pulumi, ${NETWORKS} networks, ${resources} resources; median of ${PREVIEWS} previews:`);
    console.log(
      `  preview of a new stack ${fresh.toFixed(1)} s, ${((fresh / resources) * (150 / WANTED_PREVIEW_SECONDS)).toFixed(2)} of what is wanted, ${WANTED_PREVIEW_SECONDS} s for 150 resources`,
    );
    console.log(`  preview of an unchanged stack ${unchanged.toFixed(1)} s`);
    console.log(`  up ${up.seconds.toFixed(1)} s, destroy ${destroy.seconds.toFixed(1)} s`);
  });
  await removeKinds(place);
}

/** In turn, each time in a cluster that knows nothing of the operator. */
async function measureOperator(place: Place): Promise<void> {
  const seconds: Record<'charts' | 'component', number[]> = { charts: [], component: [] };
  const each = async (what: 'charts' | 'component', engine: Engine) => {
    console.error(`up of the operator's ${what}: ${seconds[what].length + 1} of ${UPS}`);
    seconds[what].push((await timed(engine, 'up', ...QUIET)).seconds);
    await engine.run('destroy', ...QUIET);
    await removeKinds(place);
  };
  const main = 'bench/pulumi/operator.ts';
  await withEngine(place, 'charts', { main }, (charts) =>
    withEngine(place, 'component', { main }, async (component) => {
      await charts.run('config', 'set', 'bench:what', 'charts');
      await component.run('config', 'set', 'bench:what', 'component');
      for (let round = 0; round < UPS; round += 1) {
        await each('charts', charts);
        await each('component', component);
      }
    }),
  );
  const [bare, ours] = [median(seconds.charts), median(seconds.component)];
  console.log(
    `up of the operator, median of ${UPS}: the bare charts ${bare.toFixed(1)} s, the component ${ours.toFixed(1)} s: ratio ${(ours / bare).toFixed(2)}, wanted at most ${WANTED_RATIO}`,
  );
}

async function withEngine(
  { folder, cluster, crds, signal }: Place,
  name: string,
  facts: Pick<EngineFacts, 'main' | 'change'>,
  use: (engine: Engine) => Promise<void>,
): Promise<void> {
  signal.throwIfAborted();
  const engine = await makeEngine({ folder: join(folder, name), kubeconfig: cluster.kubeconfig, crds, ...facts });
  const end = () => engine.end();
  signal.addEventListener('abort', end);
  try {
    signal.throwIfAborted();
    await use(engine);
  } finally {
    signal.removeEventListener('abort', end);
    end();
  }
}

async function timed(engine: Engine, ...args: readonly string[]): Promise<{ seconds: number; stdout: string }> {
  const from = performance.now();
  const { stdout } = await engine.run(...args);
  return { seconds: (performance.now() - from) / 1000, stdout };
}

function countOf(preview: string): number {
  const { steps }: { steps: readonly unknown[] } = JSON.parse(preview);
  return steps.length;
}

/** They outlive `destroy`, and whoever comes next would find them already there. */
async function removeKinds({ cluster, signal }: Place): Promise<void> {
  const args = ['--kubeconfig', cluster.kubeconfig, 'delete', 'crd', '--all', '--wait'];
  await promisify(execFile)(cluster.kubectl, args, { signal });
}

async function readCrds(): Promise<KubernetesObject[]> {
  const folder = await crdFolder();
  return readdirSync(folder).map((file) => kubernetesObject.parse(parse(readFileSync(join(folder, file), 'utf8'))));
}

/** The first time programs are built for minutes. */
function sometimes(): (progress: Parameters<typeof describeProgress>[0]) => void {
  let last = 0;
  return (progress) => {
    if (Date.now() - last < 5000) return;
    last = Date.now();
    console.error(describeProgress(progress));
  };
}
