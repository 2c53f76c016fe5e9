/** `Workload`, as another program would use it. */
import * as pulumi from '@pulumi/pulumi';
import { describe, expect, test } from 'vitest';
import { requireFilled } from '../../../components/secrets.ts';
import { Workload, type WorkloadArgs } from '../../../components/workload.ts';
import { at } from '../policies/read.ts';
import { type Outcome, run } from '../stand.ts';

const IMAGE = `registry.example/own@sha256:${'a'.repeat(64)}`;

const PLAN = {
  name: 'receiver',
  port: 2021,
  settings: { debug: false },
  secrets: [],
  ingress: ['alertmanager'],
  egress: [{ to: 'prometheus', port: 9090 }],
} as const satisfies WorkloadArgs['workload'];

function make(
  more: Partial<WorkloadArgs> = {},
  plan: Partial<WorkloadArgs['workload']> = {},
  options: pulumi.ComponentResourceOptions = {},
): Promise<Outcome> {
  const args = { stack: 'theirs', namespace: 'watch', image: IMAGE, ...more, workload: { ...PLAN, ...plan } };
  return run(() => ({ url: new Workload('own', args, options).url }));
}

const kinds = ({ made }: Outcome) => made.map(({ name, inputs }) => `${name}: ${inputs.kind ?? 'component'}`).sort();

describe('Workload', () => {
  test('with nothing asked for: a Deployment, its settings, its Service, its edges', async () => {
    const outcome = await make();
    expect(kinds(outcome)).toEqual([
      'own-edges: NetworkPolicy',
      'own-pods: Deployment',
      'own-service: Service',
      'own-settings: ConfigMap',
      'own: component',
    ]);
    expect(outcome.outputs).toEqual({ url: 'http://receiver.watch.svc:2021' });
  });

  test('every child is its own, named after it, labelled, in the namespace given', async () => {
    const { made } = await make({ replicas: 2 }, { secrets: [], storage: 2 ** 30 });
    for (const { name, parent, inputs } of made.filter(({ name }) => name !== 'own')) {
      expect(parent).toBe('own');
      expect(name).toMatch(/^own-/);
      expect(inputs.metadata).toMatchObject({ namespace: 'watch', labels: { 'chainwatch/stack': 'theirs' } });
    }
  });

  test('what must outlive the pod makes it a StatefulSet, whose claim stays', async () => {
    const { object } = await make({ storageClass: 'fast' }, { storage: 3 * 2 ** 30 });
    expect(object('StatefulSet receiver').inputs.spec).toMatchObject({
      serviceName: 'receiver',
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: { storageClassName: 'fast', resources: { requests: { storage: '3Gi' } } },
        },
      ],
    });
    const plain = await make({}, { storage: 2 ** 30 });
    expect(JSON.stringify(plain.object('StatefulSet receiver').inputs)).not.toContain('storageClassName');
  });

  test('only what holds a claim is protected, and only where asked', async () => {
    const protectedOnes = async (more: Partial<WorkloadArgs>, storage?: number) => {
      const { made } = await make(more, storage === undefined ? {} : { storage });
      return made.filter(({ protect, retainOnDelete }) => protect || retainOnDelete).map(({ name }) => name);
    };
    expect(await protectedOnes({ protect: true }, 2 ** 30)).toEqual(['own-pods']);
    expect(await protectedOnes({}, 2 ** 30)).toEqual([]);
    expect(await protectedOnes({ protect: true })).toEqual([]);
  });

  test('replicas are spread, and a node can still be emptied', async () => {
    const two = await make({ replicas: 2 });
    expect(two.object('PodDisruptionBudget receiver').inputs.spec).toMatchObject({ maxUnavailable: 1 });
    expect(
      at(two.object('Deployment receiver').inputs, 'spec', 'template', 'spec', 'topologySpreadConstraints'),
    ).toHaveLength(2);
    const one = await make();
    expect(kinds(one).join()).not.toContain('Disruption');
    expect(
      at(one.object('Deployment receiver').inputs, 'spec', 'template', 'spec', 'topologySpreadConstraints'),
    ).toBeUndefined();
  });

  test('secrets that it reads are in a Secret of its own, encrypted, as files; others are not', async () => {
    const secrets = { token: pulumi.secret('t0ken'), other: 'not for it' };
    const { object } = await make({ secrets }, { secrets: ['token'] });
    const secret = object('Secret receiver-secrets');
    expect(secret.inputs.stringData).toEqual({ token: 't0ken' });
    expect(secret.secret).toEqual(['stringData']);
    const pod = at(object('Deployment receiver').inputs, 'spec', 'template', 'spec');
    expect(at(pod, 'volumes')).toContainEqual({
      name: 'secrets',
      secret: { secretName: 'receiver-secrets', defaultMode: 0o440 },
    });
    expect(JSON.stringify(pod)).not.toContain('t0ken');
  });

  test('a secret that is not given is an error that names it and its reader', async () => {
    const missing = make({ secrets: { a: 'x' } }, { secrets: ['a', 'b', 'c'] });
    await expect(missing).rejects.toThrow(
      /receiver needs secrets that are not set.*[\s\S]*secrets\.b'.*[\s\S]*secrets\.c'/,
    );
    await expect(missing).rejects.not.toThrow(/secrets\.a'/);
  });

  test('an empty secret is an error like one that is not given, also where it is known only later', async () => {
    const empty = make({ secrets: { a: ' \n', b: 'x' } }, { secrets: ['a', 'b', 'c'] });
    await expect(empty).rejects.toThrow(/secrets\.a'.*[\s\S]*secrets\.c'/);
    await expect(empty).rejects.not.toThrow(/secrets\.b'/);
    expect(() => requireFilled('a', '', 'ours')).toThrow("chainwatch:secrets.a'");
    expect(requireFilled('a', 'x', 'ours')).toBe('x');
  });

  test('a change of its settings changes its pods; a change of a secret does not', async () => {
    const noted = async (settings: Record<string, unknown>, token: string) =>
      JSON.stringify(
        at(
          (await make({ secrets: { token } }, { settings, secrets: ['token'] })).object('Deployment receiver').inputs,
          'spec',
        ),
      );
    expect(await noted({ debug: true }, 'a')).not.toBe(await noted({ debug: false }, 'a'));
    expect(await noted({ debug: true }, 'a')).toBe(await noted({ debug: true }, 'b'));
  });

  test('asks for little unless told', async () => {
    const resources = async (more: Partial<WorkloadArgs>) => {
      const pods = (await make(more)).object('Deployment receiver').inputs;
      return JSON.stringify(at(pods, 'spec', 'template', 'spec', 'containers'));
    };
    expect(await resources({})).toContain('"limits":{"memory":"512Mi"}');
    const asked = { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '2Gi' } };
    expect(await resources({ resources: asked })).toContain('"limits":{"memory":"2Gi"}');
  });

  test('its edges are those of the plan: who may connect, and where it may', async () => {
    const { object } = await make();
    expect(object('NetworkPolicy receiver').inputs.spec).toEqual({
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'receiver', 'app.kubernetes.io/part-of': 'chainwatch' } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        {
          from: [
            {
              podSelector: {
                matchLabels: { 'app.kubernetes.io/name': 'alertmanager', 'app.kubernetes.io/instance': 'chainwatch' },
              },
            },
          ],
          ports: [{ protocol: 'TCP', port: 2021 }],
        },
      ],
      egress: [
        {
          to: [
            {
              podSelector: {
                matchLabels: { 'app.kubernetes.io/name': 'prometheus', 'app.kubernetes.io/instance': 'chainwatch' },
              },
            },
          ],
          ports: [{ protocol: 'TCP', port: 9090 }],
        },
      ],
    });
  });

  test('takes an image that is known only later', async () => {
    const { object } = await make({ image: pulumi.output(Promise.resolve(IMAGE)) });
    expect(JSON.stringify(object('Deployment receiver').inputs)).toContain(IMAGE);
  });
});
