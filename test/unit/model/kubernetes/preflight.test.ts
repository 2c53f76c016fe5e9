/** What a cluster's answers mean for a stack: each fault ends with its remedy, and what nobody tells stops nothing. */
import { describe, expect, test } from 'vitest';
import { givenObjects } from '../../../../model/kubernetes/given.ts';
import { judgeChart, localCharts } from '../../../../model/kubernetes/preflight/chart.ts';
import { judgeGiven } from '../../../../model/kubernetes/preflight/given.ts';
import { judgeOwners, judgeServed, NEEDED } from '../../../../model/kubernetes/preflight/kinds.ts';
import { judgeKubeconfig } from '../../../../model/kubernetes/preflight/kubeconfig.ts';
import { judgeOperators } from '../../../../model/kubernetes/preflight/operator.ts';
import { isNobody, judgeFailure, judgeVersion } from '../../../../model/kubernetes/preflight/reach.ts';
import { judgeStorage, lacksClass } from '../../../../model/kubernetes/preflight/storage.ts';
import type { Answer } from '../../../../model/verdict.ts';
import { stackNamed } from '../../../fixtures/real.ts';

const FINE = { faults: [], notes: [] };
const WATCH = { namespace: 'watch' };
const REFUSED: Answer = { status: 403, body: { message: 'forbidden: User "ann" cannot list' } };
const MISSING: Answer = { status: 404, body: undefined };

const listed = (...items: readonly object[]): Answer => ({ status: 200, body: { items } });
const served = (...names: readonly string[]): Answer => ({
  status: 200,
  body: { resources: names.map((name) => ({ name })) },
});
const helm = (name: string, namespace: string) => ({
  labels: { 'app.kubernetes.io/managed-by': 'Helm' },
  annotations: { 'meta.helm.sh/release-name': name, 'meta.helm.sh/release-namespace': namespace },
});
const crd = (plural: string, marks: object = {}) => ({
  metadata: { name: `${plural}.monitoring.coreos.com`, ...marks },
});

describe('a cluster that is not reached', () => {
  const connection = { server: 'https://api.example:6443', context: 'prod', kubeconfig: '~/.kube/config' };

  test.each([
    ['ECONNREFUSED', 'refuses connections', 'start the cluster'],
    ['ENOTFOUND', 'nobody here knows the name api.example', 'switch on the VPN that knows the name'],
    ['EAI_AGAIN', 'nobody here knows the name api.example', 'correct the server in the kubeconfig'],
    ['ABORT_ERR', 'does not answer', 'a firewall, a VPN that is off'],
    ['EHOSTUNREACH', 'does not answer', 'a list of allowed addresses'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'a certificate that cannot be trusted', 'fetch the kubeconfig anew'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'a certificate that cannot be trusted', 'the cluster was made anew'],
    ['CERT_HAS_EXPIRED', 'a certificate that cannot be trusted', 'the clock of this machine'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'a certificate that cannot be trusted', 'tls-server-name'],
    ['EPROTO', 'cannot be reached', 'until `kubectl get nodes` answers'],
  ])('by %s', (code, said, remedy) => {
    const { faults } = judgeFailure(connection, { code, message: 'what Node says\nand more' });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/^the cluster at https:\/\/api\.example:6443 \(context "prod" of ~\/\.kube\/config\) /);
    expect(faults[0]).toContain(said);
    expect(faults[0]).toContain(remedy);
    expect(faults[0]).toMatch(/name its context in chainwatch:kubernetes\.context, or its file in KUBECONFIG$/);
    expect(faults[0]).not.toContain('\n');
  });

  test('as a program for credentials is missing, or does not let anybody in', () => {
    const missing = { code: 'ENOENT', message: 'spawn aws ENOENT', credentials: true };
    expect(judgeFailure(connection, missing).faults[0]).toMatch(/yields no credentials \(spawn aws ENOENT\): install/);
    const out = { message: '', credentials: true };
    expect(judgeFailure(connection, out).faults[0]).toMatch(/\(it does not say why\): log in again/);
  });

  test.each<[string, Answer, string]>([
    ['credentials that are not known', { status: 401, body: {} }, 'log in again'],
    ['a user without any right', REFUSED, 'have them bound to a role'],
    ['a page for logging in', { status: 200, body: undefined }, 'not as an API server of Kubernetes does'],
  ])('by the answer to %s', (_, answer, said) => {
    expect(judgeVersion(connection, answer).faults).toEqual([expect.stringContaining(said)]);
  });

  test('a version is enough; nobody is told from somebody without rights', () => {
    expect(judgeVersion(connection, { status: 200, body: { gitVersion: 'v1.36.3' } })).toEqual(FINE);
    expect(isNobody(REFUSED)).toBe(false);
    expect(isNobody({ status: 403, body: { message: 'User "system:anonymous" cannot list' } })).toBe(true);
  });
});

describe('a kubeconfig', () => {
  const contexts = [
    { name: 'prod', cluster: 'a', user: 'ann' },
    { name: 'test', cluster: 'gone', user: 'bob' },
  ];
  const names = { current: 'prod', contexts, clusters: ['a'], users: ['ann'] };

  test('says which cluster is meant', () => {
    expect(judgeKubeconfig('config', undefined, names)).toEqual(FINE);
    expect(judgeKubeconfig('config', 'prod', { ...names, current: undefined })).toEqual(FINE);
  });

  test.each([
    ['pord', names, /unknown context "pord"; did you mean "prod"\? \(there are: prod, test\): correct chainwatch:/],
    [
      undefined,
      { ...names, current: 'old' },
      /unknown context "old".*`kubectl config use-context <name>`, or name one/,
    ],
    [undefined, { ...names, current: undefined }, /names no current context: name one in .* \(there are: prod, test\)/],
    [undefined, { ...names, current: undefined, contexts: [] }, /there are none in it/],
    ['test', names, /the context "test" is of cluster "gone" and of user "bob", which the file does not hold/],
  ])('which does not, for %s', (wanted, given, message) => {
    expect(judgeKubeconfig('config', wanted, given).faults).toEqual([expect.stringMatching(message)]);
  });
});

describe('storage', () => {
  const isDefault = { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } };
  const gp3 = { metadata: { name: 'gp3' } };
  const standard = { metadata: { name: 'standard', ...isDefault } };
  const none = { volumes: listed(), claims: listed() };

  test('is there by name, by default, or without a class', () => {
    expect(judgeStorage({ ...WATCH, storageClass: 'gp3' }, listed(gp3))).toEqual(FINE);
    expect(judgeStorage(WATCH, listed(gp3, standard))).toEqual(FINE);
    expect(lacksClass({ ...WATCH, storageClass: '' }, listed())).toBe(false);
  });

  test('is not there', () => {
    expect(judgeStorage(WATCH, listed(gp3), none).faults).toEqual([expect.stringContaining('one that is there (gp3)')]);
    expect(judgeStorage({ ...WATCH, storageClass: 'gp2' }, listed(gp3, standard), none).faults).toEqual([
      expect.stringContaining(
        '"gp2", which chainwatch:kubernetes.storageClass names: name one that is there (gp3, sta',
      ),
    ]);
  });

  test('is no fault of a stack that runs: its disks are bound', () => {
    const claims = listed({ status: { phase: 'Bound' } });
    expect(judgeStorage(WATCH, listed(gp3), { ...none, claims })).toMatchObject({ faults: [], notes: [/./] });
    const pending = listed({ status: { phase: 'Pending' } });
    expect(judgeStorage(WATCH, listed(gp3), { ...none, claims: pending }).faults).toHaveLength(1);
  });

  test('nobody tells of it', () => {
    expect(judgeStorage(WATCH, REFUSED)).toMatchObject({ faults: [], notes: [/status 403/] });
  });
});

describe('kinds', () => {
  const ours = helm('prometheus-operator-crds', 'watch');

  test('of nobody, of ours, and those that we do not bring are fine', () => {
    expect(judgeOwners(WATCH, listed())).toEqual(FINE);
    expect(judgeOwners(WATCH, listed(crd('probes', ours), crd('newthings'), { metadata: { name: 'x.y.z' } }))).toEqual(
      FINE,
    );
  });

  test.each<[string, object, string]>([
    ['another release', helm('prom', 'monitoring'), 'Helm release "prom" of namespace monitoring'],
    [
      'our release in another namespace',
      helm('prometheus-operator-crds', 'old'),
      'Helm release "prometheus-operator-crds" of namespace old',
    ],
    ['a hand', {}, 'no Helm release (made by hand'],
    ['OLM', { labels: { 'olm.managed': 'true' } }, 'the Operator Lifecycle Manager'],
    ['another tool', { labels: { 'app.kubernetes.io/managed-by': 'argocd' } }, 'argocd'],
  ])('of %s are named with it', (_, marks, owner) => {
    const { faults } = judgeOwners(
      WATCH,
      listed(crd('probes', ours), crd('prometheuses', marks), crd('alertmanagers', marks)),
    );
    expect(faults).toEqual([expect.stringContaining(`alertmanagers, prometheuses of ${owner}`)]);
    expect(faults[0]).toContain('chainwatch:kubernetes.install: false');
  });

  test('are expected where none are installed', () => {
    const [v1, v1alpha1] = [served(...NEEDED.v1, 'prometheuses/status'), served(...NEEDED.v1alpha1)];
    expect(judgeServed({ v1, v1alpha1 })).toEqual(FINE);
    expect(judgeServed({ v1: MISSING, v1alpha1: MISSING }).faults).toEqual([expect.stringContaining('Set it to true')]);
    expect(judgeServed({ v1, v1alpha1: MISSING }).faults).toEqual([expect.stringContaining('has no scrapeconfigs of')]);
    expect(judgeServed({ v1: served('prometheuses'), v1alpha1 }).faults).toEqual([
      expect.stringContaining('has no alertmanagers, podmonitors, probes, prometheusrules, servicemonitors of'),
    ]);
    expect(judgeServed({ v1: REFUSED, v1alpha1 })).toMatchObject({ faults: [], notes: [/status 403/] });
  });

  test('may not be listed by everybody', () => {
    expect(judgeOwners(WATCH, REFUSED)).toMatchObject({ faults: [], notes: [/whose the kinds/] });
  });
});

describe('operators', () => {
  const deployment = (
    name: string,
    marks: { labels?: object; annotations?: object },
    spec: object = { replicas: 1 },
  ) => ({
    metadata: { name, namespace: 'monitoring', ...marks },
    spec,
  });

  test('of others are named once, though several selectors find them', () => {
    const theirs = deployment('prom-operator', helm('prom', 'monitoring'));
    const { faults } = judgeOperators(WATCH, [listed(theirs), listed(theirs), listed()]);
    expect(faults).toEqual([
      expect.stringContaining('(deployment monitoring/prom-operator, of Helm release "prom" of namespace monitoring)'),
    ]);
  });

  test('that are ours, that only check objects, or that are switched off are none', () => {
    const own = deployment('ours', helm('kube-prometheus-stack', 'watch'));
    const webhook = deployment('w', { labels: { 'app.kubernetes.io/component': 'prometheus-operator-webhook' } });
    const off = deployment('off', {}, { replicas: 0 });
    expect(judgeOperators(WATCH, [listed(own, webhook, off)])).toEqual(FINE);
  });

  test('may not be listed by everybody', () => {
    expect(judgeOperators(WATCH, [listed(), REFUSED])).toMatchObject({ faults: [], notes: [/status 403/] });
  });
});

describe('a chart of this machine', () => {
  const [chart] = localCharts({ path: './charts/stack' });
  if (!chart) throw new Error('no chart');
  const whole = { name: 'kube-prometheus-stack', version: '88.9.0', dependencies: ['crds', 'grafana'] };

  test('is whole with its charts as folders or archives', () => {
    expect(judgeChart(chart, { ...whole, charts: ['crds', 'grafana-12.1.0.tgz'] })).toEqual(FINE);
  });

  test.each([
    [
      { unreadable: 'ENOENT' },
      /^chainwatch:kubernetes\.chart\.path: \.\/charts\/stack cannot be read .*`helm pull oci:.*--untar`/,
    ],
    [{ ...whole, name: 'prometheus' }, /is the chart "prometheus", and must be "kube-prometheus-stack"/],
    [{ ...whole, charts: ['crds'] }, /lacks the charts .* \(grafana\): `helm dependency build \.\/charts\/stack`/],
  ])('is not: %o', (found, message) => {
    expect(judgeChart(chart, found).faults).toEqual([expect.stringMatching(message)]);
  });

  test('of another major version is noted', () => {
    const old = { name: 'kube-prometheus-stack', version: '70.0.0' };
    expect(judgeChart(chart, old)).toMatchObject({ faults: [], notes: [/is version 70\.0\.0 of the chart/] });
  });

  test('stands in the stack file under its own key', () => {
    expect(localCharts({})).toEqual([]);
    expect(localCharts({ crdsPath: 'x' })).toEqual([
      { name: 'prometheus-operator-crds', setting: 'chainwatch:kubernetes.chart.crdsPath', path: 'x' },
    ]);
    const [nats] = localCharts({ natsPath: './charts/nats' });
    if (!nats) throw new Error('no chart');
    expect(judgeChart(nats, { unreadable: 'ENOENT' }).faults).toEqual([
      expect.stringMatching(
        /^chainwatch:services\.aggregator\.nats\.path: \.\/charts\/nats cannot .*`helm pull nats --repo https:\S+ --version \S+ --untar`/,
      ),
    ]);
  });
});

describe('what is named and not made', () => {
  const secret = { kind: 'Secret', name: 'tls', setting: 'chainwatch:x', keys: ['tls.crt'] } as const;
  const claim = { kind: 'PersistentVolumeClaim', name: 'disk', setting: 'chainwatch:y', shared: false } as const;
  const space: Answer = { status: 200, body: {} };

  test('that nobody lets us see is noted, and stops nothing', () => {
    expect(judgeGiven(WATCH, REFUSED, [secret], [REFUSED])).toEqual({
      faults: [],
      notes: ['nobody has seen whether there is a Secret "tls", which chainwatch:x names (status 403)'],
    });
  });

  test('lacks a key that is there without anything in it', () => {
    const empty = { status: 200, body: { data: { 'tls.crt': '' } } };
    expect(judgeGiven(WATCH, space, [secret], [empty]).faults).toEqual([expect.stringContaining('lacks tls.crt:')]);
  });

  test('may wait for its first pod, and may not have lost its volume', () => {
    const answer = (phase: string) => ({
      status: 200,
      body: { spec: { accessModes: ['ReadWriteMany'] }, status: { phase } },
    });
    expect(judgeGiven(WATCH, space, [claim], [answer('Pending')])).toEqual(FINE);
    expect(judgeGiven(WATCH, space, [{ ...claim, shared: true }], [answer('Bound')])).toEqual(FINE);
    expect(judgeGiven(WATCH, space, [claim], [answer('Lost')]).faults).toEqual([
      expect.stringMatching(/^PersistentVolumeClaim "disk", which chainwatch:y names, has lost its volume/),
    ]);
  });

  test('is nothing where none of our pods comes about', () => {
    const stack = stackNamed('mainnet');
    const aggregator = { ...stack.services.aggregator, tls: { certificate: 'tls' } };
    const named = { ...stack, services: { ...stack.services, aggregator } };
    const { kubernetes } = named;
    if (kubernetes === undefined) throw new Error('mainnet names no cluster');
    expect(givenObjects(named)).toEqual([]);
    const withImage = { ...kubernetes, image: `registry.example/ours@sha256:${'a'.repeat(64)}` };
    expect(givenObjects({ ...named, kubernetes: withImage }).map(({ name }) => name)).toEqual(['tls']);
  });
});
