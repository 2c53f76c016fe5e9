/** The Pulumi program: stack → plan → components → outputs. `pulumi up` runs it. */
import * as kubernetes from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import { chains } from './chains/index.ts';
import { ClusterMonitoring } from './components/clusterMonitoring.ts';
import { serviceImage } from './components/serviceImage.ts';
import { stackSecrets } from './components/stackSecrets.ts';
import { engineConfig } from './config/engine.ts';
import { ConfigError } from './config/faults.ts';
import { parseStack } from './config/parse.ts';
import type { Stack } from './config/stack.ts';
import { makeKnown } from './model/knowledge.ts';
import { planCluster } from './model/kubernetes/cluster.ts';
import { stackInCluster } from './model/kubernetes/stack.ts';
import { makePlan } from './model/plan/plan.ts';
import { loadPackFiles } from './rules/load.ts';

const environment = pulumi.getStack();
const known = makeKnown(chains, loadPackFiles());
const { stack, leftOut } = stackInCluster(readStack());
for (const reason of leftOut) pulumi.log.info(`left out in a cluster: ${reason}`);

const plan = makePlan(stack, known);
const cluster = planCluster(stack, plan);
const secrets = stackSecrets(plan, new pulumi.Config('chainwatch').getSecretObject('secrets'), stack.secrets);

function readStack(): Stack {
  try {
    const config = engineConfig(pulumi.runtime.allConfig(), encryptedKeys(), environment);
    return parseStack(config, { environment, knowledge: known.forConfig });
  } catch (error) {
    if (error instanceof ConfigError) throw new pulumi.RunError(error.message);
    throw error;
  }
}

/** The engine names the keys that hold a secret to the language host in this variable. */
function encryptedKeys(): readonly string[] {
  const keys: unknown = JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? '[]');
  return Array.isArray(keys) ? keys.map(String) : [];
}

function deploy() {
  if (cluster === undefined) return undefined;
  // Changed where they lie: deleted and made anew, whoever reads them in between would find none.
  const inPlace = { enableConfigMapMutable: true, enableSecretMutable: true };
  const provider = new kubernetes.Provider('cluster', { ...cluster.connection, ...inPlace });
  const image = serviceImage(stack.kind, cluster.image);
  return new ClusterMonitoring('chainwatch', { plan, cluster, secrets, image }, { providers: [provider] });
}

const deployed = deploy();
export const namespace = deployed?.namespace;
export const urls = deployed?.urls;
export const counts = deployed?.counts;
