import { describe, expect, test } from 'vitest';
import { planCluster } from '../../../../model/kubernetes/cluster.ts';
import { mergeEdges } from '../../../../model/kubernetes/edges.ts';
import { monitorsOf } from '../../../../model/kubernetes/monitors.ts';
import { makePlan } from '../../../../model/plan/plan.ts';
import { prometheusConfig } from '../../../../model/prometheus/config.ts';
import { places } from '../../../fixtures/places.ts';
import { known, stackOf } from '../../../fixtures/toy.ts';

const pods = { namespace: 'rollup', labels: { app: 'op-geth' }, port: 'metrics' };
const service = { namespace: 'rollup', labels: { 'app.kubernetes.io/name': 'signer' }, port: 7300 };

function planned(nodes: Readonly<Record<string, unknown>>, kubernetes: Readonly<Record<string, unknown>> = {}) {
  const stack = stackOf({ networks: { net: { chain: 'toy', nodes, labels: { team: 'a' } } }, kubernetes });
  const plan = makePlan(stack, known);
  const cluster = planCluster(stack, plan);
  if (cluster === undefined) throw new Error('there is no cluster');
  return {
    plan,
    cluster,
    monitors: plan.scrapeJobs.filter(({ owner }) => owner === 'net').flatMap((job) => monitorsOf(job)),
  };
}

const set = (targetLabel: string, replacement: string) => ({ action: 'replace', targetLabel, replacement });

describe('nodes in the cluster', () => {
  test('a named one is scraped by a PodMonitor in its namespace, under the labels of any node', () => {
    const { monitors } = planned({ 'toy-node': [{ name: 'sequencer', pods }] });
    expect(monitors).toEqual([
      {
        kind: 'PodMonitor',
        name: 'net-toy-node-sequencer',
        spec: {
          namespaceSelector: { matchNames: ['rollup'] },
          selector: { matchLabels: { app: 'op-geth' } },
          podMetricsEndpoints: [
            {
              port: 'metrics',
              path: '/metrics',
              interval: '15s',
              scrapeTimeout: '10s',
              metricRelabelings: expect.anything(),
              relabelings: [
                set('chain', 'toy'),
                set('component', 'toy-node'),
                set('instance', 'sequencer'),
                set('job', 'net/toy-node'),
                set('network', 'net'),
                set('team', 'a'),
                { action: 'labeldrop', regex: 'namespace|service|pod|container|endpoint|node' },
              ],
            },
          ],
        },
      },
    ]);
  });

  test('without a name each pod is a node called as it is, and the pod’s name is read before it is dropped', () => {
    const [monitor] = planned({ 'toy-node': [{ pods: { ...pods, port: 6060 } }] }).monitors;
    if (monitor?.kind !== 'PodMonitor') throw new Error('no PodMonitor');
    const [endpoint] = monitor.spec.podMetricsEndpoints ?? [];
    expect(endpoint).toMatchObject({ portNumber: 6060 });
    expect(endpoint?.relabelings?.filter((rule) => rule.targetLabel === 'instance')).toEqual([
      { action: 'replace', sourceLabels: ['__meta_kubernetes_pod_name'], targetLabel: 'instance' },
    ]);
  });

  test('behind a Service a ServiceMonitor finds them, by the name or the number of the port', () => {
    const { monitors } = planned({
      'toy-signer': [
        { name: 'a', service },
        { name: 'b', service: { ...service, port: 'web' } },
      ],
    });
    expect(monitors.map(({ kind, name, spec }) => [kind, name, 'endpoints' in spec && spec.endpoints])).toMatchObject([
      ['ServiceMonitor', 'net-toy-signer-a', [{ targetPort: 7300, path: '/signer/metrics' }]],
      ['ServiceMonitor', 'net-toy-signer-b', [{ port: 'web', path: '/signer/metrics' }]],
    ]);
  });

  test('Prometheus may connect to the pods at their port, behind a Service to the namespace', () => {
    const { cluster } = planned({ 'toy-node': [{ pods }], 'toy-signer': [{ name: 'a', service }] });
    expect(cluster.egress.prometheus.filter(({ to }) => to === 'pods')).toEqual([
      { to: 'pods', ...pods },
      { to: 'pods', namespace: 'rollup', labels: {} },
    ]);
    expect(cluster.scraped).toEqual(['rollup']);
  });

  test('in our own namespace nothing has to be allowed anew', () => {
    const { cluster } = planned({ 'toy-node': [{ pods }] }, { namespace: 'rollup' });
    expect(cluster.scraped).toEqual([]);
  });

  test('a Prometheus on one machine is not told of them', () => {
    const { plan } = planned({ 'toy-node': [{ pods }, '10.0.0.1:9000'], 'toy-signer': [{ name: 'a', service }] });
    const { scrape_configs: jobs } = prometheusConfig(plan, places, { ruleFiles: [], blackbox: false });
    expect(jobs).not.toContainEqual(expect.objectContaining({ job_name: 'net/toy-signer' }));
    expect(jobs).toContainEqual(
      expect.objectContaining({
        job_name: 'net/toy-node',
        static_configs: [expect.objectContaining({ targets: ['10.0.0.1:9000'] })],
      }),
    );
  });
});

test('the same pods are named once among edges, others beside them', () => {
  const one = { to: 'pods', namespace: 'n', labels: { app: 'a', tier: 'b' }, port: 1 } as const;
  const same = { to: 'pods', namespace: 'n', labels: { tier: 'b', app: 'a' }, port: 1 } as const;
  const other = { to: 'pods', namespace: 'n', labels: { app: 'a', tier: 'b' }, port: 2 } as const;
  expect(mergeEdges([one, other, same])).toEqual([one, other]);
});
