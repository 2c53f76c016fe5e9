/** kubeconform with the schemas that are made from pinned sources: the same verdict for each Kubernetes version, with no network. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { crdFolder, kubernetesVersions, resolveProgram, schemaLocations } from '../../tools/index.ts';

const COLD_CACHE_MS = 10 * 60_000;

const labels = { app: 'web' };
const container = {
  name: 'main',
  image: 'example.org/none:1',
  ports: [{ name: 'http', containerPort: 80 }],
  resources: { requests: { cpu: '100m', memory: 1024 } },
  readinessProbe: { httpGet: { path: '/', port: 'http' } },
};
const deployment = (spec: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', labels },
  spec: {
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [container] } },
    ...spec,
  },
});
const monitor = (endpoint: object) => ({
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'ServiceMonitor',
  metadata: { name: 'web' },
  spec: { selector: { matchLabels: labels }, endpoints: [endpoint] },
});
const rule = {
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'PrometheusRule',
  metadata: { name: 'rules' },
  spec: { groups: [{ name: 'a', interval: '5s', rules: [{ alert: 'Down', expr: 'up == 0', for: '5m' }] }] },
};
const policy = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'web' },
  spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ ports: [{ port: 80 }, { port: 'http' }] }] },
};

/** What is wrong, by name; empty when nothing is. */
async function check(version: string, objects: readonly object[], more = ''): Promise<readonly string[]> {
  const { path } = await resolveProgram('kubeconform');
  const locations = (await schemaLocations(version)).flatMap((each) => ['-schema-location', each]);
  const args = ['-strict', '-kubernetes-version', version, '-output', 'tap', ...locations];
  const child = spawn(path, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(`${objects.map((object) => stringify(object)).join('---\n')}${more}`);
  const lines = (await text(child.stdout)).split('\n');
  // They come in the order in which they were done.
  return lines.flatMap((line) => /^not ok \d+ - (.*)$/.exec(line)?.[1] ?? []).sort();
}

it.each(kubernetesVersions)(
  '%s',
  async (version) => {
    const crds = await crdFolder();
    const crd = readFileSync(join(crds, 'monitoring.coreos.com_probes.yaml'), 'utf8');
    expect(await check(version, [deployment(), monitor({ port: 'http' }), rule, policy], crd)).toEqual([]);
    const faults = await check(version, [
      deployment({ replica: 3 }),
      monitor({ prot: 'http' }),
      { apiVersion: 'example.org/v1', kind: 'Nothing', metadata: { name: 'x' } },
    ]);
    expect(faults).toEqual([
      expect.stringMatching(/apps\/v1\/Deployment.*additional properties 'replica' not allowed/),
      expect.stringMatching(/ServiceMonitor.*additional properties 'prot' not allowed/),
      expect.stringMatching(/could not find schema for Nothing/),
    ]);
  },
  COLD_CACHE_MS,
);

it('says which versions there are', async () => {
  await expect(schemaLocations('1.2.3')).rejects.toThrow('no schemas of Kubernetes 1.2.3: tools/data.ts has 1.36.3');
});
