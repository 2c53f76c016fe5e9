/** Asks a cluster, before anything is registered, whether all is there that the plan needs. Only reads. */
import * as pulumi from '@pulumi/pulumi';
import type { ClusterPlan } from '../model/kubernetes/cluster.ts';
import { judgeGiven, pathOf } from '../model/kubernetes/preflight/given.ts';
import { judgeGateway, judgeOwners, judgeServed } from '../model/kubernetes/preflight/kinds.ts';
import { judgeOperators, OPERATORS } from '../model/kubernetes/preflight/operator.ts';
import {
  type Connection,
  isNobody,
  judgeFailure,
  judgeNobody,
  judgeVersion,
} from '../model/kubernetes/preflight/reach.ts';
import { judgeStorage, lacksClass } from '../model/kubernetes/preflight/storage.ts';
import { type Answer, FINE, joined, type Verdict } from '../model/verdict.ts';
import { type Ask, ClusterFailure, connect } from './clusterQuestions.ts';
import { findCluster } from './kubeconfig.ts';
import { lookAtCharts } from './localChart.ts';

/** What the plan says of the cluster that is asked. */
export type Asked = Pick<
  ClusterPlan,
  'connection' | 'preflight' | 'namespace' | 'install' | 'chart' | 'storageClass' | 'exposure' | 'given' | 'aggregator'
>;

/**
 * Does nothing under mocks, and where the stack file switches it off.
 * @throws RunError with all that is missing, each with its remedy
 */
export async function requireCluster(cluster: Asked | undefined): Promise<void> {
  if (!cluster?.preflight || !pulumi.runtime.hasEngine()) return;
  const { faults, notes } = await preflight(cluster);
  for (const note of notes) pulumi.log.warn(note);
  if (faults.length > 0)
    throw new pulumi.RunError(
      `the cluster of this stack is not ready for it, so nothing was changed:\n${faults.map((each) => `  ${each}`).join('\n')}`,
    );
}

/** @param env holds KUBECONFIG */
export async function preflight(cluster: Asked, env: NodeJS.ProcessEnv = process.env): Promise<Verdict> {
  const own = cluster.install ? cluster.chart : {};
  const charts = lookAtCharts({ ...own, natsPath: cluster.aggregator?.nats?.path });
  return joined([charts, await askCluster(cluster, env)]);
}

async function askCluster(cluster: Asked, env: NodeJS.ProcessEnv): Promise<Verdict> {
  const found = await findCluster(cluster.connection, env);
  if ('faults' in found) return found;
  const { connection } = found;
  try {
    const { ask, close } = await connect(found);
    // Where it is not reached, the rest would only say so again.
    const version = judgeVersion(connection, await ask('/version'));
    const verdict = version.faults.length > 0 ? version : await askAll(cluster, connection, ask);
    close();
    return verdict;
  } catch (error) {
    if (error instanceof ClusterFailure) return judgeFailure(connection, error.failure);
    throw error;
  }
}

async function askAll(cluster: Asked, connection: Connection, ask: Ask): Promise<Verdict> {
  const classes = ask('/apis/storage.k8s.io/v1/storageclasses');
  if (isNobody(await classes)) return judgeNobody(connection);
  return joined(
    await Promise.all([
      storage(cluster, await classes, ask),
      ...(cluster.install ? [owners(cluster, ask), operators(cluster, ask)] : [served(ask)]),
      gateway(cluster, ask),
      objects(cluster, ask),
    ]),
  );
}

async function storage(cluster: Asked, classes: Answer, ask: Ask): Promise<Verdict> {
  if (!lacksClass(cluster, classes)) return judgeStorage(cluster, classes);
  const [volumes, claims] = await Promise.all([
    ask('/api/v1/persistentvolumes'),
    ask(`/api/v1/namespaces/${cluster.namespace}/persistentvolumeclaims`),
  ]);
  return judgeStorage(cluster, classes, { volumes, claims });
}

async function owners(cluster: Asked, ask: Ask): Promise<Verdict> {
  // Their schemas are megabytes.
  return judgeOwners(cluster, await ask('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { metadata: true }));
}

async function operators(cluster: Asked, ask: Ask): Promise<Verdict> {
  const paths = OPERATORS.map((selector) => `/apis/apps/v1/deployments?labelSelector=${encodeURIComponent(selector)}`);
  return judgeOperators(cluster, await Promise.all(paths.map((path) => ask(path))));
}

async function served(ask: Ask): Promise<Verdict> {
  const [v1, v1alpha1] = await Promise.all(
    ['v1', 'v1alpha1'].map((version) => ask(`/apis/monitoring.coreos.com/${version}`)),
  );
  return v1 && v1alpha1 ? judgeServed({ v1, v1alpha1 }) : FINE;
}

async function gateway(cluster: Asked, ask: Ask): Promise<Verdict> {
  if (cluster.exposure?.via.kind !== 'gateway') return FINE;
  return judgeGateway(cluster, await ask('/apis/gateway.networking.k8s.io/v1'));
}

async function objects(cluster: Asked, ask: Ask): Promise<Verdict> {
  if (cluster.given.length === 0) return FINE;
  const [space, ...answers] = await Promise.all([
    ask(`/api/v1/namespaces/${cluster.namespace}`),
    ...cluster.given.map((each) => ask(pathOf(cluster, each))),
  ]);
  return space ? judgeGiven(cluster, space, cluster.given, answers) : FINE;
}
