/**
 * The dev stack on real pods: the operator runs its Prometheus and its Alertmanager, our services run beside them, and an alert travels
 * from a simulated network's pod to the receiver's, which loses nothing when it is killed.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { recordProgram } from '../../cli/render/record.ts';
import { applyAll, registered } from '../cluster/apply.ts';
import type { KubernetesObject } from '../cluster/client.ts';
import { refusals, workloadsOf } from '../cluster/workloads.ts';
import { eventually } from '../integration/eventually.ts';
import { configOf, SECRETS } from '../pulumi/stacks.ts';
import { connects, policiesAreEnforced } from './connections.ts';
import { operatorKinds, operatorObjects } from './operator.ts';
import { ask, findPlace, type Place } from './place.ts';
import { skipReason } from './skipReason.ts';

const COLD_CACHE_MS = 40 * 60_000;
/** Of the tests alone, wherever they run. */
const NAMESPACE = 'chainwatch-test';
const NETWORK = 'op-dev';
let place: Place;
let objects: readonly KubernetesObject[];
const applied: KubernetesObject[] = [];

/** What the simulated network consists of. */
const SIMULATED = ['op-geth', 'op-node', 'op-batcher', 'op-proposer'];

const targetList = z.object({
  data: z.object({
    activeTargets: z.array(
      z.object({
        scrapePool: z.string(),
        health: z.string(),
        lastError: z.string(),
        labels: z.record(z.string(), z.string()),
      }),
    ),
  }),
});
type Target = z.infer<typeof targetList>['data']['activeTargets'][number];
const simulatedOf = (targets: readonly Target[]) => targets.filter(({ labels }) => labels.network === NETWORK);
const alertList = z.object({
  alerts: z.array(
    z.looseObject({ alertname: z.string(), status: z.string(), fingerprint: z.string(), startsAt: z.string() }),
  ),
});
const history = z.object({ transitions: z.array(z.looseObject({ id: z.number(), change: z.string() })) });

describe('the dev stack on real pods', () => {
  const why = skipReason();
  beforeEach((context) => {
    if (why !== undefined) context.skip(why);
  });

  beforeAll(async () => {
    if (why !== undefined) return;
    place = await findPlace();
    const kubernetes = { namespace: NAMESPACE, ...(place.image === undefined ? {} : { image: place.image }) };
    // What is made at random in a real cluster is the same short word in a recording, and the receiver takes no such token.
    const secrets = { ...SECRETS, receiverToken: randomBytes(24).toString('base64url') };
    const config = configOf('dev', { 'chainwatch:kubernetes': kubernetes });
    objects = registered(await recordProgram({ stack: 'dev', config, secrets, onMessage: () => {} })).objects;
    const kinds = await operatorKinds();
    await mustBeEmpty(kinds);
    await applyAll(place.client, kinds, 'helm');
    const [namespaces, others] = [of(objects, 'Namespace'), objects.filter(({ kind }) => kind !== 'Namespace')];
    await applyAll(place.client, namespaces);
    await applyAll(place.client, operatorObjects(NAMESPACE), 'helm');
    await applyAll(place.client, others);
    applied.push(...kinds, ...namespaces, ...operatorObjects(NAMESPACE), ...others);
  }, COLD_CACHE_MS);

  afterAll(async () => {
    // Our own node goes as a whole.
    if (place?.node === undefined)
      for (const object of applied.filter(({ metadata }) => metadata.namespace === undefined))
        await place?.client.remove(object);
    await place?.end();
  });

  it('becomes ready, all of it, as restricted pods', async () => {
    const settled = await eventually('every pod ready', 300, async () => {
      const running = await workloadsOf(place.client, NAMESPACE);
      const whole = Object.keys(running.pods).length >= 6 && running.faults.length === 0;
      return whole ? running : undefined;
    }).catch(async (error) => {
      const { faults } = await workloadsOf(place.client, NAMESPACE);
      throw new Error([error.message, ...faults, ...(await refusals(place.client, NAMESPACE))].join('\n'));
    });
    expect(Object.keys(settled.pods)).toEqual(
      expect.arrayContaining([
        'StatefulSet prometheus-chainwatch',
        'StatefulSet alertmanager-chainwatch',
        'StatefulSet receiver',
      ]),
    );
  });

  it('has every target up that Prometheus was told of by our monitors', async () => {
    const targets = await eventually('all targets up', 300, async () => {
      const { data } = targetList.parse(await askFor('prometheus', '/api/v1/targets?state=active'));
      const all = data.activeTargets;
      // Those that are found first may be up before the others are known.
      const found = new Set(simulatedOf(all).map(({ labels }) => labels.component));
      const complete = all.length > 8 && found.size === SIMULATED.length;
      return complete && all.every(({ health }) => health === 'up') ? all : undefined;
    }).catch(async (error) => {
      const { data } = targetList.parse(await askFor('prometheus', '/api/v1/targets?state=active'));
      const down = data.activeTargets.filter(({ health }) => health !== 'up');
      throw new Error(
        [error.message, ...down.map(({ scrapePool, lastError }) => `${scrapePool}: ${lastError}`)].join('\n'),
      );
    });
    const simulated = simulatedOf(targets);
    expect(new Set(simulated.map(({ labels }) => labels.component))).toEqual(new Set(SIMULATED));
    expect(simulated.every(({ scrapePool }) => scrapePool.startsWith('serviceMonitor/'))).toBe(true);
  });

  it('carries an alert from a simulated pod to the receiver', async () => {
    await play('PUT', 'sequencer-stall');
    await eventually(
      'the alert at the receiver',
      300,
      async () => (await stateOf('UnsafeHeadStalled')) === 'firing' || undefined,
    );
  });

  it('loses nothing when the receiver is killed, and hears what happened meanwhile', async () => {
    const before = await known();
    const pod = `receiver-0`;
    const uid = () => place.kubectl('-n', NAMESPACE, 'get', 'pod', pod, '-o', 'jsonpath={.metadata.uid}');
    const old = await uid();
    await place.kubectl('-n', NAMESPACE, 'delete', 'pod', pod, '--force', '--grace-period=0');
    // Nobody is there to hear of the end of it.
    await play('DELETE', 'sequencer-stall');
    await eventually('another receiver', 300, async () => {
      const now = await uid().catch(() => old);
      return now !== old && (await workloadsOf(place.client, NAMESPACE)).faults.length === 0 ? now : undefined;
    });
    const after = await known();
    for (const [fingerprint, changes] of before)
      expect(after.get(fingerprint)).toEqual(expect.arrayContaining([...changes]));
    await eventually('the alert resolved at the receiver', 300, async () =>
      (await stateOf('UnsafeHeadStalled')) === 'resolved' ? true : undefined,
    );
  });

  it('lets those connect that an edge names', async () => {
    expect(await connects(place, { namespace: NAMESPACE, from: 'deploy/status', to: 'prometheus', port: 9090 })).toBe(
      true,
    );
    expect(await connects(place, { namespace: NAMESPACE, from: 'deploy/status', to: 'receiver', port: 2021 })).toBe(
      true,
    );
  });

  it('refuses a connection that no edge names', async (context) => {
    if (!(await policiesAreEnforced(place)))
      context.skip('the network plugin of this cluster does not enforce NetworkPolicies');
    for (const [from, to, port] of [
      ['deploy/simulator', 'alertmanager', 9093],
      ['deploy/simulator', 'receiver', 2021],
      ['statefulset/receiver', 'prometheus', 9090],
    ] as const)
      expect(await connects(place, { namespace: NAMESPACE, from, to, port }), `${from} to ${to}`).toBe(false);
  });
});

/** A cluster that somebody uses is not to be tested on. */
async function mustBeEmpty(kinds: readonly KubernetesObject[]): Promise<void> {
  const found = await Promise.all(
    [...kinds, ...of(objects, 'Namespace')].map(async (object) => {
      const there = await place.client.get(object, object.metadata);
      return there === undefined ? [] : [`${object.kind} ${object.metadata.name}`];
    }),
  );
  const names = found.flat();
  if (names.length > 0) throw new Error(`this cluster is in use: give one without ${names.join(', ')}`);
}

function askFor(name: string, path: string, method?: 'PUT' | 'DELETE'): Promise<unknown> {
  return ask(place, { namespace: NAMESPACE, name, path, ...(method && { method }) });
}

/** As `chainwatch simulate` does. */
async function play(method: 'PUT' | 'DELETE', fault: string): Promise<void> {
  expect(await askFor('simulator', `/faults/${NETWORK}/${fault}`, method)).toMatchObject({
    changed: expect.any(Number),
  });
}

async function stateOf(alertname: string): Promise<string | undefined> {
  const path = `/alerts?state=all&alertname=${alertname}&network=${NETWORK}`;
  return alertList.parse(await askFor('receiver', path)).alerts[0]?.status;
}

/** Of each alert that the receiver has ever heard of, what it knows of it. */
async function known(): Promise<Map<string, readonly { readonly id: number }[]>> {
  const { alerts } = alertList.parse(await askFor('receiver', '/alerts?state=all&limit=1000'));
  const entries = alerts.map(async ({ fingerprint }) => {
    const { transitions } = history.parse(await askFor('receiver', `/alerts/${fingerprint}`));
    return [fingerprint, transitions] as const;
  });
  return new Map(await Promise.all(entries));
}

function of(all: readonly KubernetesObject[], kind: string): KubernetesObject[] {
  return all.filter((object) => object.kind === kind);
}
