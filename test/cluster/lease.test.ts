/** Aggregators elect a leader by a Lease of a real API server, with no more rights than the documentation gives them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { Leadership } from '../../services/aggregator/lead/leadership.ts';
import { openLeadership } from '../../services/aggregator/lead/open.ts';
import { leaderSettings } from '../../services/aggregator/lead/settings.ts';
import { SecretScrubber } from '../../services/shared/secrets.ts';
import { askApi, createObject } from '../../tools/cluster/api.ts';
import { type Cluster, startCluster } from '../../tools/cluster/start.ts';
import { until } from '../integration/service/process.ts';

const COLD_CACHE_MS = 40 * 60_000;
const WAIT_MS = 120_000;
const NAMESPACE = 'ours';
const folder = mkdtempSync(join(tmpdir(), 'chainwatch-lease-'));
const electing: Leadership[] = [];
let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({ folder, nodes: 0 });
}, COLD_CACHE_MS);

afterAll(async () => {
  await Promise.all(electing.map((each) => each.stop()));
  await cluster?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A service account that may do what docs/aggregator.md says. @returns the file with its token */
async function account(): Promise<string> {
  const metadata = { name: 'aggregator', namespace: NAMESPACE };
  const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${NAMESPACE}`;
  const accounts = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts`;
  await createObject(cluster.access, '/api/v1/namespaces', { metadata: { name: NAMESPACE } });
  await createObject(cluster.access, accounts, { metadata });
  await createObject(cluster.access, `${rbac}/roles`, {
    metadata,
    rules: [{ apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'create', 'update'] }],
  });
  await createObject(cluster.access, `${rbac}/rolebindings`, {
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'aggregator' },
    subjects: [{ kind: 'ServiceAccount', ...metadata }],
  });
  const answer = await askApi(cluster.access, {
    method: 'POST',
    path: `${accounts}/aggregator/token`,
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
  });
  const { status } = z.object({ status: z.object({ token: z.string() }) }).parse(JSON.parse(answer.text));
  const file = join(folder, 'token');
  writeFileSync(file, status.token, { mode: 0o600 });
  return file;
}

function elect(tokenFile: string): Leadership {
  const kubernetes = {
    server: cluster.url,
    caFile: join(folder, 'ca.crt'),
    tokenFile,
    namespace: NAMESPACE,
    ttl: '3s',
  };
  const settings = leaderSettings.parse({ name: `replica ${electing.length}`, kubernetes });
  const all = { secrets: new SecretScrubber(), env: {}, strict: true, newest: async () => 0 };
  const made = openLeadership(settings, { ...all, log: pino({ level: 'silent' }) });
  electing.push(made);
  return made;
}

test('one of three holds the Lease; the others follow when it leaves, and nobody leads without the API server', async () => {
  writeFileSync(join(folder, 'ca.crt'), cluster.access.certificate);
  const tokenFile = await account();
  const epochs: number[] = [];
  let most = 0;
  for (let n = 0; n < 3; n += 1) {
    elect(tokenFile).onChange((epoch) => {
      most = Math.max(most, electing.filter((each) => each.epoch() !== undefined).length);
      if (epoch !== undefined) epochs.push(epoch);
    });
  }
  const leader = () => electing.find((each) => each.epoch() !== undefined);
  const led = () => until(() => leader() !== undefined, 'somebody leads', WAIT_MS);
  await led();
  await leader()?.stop();
  await led();
  await leader()?.yield();
  await led();
  await cluster.killApiServer();
  await until(() => leader() === undefined, 'nobody leads', WAIT_MS);
  await cluster.startApiServer();
  await led();
  expect(most).toBe(1);
  expect(epochs).toEqual([...epochs].sort((a, b) => a - b));
  expect(epochs.slice(0, 3)).toEqual([1, 2, 3]);
}, 600_000);
