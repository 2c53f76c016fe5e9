/** `KubePrometheus` and `MonitoringNamespace`, as another program would use them. */
import { describe, expect, test } from 'vitest';
import { KubePrometheus, type KubePrometheusArgs } from '../../../components/kubePrometheus.ts';
import { MonitoringNamespace, type MonitoringNamespaceArgs } from '../../../components/monitoringNamespace.ts';
import { planNamed } from '../../fixtures/real.ts';
import { at } from '../policies/read.ts';
import { type Outcome, run } from '../stand.ts';

const { prometheus } = planNamed('testnet');

function operator(more: Partial<KubePrometheusArgs> = {}): Promise<Outcome> {
  const args: KubePrometheusArgs = {
    stack: 'theirs',
    namespace: 'watch',
    nodesNamespace: 'watch-nodes',
    prometheus,
    alertmanager: { replicas: 1, retention: 14 * 86_400, secrets: false },
    egress: { prometheus: [], alertmanager: [] },
    urls: { prometheus: 'https://p.example', alertmanager: 'https://a.example' },
    ...more,
  };
  return run(() => {
    new KubePrometheus('op', args);
  });
}

const releases = ({ made }: Outcome) => made.filter(({ type }) => type.includes('helm'));

describe('KubePrometheus', () => {
  test('installs the CRDs, then the chart, and only then asks for a Prometheus and an Alertmanager', async () => {
    const { resource } = await operator();
    expect(resource('op-chart').after).toContain('op-crds');
    for (const name of ['op-prometheus', 'op-alertmanager']) {
      expect(resource(name).after).toContain('op-chart');
      expect(resource(name).after).toContain('op-crds');
    }
    expect(resource('op-crds').after).not.toContain('op-chart');
  });

  test('adopts an operator: neither CRDs nor chart, no role over the cluster, no policy for what is not ours', async () => {
    const outcome = await operator({ install: false });
    expect(releases(outcome)).toEqual([]);
    const kinds = outcome.made.map(({ inputs }) => inputs.kind);
    expect(kinds).toContain('Prometheus');
    expect(kinds).toContain('Role');
    expect(kinds).not.toContain('ClusterRole');
    const policies = outcome.made
      .filter(({ inputs }) => inputs.kind === 'NetworkPolicy')
      .map(({ inputs }) => at(inputs.metadata, 'name'));
    expect(policies.sort()).toEqual(['alertmanager', 'prometheus']);
  });

  test('takes the chart of a registry at a version, or of a folder as it is', async () => {
    const pinned = await operator();
    expect(pinned.resource('op-chart').inputs).toMatchObject({
      chart: expect.stringMatching(/^oci:/),
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      skipCrds: true,
      namespace: 'watch',
    });
    expect((await operator({ chart: { version: '99.0.0' } })).resource('op-chart').inputs.version).toBe('99.0.0');
    const local = await operator({ chart: { path: './chart', crdsPath: './crds' } });
    expect(local.resource('op-chart').inputs).toMatchObject({ chart: './chart' });
    expect(local.resource('op-chart').inputs.version).toBeUndefined();
    expect(local.resource('op-crds').inputs).toMatchObject({ chart: './crds' });
    expect(local.resource('op-crds').inputs.version).toBeUndefined();
  });

  test('CRDs outlive the stack in any case; what holds data is protected where asked', async () => {
    const marks = ({ made }: Outcome) =>
      made.flatMap(({ name, protect, retainOnDelete }) =>
        protect || retainOnDelete ? [`${name} ${protect} ${retainOnDelete}`] : [],
      );
    expect(marks(await operator())).toEqual(['op-crds false true']);
    expect(marks(await operator({ protect: true })).sort()).toEqual([
      'op-alertmanager true true',
      'op-crds true true',
      'op-prometheus true true',
    ]);
  });

  test('a token of remote write is in a Secret that Prometheus names, and nowhere else', async () => {
    const target = { name: 'far', url: 'https://far.example', token: { secret: 'farToken' }, headers: {} };
    const outcome = await operator({
      prometheus: { ...prometheus, remoteWrite: [target] },
      secrets: { farToken: 't0ken' },
    });
    expect(outcome.object('Secret prometheus-secrets').inputs.stringData).toEqual({ farToken: 't0ken' });
    const spec = outcome.object('Prometheus chainwatch').inputs.spec;
    expect(at(spec, 'remoteWrite')).toEqual([
      {
        name: 'far',
        url: 'https://far.example',
        authorization: { credentials: { name: 'prometheus-secrets', key: 'farToken' } },
      },
    ]);
    await expect(operator({ prometheus: { ...prometheus, remoteWrite: [target] } })).rejects.toThrow(/farToken/);
  });

  test('the operator selects by the label of the stack, in the namespaces of the stack', async () => {
    const spec = (await operator()).object('Prometheus chainwatch').inputs.spec;
    for (const kind of ['serviceMonitor', 'podMonitor', 'probe', 'scrapeConfig', 'rule'])
      expect(at(spec, `${kind}Selector`)).toEqual({ matchLabels: { 'chainwatch/stack': 'theirs' } });
    expect(JSON.stringify(at(spec, 'ruleNamespaceSelector'))).toContain('"watch"');
    expect(at(spec, 'externalUrl')).toBe('https://p.example');
  });

  test('each replica of Alertmanager hears what the others sent', async () => {
    const { object } = await operator({ alertmanager: { replicas: 3, retention: 14 * 86_400, secrets: true } });
    expect(object('Alertmanager chainwatch').inputs.spec).toMatchObject({
      replicas: 3,
      secrets: ['alertmanager-secrets'],
      configSecret: 'alertmanager-config',
      // The operator takes no days.
      retention: '336h',
    });
    const spec = object('NetworkPolicy alertmanager').inputs.spec;
    for (const side of ['ingress', 'egress'])
      for (const protocol of ['TCP', 'UDP'])
        expect(JSON.stringify(at(spec, side))).toContain(JSON.stringify({ port: 9094, protocol }));
  });

  test('nothing of it may write to the API server, or read secrets there', async () => {
    const { object } = await operator();
    const rules = JSON.stringify(object('ClusterRole watch-prometheus').inputs.rules);
    expect(rules).not.toMatch(/"\*"|create|update|patch|delete|secrets/);
  });
});

describe('MonitoringNamespace', () => {
  function namespace(more: Partial<MonitoringNamespaceArgs> = {}): Promise<Outcome> {
    const args = { stack: 'theirs', namespace: 'watch', nodesNamespace: 'watch-nodes', ...more };
    return run(() => {
      new MonitoringNamespace('ns', args);
    });
  }

  test('one enforces restricted, the other is for what reads the host', async () => {
    const { object } = await namespace();
    const level = (name: string) =>
      at(object(`Namespace ${name}`).inputs.metadata, 'labels', 'pod-security.kubernetes.io/enforce');
    expect([level('watch'), level('watch-nodes')]).toEqual(['restricted', 'privileged']);
  });

  test('denies all connections but the looking up of names', async () => {
    const { object } = await namespace();
    expect(object('NetworkPolicy default-deny').inputs.spec).toEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
    });
    expect(at(object('NetworkPolicy dns').inputs.spec, 'egress')).toEqual([
      {
        to: [
          ...['kube-dns', 'node-local-dns'].map((app) => ({
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
            podSelector: { matchLabels: { 'k8s-app': app } },
          })),
          { ipBlock: { cidr: '169.254.20.10/32' } },
          { ipBlock: { cidr: '169.254.169.254/32' } },
        ],
        ports: [
          { protocol: 'UDP', port: 53 },
          { protocol: 'TCP', port: 53 },
        ],
      },
    ]);
  });

  test('names are looked up where the cluster has them looked up', async () => {
    const labels = { 'dns.operator.openshift.io/daemonset-dns': 'default' };
    const nameServers = { pods: [{ namespace: 'openshift-dns', labels }], addresses: [], ports: [5353] };
    const { object } = await namespace({ nameServers });
    expect(at(object('NetworkPolicy dns').inputs.spec, 'egress')).toEqual([
      {
        to: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'openshift-dns' } },
            podSelector: { matchLabels: labels },
          },
        ],
        ports: [
          { protocol: 'UDP', port: 5353 },
          { protocol: 'TCP', port: 5353 },
        ],
      },
    ]);
  });

  test('what is inside waits for the namespace', async () => {
    const { made } = await namespace();
    for (const { name, after, inputs } of made)
      if (at(inputs.metadata, 'namespace') !== undefined) expect(after, name).toContain('ns');
  });

  test('is protected where asked, and takes another quota', async () => {
    const guarded = ({ made }: Outcome) => made.filter(({ protect }) => protect).map(({ name }) => name);
    expect(guarded(await namespace({ protect: true })).sort()).toEqual(['ns', 'ns-nodes']);
    const { object, made } = await namespace({ quota: { pods: '5' } });
    expect(guarded({ ...(await namespace()), made })).toEqual([]);
    expect(object('ResourceQuota quota').inputs.spec).toEqual({ hard: { pods: '5' } });
  });
});
