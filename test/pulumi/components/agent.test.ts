/** `Agent`, as another program would use it: beside a node in the node's pod, and in pods of its own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Agent, type AgentArgs } from '../../../components/agent.ts';
import { type AgentSettings, settingsSchema } from '../../../services/agent/settings.ts';
import { loadSettings } from '../../../services/shared/settings.ts';
import { at, fields, list, text } from '../policies/read.ts';
import { type Outcome, run } from '../stand.ts';

const SETTINGS = { source: { url: 'http://127.0.0.1:3030' }, aggregators: ['https://aggregator.example:9300'] };

function make(more: Partial<AgentArgs> = {}): Promise<Outcome> {
  const image = `registry.example/own@sha256:${'a'.repeat(64)}`;
  return run(() => {
    const { sidecar } = new Agent('own', { stack: 'lab', namespace: 'nodes', settings: SETTINGS, image, ...more });
    return { sidecar };
  });
}

const kinds = ({ made }: Outcome) =>
  made.flatMap(({ inputs }) => (typeof inputs.kind === 'string' ? [inputs.kind] : [])).sort();

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainwatch-agent-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What the agent itself makes of its file and of its environment, the kubelet's part done. */
function asRead(outcome: Outcome, container: unknown): AgentSettings {
  const file = join(folder, 'settings.json');
  writeFileSync(file, text(at(outcome.object('ConfigMap agent-settings').inputs, 'data', 'settings.json')));
  const known: Record<string, string> = { HOST_IP: '10.0.0.7', NODE_NAME: 'machine-7', POD_NAME: 'node-0' };
  const env = Object.fromEntries(
    list(at(container, 'env')).flatMap((each) => {
      const { name, value } = fields(each);
      if (typeof value !== 'string') return [];
      return [[text(name), value.replaceAll(/\$\((\w+)\)/g, (_, variable: string) => known[variable] ?? '')]];
    }),
  );
  return loadSettings(settingsSchema, { file, env });
}

describe('Agent beside a node', () => {
  test('is a container and its volumes, and nothing that runs by itself', async () => {
    const outcome = await make();
    expect(kinds(outcome)).toEqual(['ConfigMap']);
    const container = at(outcome.outputs.sidecar, 'container');
    expect(asRead(outcome, container)).toMatchObject({
      listen: { port: 9340 },
      node: 'node-0',
      source: { url: 'http://127.0.0.1:3030', chain: 'the-block' },
      queue: { folder: '/var/lib/chainwatch-agent/queue', maxBytes: 256 * 2 ** 20 },
    });
    // A bound of the queue is one of its files: the folder must hold a little more.
    expect(at(outcome.outputs.sidecar, 'volumes')).toContainEqual({
      name: 'agent-queue',
      emptyDir: { sizeLimit: '320Mi' },
    });
  });

  test('keeps no node out of service, and is no other user than nobody', async () => {
    const container = fields(at((await make()).outputs.sidecar, 'container'));
    expect(container).not.toHaveProperty('readinessProbe');
    expect(container.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 65534,
      readOnlyRootFilesystem: true,
    });
  });

  test('shows what it is given, from Secrets of which each value is kept encrypted', async () => {
    const outcome = await make({ token: 'shown-to-the-fleet', certificates: { secret: 'fleet', client: true } });
    expect(kinds(outcome)).toEqual(['ConfigMap', 'Secret']);
    const secret = outcome.object('Secret agent-secrets');
    expect([secret.inputs.stringData, secret.secret]).toEqual([{ token: 'shown-to-the-fleet' }, ['stringData']]);
    expect(asRead(outcome, at(outcome.outputs.sidecar, 'container'))).toMatchObject({
      tokenFile: '/etc/chainwatch/secrets/token',
      tls: {
        caFile: '/etc/chainwatch/certificates/ca.crt',
        certFile: '/etc/chainwatch/certificates/tls.crt',
        keyFile: '/etc/chainwatch/certificates/tls.key',
      },
    });
  });

  test('keeps what waits in a volume of the node, where it says one', async () => {
    const { outputs } = await make({ queueVolume: 'data', queue: 2 ** 20 });
    expect(at(outputs.sidecar, 'container', 'volumeMounts')).toContainEqual({
      name: 'data',
      mountPath: '/var/lib/chainwatch-agent',
      subPath: 'chainwatch-agent',
    });
    expect(list(at(outputs.sidecar, 'volumes')).map((each) => fields(each).name)).toEqual(['agent-settings']);
  });
});

describe('Agent in pods of its own', () => {
  const machines = { labels: { role: 'validator' }, tolerations: [{ key: 'validator', operator: 'Exists' }] } as const;
  const settings = { ...SETTINGS, source: { url: 'http://$(HOST_IP):3030' } };

  test('is on each machine that is named, and asks the node of that machine', async () => {
    const outcome = await make({ machines, settings });
    expect(kinds(outcome)).toEqual(['ConfigMap', 'DaemonSet', 'NetworkPolicy']);
    const pod = at(outcome.object('DaemonSet agent').inputs, 'spec', 'template', 'spec');
    expect(pod).toMatchObject({ nodeSelector: machines.labels, tolerations: machines.tolerations });
    const [container] = list(at(pod, 'containers'));
    expect(asRead(outcome, container)).toMatchObject({ node: 'machine-7', source: { url: 'http://10.0.0.7:3030' } });
    expect(fields(container).readinessProbe).toMatchObject({ httpGet: { path: '/readyz' } });
  });

  test('is scraped by whom it says, and by nobody else', async () => {
    const edges = async (more: Partial<AgentArgs>) =>
      (await make({ machines, ...more })).object('NetworkPolicy agent').inputs.spec;
    expect(await edges({})).not.toHaveProperty('ingress');
    expect(await edges({ scrapedFrom: ['watch'], egress: [{ to: 'anywhere', ports: [443] }] })).toMatchObject({
      ingress: [
        {
          from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'watch' } } }],
          ports: [{ port: 9340 }],
        },
      ],
      egress: [{ ports: [{ port: 443 }] }],
    });
  });

  test('starts anew where its settings change', async () => {
    const fingerprint = async (interval: string) =>
      at(
        (await make({ machines, settings: { ...settings, interval } })).object('DaemonSet agent').inputs,
        ...['spec', 'template', 'metadata', 'annotations', 'chainwatch/settings'],
      );
    expect(await fingerprint('15s')).not.toBe(await fingerprint('30s'));
  });

  test('has no volume of a node', async () => {
    await expect(make({ machines, queueVolume: 'data' })).rejects.toThrow(/queueVolume is a volume of a node's pod/);
  });
});
