/**
 * Three aggregators on real pods with the NATS that comes along: they elect one of them by a Lease, and when its pod is taken away another
 * leads, while everything that was acknowledged is at each of them, once. The chart is a stand-in or the true one, as in `test/cluster`.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { recordProgram } from '../../cli/render/record.ts';
import { NATS_SERVERS } from '../../model/kubernetes/nats.ts';
import { applyAll, registered } from '../cluster/apply.ts';
import { renderChart } from '../cluster/charts.ts';
import type { KubernetesObject } from '../cluster/client.ts';
import { refusals, workloadsOf } from '../cluster/workloads.ts';
import { numbered, PEERS } from '../integration/aggregator/process.ts';
import { eventually } from '../integration/eventually.ts';
import { configOf, SECRETS } from '../pulumi/stacks.ts';
import { natsImages } from './images.ts';
import { findPlace, type Place } from './place.ts';
import { skipReason } from './skipReason.ts';

const COLD_CACHE_MS = 40 * 60_000;
const SETTLED_S = 300;
/** Of the tests alone, wherever they run. */
const NAMESPACE = 'chainwatch-replicas';
const REPLICAS = ['aggregator-0', 'aggregator-1', 'aggregator-2'];
const PORT = 9300;
/** Snapshots that are sent at a time. */
const BATCH = 20;
const PROGRAMS = /^(aggregator|nats)/;
let place: Place;

describe('aggregators on real pods', () => {
  const why = skipReason();
  beforeEach((context) => {
    if (why !== undefined) context.skip(why);
  });

  beforeAll(async () => {
    if (why !== undefined) return;
    const { objects, nats } = await wanted();
    place = await findPlace(() => natsImages(imagesIn(nats)));
    const space = objects.filter(({ kind }) => kind === 'Namespace');
    for (const object of space)
      if (await place.client.get(object, object.metadata))
        throw new Error(`this cluster is in use: give one without Namespace ${object.metadata.name}`);
    await applyAll(place.client, withImage(objects, place.image ?? ''));
    await applyAll(place.client, nats, 'helm');
  }, COLD_CACHE_MS);

  afterAll(async () => {
    // Our own node goes as a whole.
    if (place?.node === undefined && why === undefined)
      await place?.kubectl('delete', 'namespace', NAMESPACE, `${NAMESPACE}-nodes`, '--wait=false');
    await place?.end();
  });

  it('elect one that leads, and lose nothing that was acknowledged when its pod is taken away', async () => {
    await settled();
    const first = await leader();
    const [survivor = ''] = REPLICAS.filter((pod) => pod !== first.pod);
    let sent = 0;
    const push = async () => {
      await send(survivor, sent, sent + BATCH);
      sent += BATCH;
    };
    await push();
    const before = await uid(first.pod);
    const gone = place.kubectl('-n', NAMESPACE, 'delete', 'pod', first.pod, '--force', '--grace-period=0');
    // While it goes, while nobody leads, and after. Another process leads then, in whatever pod.
    await eventually('another leader', SETTLED_S, async () => {
      await push();
      return (await leader()).identity !== first.identity || undefined;
    });
    await gone;
    await push();
    await eventually('another pod of that name', SETTLED_S, async () => {
      const now = await uid(first.pod).catch(() => before);
      return now !== before || undefined;
    });
    await settled();
    const all = Array.from({ length: sent }, (_, number) => number);
    for (const replica of REPLICAS)
      await eventually(`all that was acknowledged at ${replica}`, SETTLED_S, async () => {
        const there = await numbersAt(replica).catch(() => []);
        return there.join() === all.join() ? true : undefined;
      }).catch(async (error) => {
        expect({ replica, numbers: await numbersAt(replica) }).toEqual({ replica, numbers: all });
        throw error;
      });
  });
});

/** What the stack registers for its aggregators and the namespace around them, and what the chart makes of our values. */
async function wanted() {
  const config = configOf('dev', {
    'chainwatch:kubernetes': { namespace: NAMESPACE },
    'chainwatch:services': {
      aggregator: { replicas: REPLICAS.length, storage: '1GiB', nats: { install: true, storage: '1GiB' } },
    },
  });
  const secrets = {
    ...SECRETS,
    aggregatorToken: randomBytes(24).toString('base64url'),
    natsToken: `t${randomBytes(24).toString('hex')}`,
    receiverToken: randomBytes(24).toString('base64url'),
  };
  const { objects, releases } = registered(await recordProgram({ stack: 'dev', config, secrets, onMessage: () => {} }));
  const around = ['Namespace', 'NetworkPolicy', 'ResourceQuota', 'LimitRange'];
  const rendered = releases.filter(({ name }) => name === 'nats').map(renderChart);
  return {
    objects: objects.filter(
      ({ apiVersion, kind, metadata }) =>
        around.includes(kind) || (PROGRAMS.test(metadata.name) && !apiVersion.startsWith('monitoring.coreos.com/')),
    ),
    nats: (await Promise.all(rendered)).flat(),
  };
}

const podsOf = z.looseObject({
  template: z.looseObject({
    spec: z.looseObject({ containers: z.array(z.looseObject({ name: z.string(), image: z.string() })) }),
  }),
});

function imagesIn(nats: readonly KubernetesObject[]) {
  const set = nats.find(({ kind }) => kind === 'StatefulSet');
  const { containers } = podsOf.parse(set?.spec).template.spec;
  const named = (wanted: string) => containers.find(({ name }) => name === wanted)?.image ?? '';
  return { nats: named('nats'), reloader: named('reloader') };
}

/** Ours is known by its digest once it is made. */
function withImage(objects: readonly KubernetesObject[], image: string): KubernetesObject[] {
  return objects.map((object) => {
    if (object.kind !== 'StatefulSet') return object;
    const spec = podsOf.parse(object.spec);
    const containers = spec.template.spec.containers.map((each) => ({ ...each, image }));
    return {
      ...object,
      spec: { ...spec, template: { ...spec.template, spec: { ...spec.template.spec, containers } } },
    };
  });
}

async function settled(): Promise<void> {
  await eventually('every pod ready', SETTLED_S, async () => {
    const { pods, faults } = await workloadsOf(place.client, NAMESPACE);
    const whole = pods['StatefulSet nats'] === NATS_SERVERS && pods['StatefulSet aggregator'] === REPLICAS.length;
    return whole && faults.length === 0 ? true : undefined;
  }).catch(async (error) => {
    const { faults } = await workloadsOf(place.client, NAMESPACE);
    const said = await place.kubectl('-n', NAMESPACE, 'get', 'pods', '-o', 'wide');
    throw new Error([error.message, ...faults, ...(await refusals(place.client, NAMESPACE)), said].join('\n'));
  });
}

/** Who holds the Lease, and in which pod. */
async function leader(): Promise<{ readonly pod: string; readonly identity: string }> {
  const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' };
  const held = z.looseObject({ spec: z.looseObject({ holderIdentity: z.string().nullish() }) });
  return eventually('somebody leads', SETTLED_S, async () => {
    const found = await place.client.get(lease, { name: 'aggregator', namespace: NAMESPACE });
    const identity = (found && held.parse(found).spec.holderIdentity) ?? '';
    const pod = REPLICAS.find((each) => identity.startsWith(`${each}_`));
    return pod === undefined ? undefined : { pod, identity };
  });
}

function uid(pod: string): Promise<string> {
  return place.kubectl('-n', NAMESPACE, 'get', 'pod', pod, '-o', 'jsonpath={.metadata.uid}');
}

/** Sends snapshots from a pod to the Service of all, each again until it is acknowledged. @param to not this one any more */
async function send(pod: string, from: number, to: number): Promise<void> {
  const snapshots = Array.from({ length: to - from }, (_, index) => numbered(from + index));
  await inPod(
    pod,
    `const sent = ${JSON.stringify(snapshots)}.map(async (snapshot, index) => {
       const headers = { 'x-auth-token': token, 'x-batch-id': 'batch-' + (${from} + index) };
       for (;;) {
         const taken = await fetch('http://aggregator.${NAMESPACE}.svc:${PORT}/ingest', {
           method: 'POST', headers, body: JSON.stringify([snapshot]), signal: AbortSignal.timeout(5000),
         }).then(({ status }) => status === 200, () => false);
         if (taken) return;
         await new Promise((resolve) => setTimeout(resolve, 100));
       }
     });
     await Promise.all(sent);`,
  );
}

/** The numbers of all snapshots that one replica has, those twice that are there twice. */
async function numbersAt(pod: string): Promise<number[]> {
  const text = await inPod(
    pod,
    `const all = [];
     for (let peer = 0; peer < ${PEERS}; peer += 1) {
       const answer = await fetch('http://127.0.0.1:${PORT}/peer/peer-' + peer + '?limit=100000', { headers: { authorization: 'Bearer ' + token } });
       for (const [, { n }] of await answer.json()) all.push(n);
     }
     console.log(JSON.stringify(all));`,
  );
  return z
    .array(z.number())
    .parse(JSON.parse(text))
    .sort((a, b) => a - b);
}

/** @param script may use the token of the aggregator */
function inPod(pod: string, script: string): Promise<string> {
  const read = `const token = require('node:fs').readFileSync('/etc/chainwatch/secrets/aggregatorToken', 'utf8').trim();`;
  const whole = `${read} (async () => { ${script} })().then(() => process.exit(0), (error) => { console.error(error); process.exit(1); });`;
  return place.kubectl('-n', NAMESPACE, 'exec', pod, '-c', 'aggregator', '--', 'node', '-e', whole);
}
