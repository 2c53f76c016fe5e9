/** What a stack file names and does not make, Secrets and claims, is asked for before anything is registered: by what a real API server answers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { preflight } from '../../components/clusterPreflight.ts';
import { type Cluster, startCluster } from '../../tools/cluster/start.ts';
import { Client, type KubernetesObject, kubernetesObject } from './client.ts';
import { planOf } from './planned.ts';

const COLD_CACHE_MS = 40 * 60_000;
const SPACE = 'watch';
const CHANGE = {
  'chainwatch:kubernetes': { namespace: SPACE, imagePullSecret: 'regcred' },
  'chainwatch:services': {
    aggregator: {
      replicas: 3,
      nats: { install: true },
      tls: { certificate: 'aggregator-tls', clientCa: 'clients', clientCertificate: 'scraper' },
      backup: { claim: 'backups' },
    },
  },
};
const folder = mkdtempSync(join(tmpdir(), 'chainwatch-given-'));
let cluster: Cluster;
let client: Client;

beforeAll(async () => {
  cluster = await startCluster({ folder, nodes: 0 });
  client = new Client(cluster.access);
}, COLD_CACHE_MS);

afterAll(async () => {
  client?.close();
  await cluster?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Disks and charts are another test's. */
function asked() {
  const plan = planOf('testnet', CHANGE).cluster;
  return preflight({ ...plan, chart: { version: '' }, storageClass: '' }, { KUBECONFIG: cluster.kubeconfig });
}

async function put(object: object): Promise<KubernetesObject> {
  return (await client.apply(kubernetesObject.parse(object))).object;
}

describe('what the stack names in its namespace', () => {
  const secret = (name: string, ...keys: readonly string[]) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: SPACE },
    stringData: Object.fromEntries(keys.map((key) => [key, 'of-a-test'])),
  });

  const claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'backups', namespace: SPACE },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  };

  test('is told at once, with where it is named, before there is a namespace for it', async () => {
    const { faults, notes } = await asked();
    expect(faults).toEqual([]);
    expect(notes).toEqual([
      expect.stringMatching(
        /^there is no namespace watch yet, .*: Secret "regcred" \(chainwatch:kubernetes\.imagePullSecret\); Secret "aggregator-tls" with tls\.crt, tls\.key and ca\.crt \(chainwatch:services\.aggregator\.tls\.certificate\); Secret "clients" with ca\.crt \(.*clientCa\); Secret "scraper" with .*; PersistentVolumeClaim "backups" \(chainwatch:services\.aggregator\.backup\.claim\)$/,
      ),
    ]);
  });

  test('is missing, all of it at once, each with its remedy', async () => {
    await put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: SPACE } });
    expect((await asked()).faults).toEqual([
      expect.stringContaining('no Secret "regcred" in namespace watch, which chainwatch:kubernetes.imagePullSecret'),
      expect.stringMatching(
        /^there is no Secret "aggregator-tls" in namespace watch, which .*tls\.certificate names: have cert-manager make it, or kubectl create secret generic aggregator-tls -n watch --from-file=tls\.crt --from-file=tls\.key --from-file=ca\.crt; or take/,
      ),
      expect.stringContaining('no Secret "clients"'),
      expect.stringContaining('no Secret "scraper"'),
      expect.stringMatching(
        /^there is no PersistentVolumeClaim "backups" .* make one, such as docs\/cluster\.md has it/,
      ),
    ]);
  });

  test('lacks a key that is read, of which nothing is repeated but its name', async () => {
    await put(secret('regcred'));
    await put(secret('aggregator-tls', 'tls.crt', 'tls.key'));
    await put(secret('clients', 'tls.crt'));
    await put(secret('scraper', 'tls.crt', 'tls.key'));
    await put(claim);
    const { faults, notes } = await asked();
    expect(faults).toEqual([
      expect.stringMatching(/^Secret "aggregator-tls" in namespace watch, .* lacks ca\.crt \(cert-manager writes/),
      expect.stringMatching(/^Secret "clients" in namespace watch, which .*clientCa names, lacks ca\.crt /),
    ]);
    expect(faults.join()).not.toContain('of-a-test');
    expect(notes).toEqual([expect.stringContaining('is ReadWriteOnce and not ReadWriteMany')]);
  });

  test('is all there, but for a claim that pods of several nodes cannot share', async () => {
    await put(secret('aggregator-tls', 'tls.crt', 'tls.key', 'ca.crt'));
    await put(secret('clients', 'ca.crt'));
    expect(await asked()).toEqual({ faults: [], notes: [expect.stringContaining('is ReadWriteOnce and not Read')] });
  });
});
