/** The layers of tests, in the order in which they are run: the quick ones first. */
import type { ProgramName } from '../tools/index.ts';
import { GIVEN, skipReason } from './node/skipReason.ts';

export interface Layer {
  readonly name: string;
  readonly proves: string;
  /** External programs that it needs; without them it is skipped, by name. */
  readonly programs: readonly ProgramName[];
  /** Why this machine cannot run it, whatever programs it has; `undefined` when it can. */
  readonly skipReason?: () => string | undefined;
  /** Commands, run side by side; paths from the root of the project. */
  readonly commands: readonly (readonly string[])[];
  /** Whether the commands are vitest, which counts tests; otherwise each command counts as one. */
  readonly counts: boolean;
  /** The layer beside which it runs, where that runs too: both mostly wait for programs. It is shown when it has ended. */
  readonly beside?: string;
}

const vitest = (project: string) => ['node_modules/vitest/vitest.mjs', 'run', '--project', project];
const REPORTERS = ['--reporter=default', '--reporter=./test/reporter.ts'];

const NODE_PROGRAMS: readonly ProgramName[] = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubectl',
  'kubelet',
  'kube-proxy',
  'pause',
  'containerd',
  'containerd-shim-runc-v2',
  'ctr',
  'coredns',
  'prometheus',
  'alertmanager',
  'prometheus-operator',
  'prometheus-config-reloader',
  'helm',
  'nats-server',
];

const CLUSTER_PROGRAMS: readonly ProgramName[] = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubectl',
  'kwok',
  'kubeconform',
  'helm',
  'prometheus-operator',
  'prometheus',
  'promtool',
  'amtool',
];

export const layers: readonly Layer[] = [
  {
    name: 'static',
    proves: 'types, lint, format and the direction of imports',
    programs: [],
    commands: [
      // What was checked before is not checked again: the types of Pulumi and Kubernetes are large.
      [
        'node_modules/typescript/bin/tsc',
        '--noEmit',
        '--incremental',
        '--tsBuildInfoFile',
        'node_modules/.cache/tsc.json',
      ],
      ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'],
      vitest('static'),
    ],
    counts: false,
  },
  {
    name: 'unit',
    proves: 'configuration, plan, renderers, codecs, the logic of each service',
    programs: [],
    commands: [[...vitest('unit'), ...REPORTERS]],
    counts: true,
  },
  {
    name: 'pulumi',
    proves: 'each component, policies over all resources, three stacks as reviewed snapshots',
    programs: [],
    commands: [[...vitest('pulumi'), ...REPORTERS]],
    counts: true,
  },
  {
    name: 'rules',
    proves: 'each alert fires, stays quiet just below, resolves; every name exists; every route leads to somebody',
    programs: ['promtool', 'amtool', 'alertmanager'],
    commands: [[...vitest('rules'), ...REPORTERS]],
    counts: true,
  },
  {
    name: 'integration',
    proves: 'real programs together: an alert travels from the metric to the receiver and resolves',
    programs: [
      'prometheus',
      'promtool',
      'alertmanager',
      'amtool',
      'node_exporter',
      'anvil',
      'age',
      'age-keygen',
      'nats-server',
      'etcd',
    ],
    commands: [[...vitest('integration'), ...REPORTERS]],
    counts: true,
  },
  {
    name: 'cluster',
    proves: 'a real API server takes all of the three stacks, the real operator selects it, a real Prometheus loads it',
    programs: CLUSTER_PROGRAMS,
    commands: [[...vitest('cluster'), ...REPORTERS]],
    counts: true,
    beside: 'integration',
  },
  {
    name: 'node',
    proves: 'on real pods an alert travels, aggregators elect one, nothing is lost with a pod, nobody else may connect',
    programs: GIVEN ? ['kubectl', 'prometheus-operator', 'helm'] : NODE_PROGRAMS,
    skipReason,
    commands: [[...vitest('node'), ...REPORTERS]],
    counts: true,
    beside: 'integration',
  },
];
