/**
 * The three stacks in one cluster: taken by a real API server, run as restricted pods, reconciled by the real operator, and
 * what the operator made of them loaded by a real Prometheus.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { alertmanagerConfig } from '../../model/alertmanager/config.ts';
import { plainFiles } from '../../model/files.ts';
import { OBJECT, STACK_LABEL } from '../../model/kubernetes/names.ts';
import { prometheusGroups } from '../../model/prometheus/rules.ts';
import { runbookBase } from '../../model/runbooks.ts';
import { run } from '../fixtures/programs.ts';
import { STACKS, type StackName } from '../fixtures/real.ts';
import { eventually } from '../integration/eventually.ts';
import { recordStack } from '../pulumi/stacks.ts';
import { applyAll, type Registered, registered } from './apply.ts';
import { renderChart } from './charts.ts';
import type { Applied } from './client.ts';
import {
  alertmanagerText,
  configOfOperator,
  flagsOf,
  generatedGroups,
  generatedPrometheus,
  groupsIn,
} from './generated.ts';
import { byLabels, isOurs, load, replicated, writeConfig } from './loaded.ts';
import { monitorsIn, somebodys } from './monitors.ts';
import { generatedJobs, type PlannedStack, plannedJobs, planOf } from './planned.ts';
import { applyCrds, type Stand, startOperator, startStand } from './stand.ts';
import { untilEqual } from './until.ts';
import { refusals, workloadsOf } from './workloads.ts';

const COLD_CACHE_MS = 40 * 60_000;
const SETTLED_S = 90;
/** One operator for all: the others find it there. */
const INSTALLED: StackName = 'mainnet';
const CHART = 'kube-prometheus-stack';

const namespaceOf = (name: StackName) => `chainwatch-${name}`;
const changeOf = (name: StackName) => ({ 'chainwatch:kubernetes': { namespace: namespaceOf(name) } });

interface Entered extends PlannedStack {
  readonly namespace: string;
  readonly registered: Registered;
  readonly applied: readonly Applied[];
}

let stand: Stand;
const entered = new Map<StackName, Entered>();

beforeAll(async () => {
  stand = await startStand();
  await applyCrds(stand);
  const operator = startOperator(stand);
  for (const name of STACKS) {
    const all = registered(await recordStack(name, changeOf(name)));
    const applied = await applyAll(stand.client, all.objects);
    entered.set(name, { ...planOf(name, changeOf(name)), namespace: namespaceOf(name), registered: all, applied });
  }
  const chart = stack(INSTALLED).registered.releases.filter(({ name }) => name === CHART);
  for (const release of chart) await applyAll(stand.client, await renderChart(release), 'helm');
  await operator;
}, COLD_CACHE_MS);

afterAll(async () => {
  await stand?.end();
});

function stack(name: StackName): Entered {
  const found = entered.get(name);
  if (!found) throw new Error(`${name} was not applied`);
  return found;
}

/** Until every pod that anybody wants is ready, and the operator has made what it makes. */
async function settled({ namespace, cluster }: Entered): Promise<Readonly<Record<string, number>>> {
  let faults: readonly string[] = [];
  try {
    return await eventually('pods', SETTLED_S, async () => {
      const all = await Promise.all([namespace, cluster.nodesNamespace].map((each) => workloadsOf(stand.client, each)));
      faults = all.flatMap((one) => one.faults);
      const pods = Object.assign({}, ...all.map((one) => one.pods));
      const made = [`StatefulSet prometheus-${OBJECT}`, `StatefulSet alertmanager-${OBJECT}`];
      return faults.length === 0 && made.every((one) => one in pods) ? pods : undefined;
    });
  } catch (error) {
    throw new Error([String(error), ...faults, ...(await refusals(stand.client, namespace))].join('\n'));
  }
}

const foreign = (name: string) => /^\w+\/[^/]+\/kube-prometheus-stack-/.test(name);

describe.each(STACKS)('%s', (name) => {
  test('is taken as it is, without a remark', () => {
    const { registered: all, applied } = stack(name);
    expect(applied.length).toBe(all.objects.length);
    expect(applied.length).toBeGreaterThan(50);
    expect(applied.flatMap(({ warnings }) => warnings)).toEqual([]);
    expect(all.releases.map((release) => release.name)).toEqual([CHART, 'prometheus-operator-crds']);
    // A Grafana elsewhere is none of the cluster's.
    const others = all.others.filter((type) => !/grafana/.test(type));
    expect(others).toEqual(['random:index/randomPassword:RandomPassword']);
  });

  test('has pods that are restricted, and all of them run', async () => {
    const { namespace, plan, cluster } = stack(name);
    const pods = await settled(stack(name));
    expect(pods).toMatchObject({
      [`StatefulSet prometheus-${OBJECT}`]: plan.prometheus.replicas,
      [`StatefulSet alertmanager-${OBJECT}`]: cluster.alertmanagerReplicas,
      'StatefulSet receiver': 1,
      'StatefulSet aggregator': cluster.aggregator?.replicas ?? 1,
      'Deployment status': 1,
    });
    expect(await refusals(stand.client, namespace)).toEqual([]);
    const image = { name: 'p', image: 'example.org/none:1', resources: { limits: { memory: '1Mi' } } };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace }, spec: { containers: [image] } };
    await expect(stand.client.apply(pod, { dryRun: true })).rejects.toThrow(/violates PodSecurity "restricted:latest"/);
  });

  test('is changed by nothing when it is applied again', async () => {
    await settled(stack(name));
    const { objects } = stack(name).registered;
    await untilEqual(async () => {
      const before = await Promise.all(objects.map((object) => stand.client.get(object, object.metadata)));
      const after = await applyAll(stand.client, objects);
      // A status may have been written in between, which the next time shows.
      return after.flatMap(({ object: { kind, metadata } }, index) =>
        metadata.resourceVersion === before[index]?.metadata.resourceVersion ? [] : [`${kind} ${metadata.name}`],
      );
    }, []);
  });

  test('is scraped and probed by all jobs of the plan and no other', async () => {
    const { namespace, plan } = stack(name);
    await untilEqual(
      async () => {
        const config = await generatedPrometheus(stand.client, namespace);
        return config ? sortedKeys(generatedJobs(config, foreign)) : {};
      },
      sortedKeys(plannedJobs(plan)),
    );
  });

  test('has every monitor that carries its label selected, those of the chart too', async () => {
    const { namespace, cluster } = stack(name);
    const labelled = await monitorsIn(stand.client, [namespace, cluster.nodesNamespace], name);
    expect(labelled.length).toBeGreaterThan(5);
    const config = await generatedPrometheus(stand.client, namespace);
    const scraped = config?.scrape_configs.map(({ job_name }) => job_name.split('/').slice(0, 3).join('/')) ?? [];
    expect(labelled.filter((monitor) => !scraped.includes(monitor))).toEqual([]);
    expect(labelled.filter(foreign).length).toBeGreaterThanOrEqual(name === INSTALLED ? 3 : 0);
  });

  test('has every rule of the plan, word by word', async () => {
    const { namespace, plan, placesOf } = stack(name);
    const base = runbookBase(plan, placesOf('prometheus'));
    const planned = plan.ruleGroups.filter(({ engine }) => engine === 'prometheus');
    await untilEqual(
      async () => byName((await generatedGroups(stand.client, namespace)).filter((group) => isPlanned(group.name))),
      byName(groupsIn({ groups: prometheusGroups(planned, base) })),
    );
  });

  test('has every route of the plan, word by word', async () => {
    const { namespace, plan, placesOf } = stack(name);
    const expected = plain(alertmanagerConfig(plan.alertmanager, placesOf('alertmanager')));
    await untilEqual(async () => parse((await alertmanagerText(stand.client, namespace)) ?? ''), expected);
  });

  test('has files that promtool and amtool take', async () => {
    const folder = folderOf(name, 'checked');
    const { namespace } = stack(name);
    const config = await configOfOperator(stand.client, namespace);
    const file = writeConfig(folder, config, stand.cluster.access);
    expect(await complaint('promtool', ['check', 'config', '--lint=none', file])).toBe('');
    const routes = join(folder, 'alertmanager.yaml');
    writeFileSync(routes, (await alertmanagerText(stand.client, namespace)) ?? '');
    expect(await complaint('amtool', ['check-config', routes])).toBe('');
  });

  test('is loaded by a real Prometheus, whose series are those of one of our own', async () => {
    const { namespace, plan, cluster, placesOf } = stack(name);
    await settled(stack(name));
    const operated = await load(
      stand,
      folderOf(name, 'operated'),
      await configOfOperator(stand.client, namespace),
      await flagsOf(stand.client, namespace),
    );
    const files = plainFiles(plan, placesOf('prometheus'), { blackbox: plan.probes.length > 0 });
    const rules = [...files].flatMap(([path, text]): [string, string][] =>
      path.startsWith('rules/') ? [[path.slice('rules/'.length), text]] : [],
    );
    const config = { text: files.get('prometheus.yml') ?? '', rules: new Map(rules) };
    const own = await load(stand, folderOf(name, 'own'), config);
    const count = plan.scrapeJobs.reduce((sum, { targets }) => sum + targets.length, plan.probes.length);
    await untilEqual(async () => (await own.targets()).length, count);
    const replicas = {
      prometheus: plan.prometheus.replicas,
      alertmanager: cluster.alertmanagerReplicas,
      aggregator: cluster.aggregator?.replicas ?? 1,
    };
    const expected = (await own.targets()).flatMap((target) => replicated(target, replicas)).sort(byLabels);
    await untilEqual(async () => (await operated.targets()).filter(isOurs).sort(byLabels), expected);
    const planned = await own.rules();
    expect(planned.length).toBeGreaterThan(50);
    expect((await operated.rules()).filter(isPlanned)).toEqual(planned);
    await untilEqual(async () => (await operated.alertmanagers()).length, cluster.alertmanagerReplicas);
    await Promise.all([operated.end(), own.end()]);
  });
});

describe('the selectors', () => {
  const name: StackName = 'testnet';
  const namespace = namespaceOf(name);
  const elsewhere = 'somebody-else';
  const config = async () => (await generatedPrometheus(stand.client, namespace))?.scrape_configs ?? [];
  const jobs = async () => (await config()).map(({ job_name }) => job_name.split('/').slice(1, 3).join('/'));
  const groups = async () => (await generatedGroups(stand.client, namespace)).map((group) => group.name);

  test('take nothing without the label of the stack, and nothing of another namespace', async () => {
    await stand.client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: elsewhere } });
    const ours = { [STACK_LABEL]: name };
    const others = [
      ...somebodys('unlabelled', namespace, {}),
      ...somebodys('of-another-stack', namespace, { [STACK_LABEL]: 'mainnet' }),
      ...somebodys('elsewhere', elsewhere, ours),
    ];
    // What is selected comes last: when it is there, the others would have been.
    const last = somebodys('last', namespace, ours);
    await applyAll(stand.client, [...others, ...last], 'somebody');
    const found = async () => [...(await jobs()), ...(await groups())].filter((each) => /somebody/.test(each)).sort();
    await untilEqual(found, ['somebody-last', ...Array(4).fill(`${namespace}/somebody-last`)].sort());
    for (const object of [...others, ...last]) await stand.client.remove(object);
    await untilEqual(found, []);
  });

  test('would be seen to leave something out', async () => {
    const { objects } = stack(name).registered;
    const lost = objects.filter(({ kind }) => kind === 'ScrapeConfig').slice(0, 1);
    const { plan } = stack(name);
    const missing = async () => {
      const generated = await generatedPrometheus(stand.client, namespace);
      const there = generated ? generatedJobs(generated, foreign) : {};
      return Object.keys(plannedJobs(plan)).filter((job) => !(job in there));
    };
    for (const object of lost) await stand.client.apply({ ...object, metadata: { ...object.metadata, labels: {} } });
    await untilEqual(missing, ['aztec-testnet/full-node']);
    await applyAll(stand.client, lost);
    await untilEqual(missing, []);
  });
});

/** What a checker says when it is not content. */
async function complaint(...call: Parameters<typeof run>): Promise<string> {
  const { code, stdout, stderr } = await run(...call);
  return code === 0 ? '' : stdout + stderr;
}

function folderOf(name: StackName, what: string): string {
  const folder = join(stand.folder, `${name}-${what}`);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Groups of the plan, and rules in them, start with their owner. */
function isPlanned(rule: string): boolean {
  return rule.split(' ')[0]?.includes(':') ?? false;
}

function byName<T extends { readonly name: string }>(groups: readonly T[]): T[] {
  return groups.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function sortedKeys<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** As it comes out of a file. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}
