/** Elections by a Lease, at a stand-in that is as strict as Kubernetes; test/cluster asks the real one. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Leadership } from '../../services/aggregator/lead/leadership.ts';
import { openLeadership } from '../../services/aggregator/lead/open.ts';
import { leaderSettings } from '../../services/aggregator/lead/settings.ts';
import { SecretScrubber } from '../../services/shared/secrets.ts';
import { PROVE } from '../fixtures/prove.ts';
import { Leases } from './aggregator/leases.ts';
import { until } from './aggregator/process.ts';

const WAIT_MS = 120_000;
const OPENSSL = spawnSync('openssl', ['version']).status === 0;

describe.runIf(OPENSSL)('a Lease', () => {
  let folder: string;
  let leases: Leases;
  let electing: Leadership[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'aggregator-lease-'));
    leases = await Leases.start(folder);
  });
  afterAll(() => {
    leases.close();
    rmSync(folder, { recursive: true });
  });
  afterEach(async () => {
    leases.cut.clear();
    leases.forbidden.clear();
    await Promise.all(electing.map((each) => each.stop()));
    electing = [];
    leases.remove();
  });

  function elect(newest: () => number = () => 0): Leadership {
    const token = `token-${electing.length}`;
    const [tokenFile, namespaceFile] = [join(folder, token), join(folder, 'namespace')];
    writeFileSync(tokenFile, `${token}\n`, { mode: 0o600 });
    writeFileSync(namespaceFile, 'ours\n');
    const kubernetes = { server: leases.url, caFile: leases.caFile, tokenFile, namespaceFile, ttl: '2s' };
    const settings = leaderSettings.parse({ name: `replica ${electing.length}`, kubernetes });
    const all = { secrets: new SecretScrubber(), env: {}, strict: true, newest: async () => newest() };
    const made = openLeadership(settings, { ...all, log: pino({ level: 'silent' }) });
    electing.push(made);
    return made;
  }

  /** That want to lead at the same time. */
  const CANDIDATES = 8;
  const spec = () => leases.spec('chainwatch-aggregator');
  const someoneLeads = () => electing.find((each) => each.epoch() !== undefined);
  const led = async (by: Leadership, above = 0) => {
    await until(() => (by.epoch() ?? 0) > above, `it leads by an epoch above ${above}`, WAIT_MS);
    return by.epoch() ?? 0;
  };

  test('has one holder, however many want it, and its epochs only rise', { timeout: 600_000 }, async () => {
    const epochs: number[] = [];
    let most = 0;
    const join = () =>
      elect().onChange((epoch) => {
        most = Math.max(most, electing.filter((other) => other.epoch() !== undefined).length);
        if (epoch !== undefined) epochs.push(epoch);
      });
    for (let n = 0; n < 3; n += 1) join();
    const away: readonly (() => Promise<unknown> | unknown)[] = [
      () => someoneLeads()?.yield(),
      () => someoneLeads()?.stop(),
      async () => {
        const leader = someoneLeads();
        if (leader === undefined) return;
        const token = `token-${electing.indexOf(leader)}`;
        leases.cut.add(token);
        await until(() => ![undefined, leader].includes(someoneLeads()), 'another leads', WAIT_MS);
        leases.cut.delete(token);
      },
      async () => {
        for (const [index] of electing.entries()) leases.cut.add(`token-${index}`);
        await until(() => someoneLeads() === undefined, 'nobody leads', WAIT_MS);
        leases.cut.clear();
      },
    ];
    for (let round = 0; round < (PROVE ? 20 : 1); round += 1) {
      for (const happens of away) {
        await until(() => someoneLeads() !== undefined, 'somebody leads', WAIT_MS);
        await happens();
        join();
        // In the long form there would be eighty in the end, of which each asks several times a second.
        await electing.at(-CANDIDATES - 1)?.stop();
      }
    }
    await until(() => someoneLeads() !== undefined, 'somebody leads at last', WAIT_MS);
    expect(most).toBe(1);
    expect(epochs).toEqual([...epochs].sort((a, b) => a - b));
    expect(new Set(epochs).size).toBeGreaterThanOrEqual(PROVE ? 40 : 3);
  });

  test('says for people who has it, and is left behind free', async () => {
    const first = elect();
    expect(await led(first)).toBe(1);
    expect(spec()).toMatchObject({
      leaseDurationSeconds: 2,
      leaseTransitions: 1,
      holderIdentity: expect.stringMatching(/^replica 0_/),
    });
    const second = elect();
    await until(() => second.known().epoch === 1, 'the other knows', WAIT_MS);
    await first.stop();
    expect(spec()).toMatchObject({ holderIdentity: '' });
    expect(await led(second)).toBe(2);
  });

  test('that somebody removed, or made anew, begins behind all that was decided', async () => {
    let newest = 40;
    const first = elect(() => newest);
    expect(await led(first)).toBe(41);
    newest = 41;
    leases.remove();
    expect(await led(first, 41)).toBe(42);
    // Somebody who should not have has decided something while it leads.
    newest = 50;
    expect(await led(first, 42)).toBe(51);
  });

  test('that may not be written leaves a replica without one, which says why', async () => {
    leases.forbidden.add('token-0');
    const only = elect();
    await until(() => only.readiness().reason !== undefined, 'it complains', WAIT_MS);
    expect(only.readiness()).toMatchObject({
      ok: true,
      leads: false,
      reason: 'the API server answers 403: leases.coordination.k8s.io is forbidden',
    });
    leases.forbidden.clear();
    await led(only);
    expect(only.readiness()).toEqual({ ok: true, leads: true, leader: 'this replica', epoch: 1 });
  });
});

test('outside of a pod, without a server, the reason is said', async () => {
  const settings = leaderSettings.parse({ kubernetes: { namespace: 'ours' } });
  const log = pino({ level: 'silent' });
  const lost = openLeadership(settings, {
    log,
    secrets: new SecretScrubber(),
    env: {},
    strict: true,
    newest: async () => 0,
  });
  await until(() => lost.readiness().reason !== undefined, 'it complains', WAIT_MS);
  expect(lost.readiness().reason).toContain('KUBERNETES_SERVICE_HOST is not set');
  await lost.stop();
});
