/** Who can reach whom in a cluster, tried from the pods themselves. */
import { containerSecurity, podSecurity } from '../../model/kubernetes/security.ts';
import type { KubernetesObject } from '../cluster/client.ts';
import { eventually } from '../integration/eventually.ts';
import type { Place } from './place.ts';

export interface Connection {
  readonly namespace: string;
  /** A pod with our image, as kubectl names it: `deploy/status`. */
  readonly from: string;
  /** A Service, or an address. */
  readonly to: string;
  readonly port: number;
}

const TIMEOUT_MS = 2_000;

/** Whether a TCP connection comes about. @throws Error when the attempt itself cannot be made */
export async function connects(place: Place, { namespace, from, to, port }: Connection): Promise<boolean> {
  const script = `
    const socket = require('node:net').connect(${port}, ${JSON.stringify(to)});
    const end = (word) => { console.log(word); process.exit(0); };
    socket.setTimeout(${TIMEOUT_MS}, () => end('no'));
    socket.once('connect', () => end('yes'));
    socket.once('error', ({ code, message }) => (code === 'ENOTFOUND' || code === 'EAI_AGAIN' ? end(message) : end('no')));`;
  const said = await place.kubectl('-n', namespace, 'exec', from, '--', 'node', '-e', script);
  if (said !== 'yes' && said !== 'no') throw new Error(`${from}: ${said}`);
  return said === 'yes';
}

const CANARY = 'chainwatch-canary';
const PORT = 8080;

/** Whether the network plugin heeds policies at all: two pods, of which one may be reached by nobody. */
export async function policiesAreEnforced(place: Place): Promise<boolean> {
  const { client, image, kubectl } = place;
  if (image === undefined) throw new Error('no image to try it with');
  const space: KubernetesObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: CANARY } };
  await client.apply(space);
  try {
    // A new namespace has no account for pods at first, and a pod none to be of.
    for (const name of ['open', 'shut'])
      await eventually('a pod let in', 60, () => client.apply(listener(name, image)).catch(() => undefined));
    await client.apply({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'shut', namespace: CANARY },
      spec: { podSelector: { matchLabels: { app: 'shut' } }, policyTypes: ['Ingress'] },
    });
    await kubectl('-n', CANARY, 'wait', 'pod/open', 'pod/shut', '--for=condition=Ready', '--timeout=60s');
    const address = (pod: string) => kubectl('-n', CANARY, 'get', 'pod', pod, '-o', 'jsonpath={.status.podIP}');
    const [open, shut] = await Promise.all([address('open'), address('shut')]);
    // Without this a network that is broken would look like one that enforces.
    if (!(await connects(place, { namespace: CANARY, from: 'pod/shut', to: open, port: PORT })))
      throw new Error('pods cannot reach each other even where no policy forbids it');
    // A plugin takes a moment to heed a new policy.
    return await eventually('a refused connection', 5, async () =>
      (await connects(place, { namespace: CANARY, from: 'pod/open', to: shut, port: PORT })) ? undefined : true,
    ).catch(() => false);
  } finally {
    await client.remove(space);
  }
}

function listener(name: string, image: string): KubernetesObject {
  const script = `require('node:http').createServer((_, answer) => answer.end()).listen(${PORT})`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: CANARY, labels: { app: name } },
    spec: {
      securityContext: podSecurity,
      terminationGracePeriodSeconds: 0,
      containers: [
        {
          name: 'listener',
          image,
          command: ['node', '-e', script],
          readinessProbe: { tcpSocket: { port: PORT }, periodSeconds: 1 },
          securityContext: containerSecurity(),
        },
      ],
    },
  };
}
