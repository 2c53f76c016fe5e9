/** What a cluster lacks for a stack is said before anything is registered, by what a real API server answers. */

import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Asked, preflight } from '../../components/clusterPreflight.ts';
import { RELEASES } from '../../model/kubernetes/names.ts';
import { pretendedStorageClass } from '../../tools/cluster/pretended.ts';
import { freePorts } from '../../tools/cluster/server.ts';
import { type KubernetesObject, kubernetesObject } from './client.ts';
import { applyCrds, type Stand, startStand } from './stand.ts';

const COLD_CACHE_MS = 40 * 60_000;
const NAMESPACE = 'chainwatch';
const STACK: Asked = {
  connection: {},
  preflight: true,
  namespace: NAMESPACE,
  install: true,
  chart: { version: '' },
  given: [],
};
const FINE = { faults: [], notes: [] };

let stand: Stand;

beforeAll(async () => {
  stand = await startStand();
}, COLD_CACHE_MS);

afterAll(async () => {
  await stand?.end();
});

function asked(more: Partial<Asked> = {}) {
  return preflight({ ...STACK, ...more }, { KUBECONFIG: stand.cluster.kubeconfig });
}

/** The stand's own kubeconfig, changed. */
function kubeconfig({
  url = stand.cluster.url,
  token = stand.cluster.access.token,
  authority = stand.cluster.access.certificate,
  user = 'me',
}) {
  const file = join(stand.folder, 'other.kubeconfig');
  const data = Buffer.from(authority).toString('base64');
  const config = {
    clusters: [{ name: 'ours', cluster: { server: url, 'certificate-authority-data': data } }],
    users: [{ name: 'me', user: token === '' ? {} : { token } }],
    contexts: [{ name: 'there', context: { cluster: 'ours', user } }],
    'current-context': 'there',
  };
  writeFileSync(file, JSON.stringify(config));
  return { KUBECONFIG: file };
}

async function put(object: object): Promise<KubernetesObject> {
  return (await stand.client.apply(kubernetesObject.parse(object))).object;
}

/** As Helm marks what it makes. */
function helm(release: string, namespace: string) {
  return {
    labels: { 'app.kubernetes.io/managed-by': 'Helm' },
    annotations: { 'meta.helm.sh/release-name': release, 'meta.helm.sh/release-namespace': namespace },
  };
}

function operator(namespace: string, marks: { labels?: object; annotations?: object } = {}) {
  const labels = { 'app.kubernetes.io/name': 'kube-prometheus-stack-prometheus-operator' };
  const container = { name: 'operator', image: 'quay.io/prometheus-operator/prometheus-operator:v0.93.1' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'operator', namespace, ...marks, labels: { ...marks.labels, ...labels } },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
    },
  };
}

const namespaceOf = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

describe('a cluster that is reached', () => {
  test('and is empty has all that a stack needs', async () => {
    expect(await asked()).toEqual(FINE);
  });

  test('shows its storage classes where the one that is named is not there, or none is the default', async () => {
    expect(await asked({ storageClass: 'kwok-volume' })).toEqual(FINE);
    expect((await asked({ storageClass: 'gp3' })).faults).toEqual([
      'there is no storage class "gp3", which chainwatch:kubernetes.storageClass names: name one that is there (kwok-volume), or leave it out for the default',
    ]);
    const { metadata, ...rest } = pretendedStorageClass;
    await stand.client.remove(kubernetesObject.parse(pretendedStorageClass));
    expect((await asked()).faults).toEqual([expect.stringContaining('nor is there any other: no disk could be made')]);
    await put({ ...rest, metadata: { name: metadata.name } });
    expect((await asked()).faults).toEqual([
      expect.stringMatching(
        /^there is no default storage class, .* name one that is there \(kwok-volume\), or mark one/,
      ),
    ]);
    await put({ ...rest, metadata });
    expect(await asked()).toEqual(FINE);
  });

  test('takes volumes that somebody has made for a name without a class', async () => {
    const spec = {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'by-hand',
      hostPath: { path: '/data' },
    };
    const volume = await put({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'disk' }, spec });
    expect(await asked({ storageClass: 'by-hand' })).toEqual({
      faults: [],
      notes: [expect.stringContaining('will do')],
    });
    await stand.client.remove(volume);
  });

  test('says what an exposure by a Gateway lacks', async () => {
    const via = { kind: 'gateway', name: 'main', namespace: 'gateways', listener: 'https' } as const;
    const exposure = {
      via,
      services: [],
      gate: { routes: [], from: 'anywhere' as const, egress: [], secrets: {} },
    };
    expect((await asked({ exposure })).faults).toEqual([
      expect.stringMatching(
        /^the kind HTTPRoute .* is missing, .*: install the Gateway API .*, or use exposure\.ingress$/,
      ),
    ]);
  });

  test('names the operator of others, and passes over our own', async () => {
    for (const name of [NAMESPACE, 'monitoring']) await put(namespaceOf(name));
    const own = await put(operator(NAMESPACE, helm(RELEASES.stack, NAMESPACE)));
    expect(await asked()).toEqual(FINE);
    const theirs = await put(operator('monitoring', helm('prom', 'monitoring')));
    expect((await asked()).faults).toEqual([
      expect.stringMatching(
        /^an operator of Prometheus runs already \(deployment monitoring\/operator, of Helm release "prom" of namespace monitoring\), .*kubernetes\.install: false\. Or remove it first/,
      ),
    ]);
    for (const each of [own, theirs]) await stand.client.remove(each);
  });
});

describe('the kinds of the operator', () => {
  test('are missing where they are expected to be there', async () => {
    expect((await asked({ install: false })).faults).toEqual([
      expect.stringMatching(/^no operator of Prometheus has been installed here: .* Set it to true/),
    ]);
  });

  test('belong to somebody else, who is named; those that an `up` of ours has left do not', async () => {
    await applyCrds({ ...stand, crds: stand.crds.map(withoutSchema) });
    expect((await asked()).faults).toEqual([
      expect.stringMatching(
        /^kinds of monitoring\.coreos\.com are there already and not ours: alertmanagerconfigs, .*thanosrulers of no Helm release \(made by hand, or by another tool\)\. .*kubernetes\.install: false\. Or, .* hand them to our release "prometheus-operator-crds"/,
      ),
    ]);
    expect(await asked({ install: false })).toEqual(FINE);
    for (const crd of stand.crds) await mark(crd, helm(RELEASES.crds, NAMESPACE));
    expect(await asked()).toEqual(FINE);
    for (const crd of stand.crds.slice(0, 1)) await mark(crd, helm('theirs', 'monitoring'));
    expect((await asked()).faults).toEqual([
      expect.stringContaining('alertmanagerconfigs of Helm release "theirs" of namespace monitoring. '),
    ]);
  });

  test('of an old operator lack some', async () => {
    for (const crd of stand.crds) if (crd.metadata.name.startsWith('scrapeconfigs.')) await stand.client.remove(crd);
    await expect
      .poll(async () => (await asked({ install: false })).faults, { timeout: 20_000 })
      .toEqual([expect.stringContaining('has no scrapeconfigs of monitoring.coreos.com/v1alpha1: bring its kinds up')]);
  });
});

describe('a cluster that is not reached', () => {
  const fault = async (env: NodeJS.ProcessEnv, more: Partial<Asked> = {}) =>
    (await preflight({ ...STACK, ...more }, env)).faults;

  test('as nothing listens there', async () => {
    const [port] = await freePorts(1);
    const url = `https://127.0.0.1:${port}`;
    expect(await fault(kubeconfig({ url }))).toEqual([
      expect.stringMatching(
        /^the cluster at https:\/\/127\.0\.0\.1:\d+ \(context "there" of .*other\.kubeconfig\) refuses connections \(.*ECONNREFUSED.*\): nothing listens there: start the cluster/,
      ),
    ]);
  });

  test('as it does not know the token, which is not repeated', async () => {
    const faults = await fault(kubeconfig({ token: 'a-wrong-token' }));
    expect(faults).toEqual([
      expect.stringMatching(/does not accept the credentials .* \(status 401\): .*log in again/),
    ]);
    expect(faults.join()).not.toContain('a-wrong-token');
  });

  test('as there are no credentials at all', async () => {
    expect(await fault(kubeconfig({ token: '' }))).toEqual([expect.stringContaining('takes us for nobody')]);
    expect(await fault(kubeconfig({ user: '' }))).toEqual([expect.stringContaining('takes us for nobody')]);
  });

  test('as its certificate is not that of the kubeconfig', async () => {
    const { rootCertificates } = await import('node:tls');
    expect(await fault(kubeconfig({ authority: rootCertificates[0] ?? '' }))).toEqual([
      expect.stringMatching(
        /shows a certificate that cannot be trusted \(.*\): it is not signed by the certificate-authority/,
      ),
    ]);
  });

  test('as something else has its address', async () => {
    const server = createServer((socket) => socket.end('220 mail.example ESMTP\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    expect(await fault(kubeconfig({ url: `https://127.0.0.1:${port}` }))).toEqual([
      expect.stringContaining('cannot be reached'),
    ]);
    server.close();
  });

  test('as the context is not in the kubeconfig', async () => {
    expect(await fault(kubeconfig({}), { connection: { context: 'prod' } })).toEqual([
      expect.stringMatching(/unknown context "prod"; known: there.*: correct chainwatch:kubernetes\.context/),
    ]);
  });
});

/** Whose a kind is does not hang on its fields, which are megabytes. */
function withoutSchema({ spec, ...crd }: KubernetesObject): KubernetesObject {
  const { group, scope, names, versions } = definition.parse(spec);
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return { ...crd, spec: { group, scope, names, versions: versions.map((each) => ({ ...each, schema })) } };
}

const definition = z.looseObject({
  group: z.string(),
  scope: z.string(),
  names: z.looseObject({}),
  versions: z.array(z.looseObject({ name: z.string(), served: z.boolean(), storage: z.boolean() })),
});

async function mark({ apiVersion, kind, metadata: { name } }: KubernetesObject, marks: object): Promise<void> {
  await stand.client.apply({ apiVersion, kind, metadata: { name, ...marks } }, { manager: 'marks' });
}
