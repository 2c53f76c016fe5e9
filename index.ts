/** The Pulumi program: stack → plan → components → outputs. `pulumi up` runs it. */
import * as pulumi from '@pulumi/pulumi';
import { chains } from './chains/index.ts';
import { ClusterMonitoring } from './components/clusterMonitoring.ts';
import { requireCluster } from './components/clusterPreflight.ts';
import { deployGrafana } from './components/grafanaMonitoring.ts';
import { requireGrafana } from './components/grafanaPreflight.ts';
import * as kubernetes from './components/kubernetesKinds.ts';
import { requireAll } from './components/preflight.ts';
import { serviceImage } from './components/serviceImage.ts';
import { encryptedKeys, givenSecrets, stackSecrets, withMadeSecrets } from './components/stackSecrets.ts';
import { engineConfig } from './config/engine.ts';
import { ConfigError } from './config/faults.ts';
import { parseStack } from './config/parse.ts';
import type { Stack } from './config/stack.ts';
import { makeKnown } from './model/knowledge.ts';
import { planCluster } from './model/kubernetes/cluster.ts';
import { clusterPlaces } from './model/kubernetes/places.ts';
import { stackInCluster } from './model/kubernetes/stack.ts';
import { makePlan, type Plan } from './model/plan/plan.ts';
import { runbookBase } from './model/runbooks.ts';
import { loadPackFiles } from './rules/load.ts';

const environment = pulumi.getStack();
const known = makeKnown(chains, loadPackFiles());
const { stack, plan } = readStack();
const cluster = planCluster(stack, plan);
const ofStack = stackSecrets(plan, cluster, givenSecrets(), stack.secrets);
await requireAll([requireCluster(cluster), requireGrafana(plan.grafana, ofStack.set)]);
const secrets = withMadeSecrets(ofStack);

function readStack(): { readonly stack: Stack; readonly plan: Plan } {
  try {
    const config = engineConfig(pulumi.runtime.allConfig(), encryptedKeys(), environment);
    const { stack, leftOut } = stackInCluster(parseStack(config, { environment, knowledge: known.forConfig }));
    for (const reason of leftOut) pulumi.log.info(`left out: ${reason}`);
    return { stack, plan: makePlan(stack, known) };
  } catch (error) {
    if (error instanceof ConfigError) throw new pulumi.RunError(error.message);
    throw error;
  }
}

function deploy() {
  if (cluster === undefined) return undefined;
  // Changed where they lie: deleted and made anew, whoever reads them in between would find none.
  const inPlace = { enableConfigMapMutable: true, enableSecretMutable: true };
  const provider = new kubernetes.Provider('cluster', { ...cluster.connection, ...inPlace });
  const image = serviceImage(stack.kind, cluster, secrets);
  return new ClusterMonitoring('chainwatch', { plan, cluster, secrets, image }, { providers: [provider] });
}

const deployed = deploy();
const places = cluster && clusterPlaces(cluster.facts, 'prometheus');
const brought = deployGrafana(plan, runbookBase(plan, places), secrets);
export const namespace = deployed?.namespace;
export const urls = deployed?.urls;
export const counts = deployed?.counts;
export const grafana = brought && { url: brought.url, folders: brought.folders, counts: brought.counts };
