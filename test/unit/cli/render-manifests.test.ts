import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { applySteps, stepOf } from '../../../cli/render/applyOrder.ts';
import { manifestFiles, ORDER } from '../../../cli/render/manifests.ts';
import { maskSecrets, STAND_IN } from '../../../cli/render/mask.ts';
import { listening } from '../../../cli/render/messages.ts';
import type { Recorded } from '../../../cli/render/record.ts';

/** As Pulumi marks what is secret. */
const secret = (value: unknown) => ({
  '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270',
  value,
});
const recordedAs = (type: string, name: string, inputs: object, more: Partial<Recorded> = {}): Recorded => ({
  ...{ type, name, inputs: { ...inputs }, custom: true, parent: 'whole', protect: false, retainOnDelete: false },
  ignoreChanges: [],
  ...more,
});
const object = (kind: string, name: string, more: object = {}) =>
  recordedAs(`kubernetes:some/v1:${kind}`, `of-${name}`, {
    apiVersion: 'some/v1',
    kind,
    metadata: { labels: { a: 'b' }, name, namespace: 'here' },
    ...more,
  });
const filesOf = (...recorded: Recorded[]) => manifestFiles(recorded, { stack: 'testnet', leftOut: [] });

describe('no secret is written', () => {
  test('of a Secret, whether it is marked or not, in data and in stringData', () => {
    const files = filesOf(
      object('Secret', 'marked', { stringData: secret({ token: 'sings' }), data: { other: 'c2luZ3M=' } }),
      object('Secret', 'plain', { stringData: { token: 'sings', marked: secret('sings') } }),
    );
    for (const text of files.values()) expect(text).not.toMatch(/sings|c2luZ3M=|4dabf181/);
    expect(parse(files.get('manifests/here/secret-marked.yaml') ?? '')).toMatchObject({
      stringData: { token: '<masked>' },
      data: { other: '<masked>' },
    });
    expect(parse(files.get('manifests/here/secret-plain.yaml') ?? '').stringData).toEqual({
      token: '<masked>',
      marked: '<masked>',
    });
  });

  test('that is marked anywhere else', () => {
    const files = filesOf(
      object('ConfigMap', 'leak', { data: { a: 'open', b: secret('sings') } }),
      recordedAs('kubernetes:helm.sh/v3:Release', 'chart', { name: 'chart', values: { deep: [secret('sings')] } }),
      recordedAs('grafana:alerting/contactPoint:ContactPoint', 'team', { url: secret('sings'), name: 'team' }),
    );
    for (const text of files.values()) expect(text).not.toContain('sings');
    expect(parse(files.get('manifests/here/configmap-leak.yaml') ?? '').data).toEqual({ a: 'open', b: '<masked>' });
    expect(parse(files.get('releases/chart.yaml') ?? '').values).toEqual({ deep: ['<masked>'] });
    expect(JSON.parse(files.get('grafana/resources/contactpoint-team.json') ?? '')).toEqual({
      name: 'team',
      url: '<masked>',
    });
  });

  test('that stands inside of a text', () => {
    expect(maskSecrets({ url: `https://x.example/${STAND_IN}/y` })).toEqual({ url: 'https://x.example/<masked>/y' });
  });

  test('what only a provider can know is said to be so', () => {
    expect(maskSecrets({ a: ['04da6b54-80e4-46f7-96ec-b56ff0331ba9'], b: 1, c: null })).toEqual({
      a: ['<known after it is applied>'],
      b: 1,
      c: null,
    });
  });
});

describe('files', () => {
  test('stand below their namespace, and tell what a manifest cannot', () => {
    const files = filesOf(
      { ...object('StatefulSet', 'store'), protect: true, retainOnDelete: true, ignoreChanges: ['spec.replicas'] },
      recordedAs('kubernetes:core/v1:Namespace', 'space', {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'here' },
      }),
      recordedAs('pulumi:providers:kubernetes', 'cluster', { kubeconfig: 'sings' }),
      recordedAs('chainwatch:kubernetes:Workload', 'whole', {}, { custom: false }),
      recordedAs('random:index/randomPassword:RandomPassword', 'token', { length: 48 }),
    );
    expect([...files.keys()].sort()).toEqual([
      'apply-order.yaml',
      'manifests/_cluster/namespace-here.yaml',
      'manifests/here/statefulset-store.yaml',
    ]);
    expect(files.get('manifests/here/statefulset-store.yaml')).toBe(`# kubernetes:some/v1:StatefulSet of-store, of whole
# Protected: pulumi refuses to delete it.
# Stays in the cluster when the stack is destroyed.
# Left to others: spec.replicas.
apiVersion: some/v1
kind: StatefulSet
metadata:
  name: store
  namespace: here
  labels:
    a: b
`);
    expect(parse(files.get(ORDER) ?? '')).toEqual({
      stack: 'testnet',
      steps: [
        { what: 'namespaces', files: ['manifests/_cluster/namespace-here.yaml'] },
        { what: 'programs', files: ['manifests/here/statefulset-store.yaml'] },
      ],
      onlyByPulumi: ['random:index/randomPassword:RandomPassword token'],
    });
  });

  test('two of one path are refused instead of one being lost', () => {
    expect(() => filesOf(object('Service', 'a'), object('Service', 'a'))).toThrow(
      'two resources that would both be manifests/here/service-a.yaml',
    );
  });

  test('a release is as helm would be told', () => {
    const release = recordedAs('kubernetes:helm.sh/v3:Release', 'chart', {
      ...{ name: 'stack', namespace: 'here', chart: 'oci://example.org/stack', version: '1.2.3', skipCrds: true },
      ...{ timeout: 300, values: { a: 1 } },
    });
    expect(parse(filesOf(release).get('releases/stack.yaml') ?? '')).toEqual({
      ...{ name: 'stack', namespace: 'here', chart: 'oci://example.org/stack', version: '1.2.3', skipCrds: true },
      values: { a: 1 },
    });
  });
});

describe('the order', () => {
  test.each([
    ['Namespace', 'NetworkPolicy'],
    ['ResourceQuota', 'Release prometheus-operator-crds'],
    ['Release prometheus-operator-crds', 'Release kube-prometheus-stack'],
    ['ServiceAccount', 'Prometheus'],
    ['Secret', 'Alertmanager'],
    ['Release kube-prometheus-stack', 'Prometheus'],
    ['Prometheus', 'PrometheusRule'],
    ['ConfigMap', 'Deployment'],
    ['ServiceMonitor', 'Ingress'],
  ])('%s before %s', (first, then) => {
    expect(stepOf(first)).toBeLessThan(stepOf(then));
  });

  test('names every file once', () => {
    const files = ['Zebra', 'Secret', 'Namespace', 'Secret'].map((kind, index) => ({ kind, path: `${index}` }));
    expect(applySteps(files).flatMap((step) => step.files)).toEqual(['2', '1', '3', '0']);
  });
});

test('what the program says is heard, and nothing else is held back', async () => {
  const heard: string[] = [];
  const before = console.warn;
  const others: unknown[] = [];
  console.warn = (text: unknown) => others.push(text);
  try {
    await listening(
      (text) => heard.push(text),
      async () => {
        console.warn('warning: [runtime] left out');
        console.warn('somebody else');
      },
    );
    console.warn('warning: [runtime] after');
  } finally {
    console.warn = before;
  }
  expect({ heard, others }).toEqual({ heard: ['left out'], others: ['somebody else', 'warning: [runtime] after'] });
});
