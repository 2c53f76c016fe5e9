/** A Pulumi program with the operator's component only, or with its two charts and nothing around them: `bench:what` says which. */
import * as kubernetes from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import { chains } from '../../chains/index.ts';
import { KubePrometheus } from '../../components/kubePrometheus.ts';
import { engineConfig } from '../../config/engine.ts';
import { parseStack } from '../../config/parse.ts';
import { makeKnown } from '../../model/knowledge.ts';
import { chartValues } from '../../model/kubernetes/chartValues.ts';
import { planCluster } from '../../model/kubernetes/cluster.ts';
import { stackInCluster } from '../../model/kubernetes/stack.ts';
import { makePlan } from '../../model/plan/plan.ts';
import { loadPackFiles } from '../../rules/load.ts';

const environment = pulumi.getStack();
const known = makeKnown(chains, loadPackFiles());
const config = engineConfig(pulumi.runtime.allConfig(), [], environment);
const { stack } = stackInCluster(parseStack(config, { environment, knowledge: known.forConfig }));
const plan = makePlan(stack, known);
const cluster = planCluster(stack, plan);
if (cluster === undefined) throw new Error('the stack file names no cluster');

const spaces = [cluster.namespace, cluster.nodesNamespace].map(
  (name) => new kubernetes.core.v1.Namespace(name, { metadata: { name } }),
);
const { namespace, nodesNamespace, chart } = cluster;
if (new pulumi.Config('bench').require('what') === 'component')
  new KubePrometheus(
    'operator',
    {
      ...cluster,
      secrets: {},
      prometheus: plan.prometheus,
      alertmanager: { replicas: cluster.alertmanagerReplicas, retention: plan.alertmanager.retention, secrets: false },
      urls: { prometheus: 'http://prometheus.example', alertmanager: 'http://alertmanager.example' },
    },
    { dependsOn: spaces },
  );
else {
  const { path = '', crdsPath = '' } = chart;
  const crds = new kubernetes.helm.v3.Release(
    'crds',
    { name: 'prometheus-operator-crds', namespace, chart: crdsPath },
    { dependsOn: spaces },
  );
  const values = chartValues({ stack: environment, nodesNamespace, grafana: cluster.grafana, grafanaUrl: undefined });
  const release = { name: 'kube-prometheus-stack', namespace, chart: path, skipCrds: true, values };
  new kubernetes.helm.v3.Release('stack', release, { dependsOn: [crds] });
}
