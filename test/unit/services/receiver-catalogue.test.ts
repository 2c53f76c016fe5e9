import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCatalogue } from '../../../model/rules/catalogue.ts';
import { service } from '../../../services/receiver/main.ts';
import { settingsSchema } from '../../../services/receiver/settings.ts';
import { createLogger } from '../../../services/shared/log.ts';
import { processMetrics } from '../../../services/shared/metrics.ts';
import { SecretScrubber } from '../../../services/shared/secrets.ts';
import type { RunningService } from '../../../services/shared/service.ts';
import { loadSettings } from '../../../services/shared/settings.ts';
import { alertBody, alertmanagerBody } from '../../fixtures/payload.ts';
import { readExposition, type Sample } from '../chains/exposition.ts';

/** What a receiver that has seen a bit of everything really answers to a scrape, against what the rules are checked with. */

const TOKEN = 'a-token-that-is-long-enough';
/** A disk that fails cannot be had here; services-catalogue.test.ts compares its labels as they are declared. */
const NOT_PROVOKED = ['receiver_store_errors_total'];

const file = join(import.meta.dirname, '../../../rules/system/metrics.yaml');
const catalogue = parseCatalogue(readFileSync(file, 'utf8'), 'rules/system/metrics.yaml');

const folder = mkdtempSync(join(tmpdir(), 'chainwatch-catalogue-'));
let running: RunningService;
let types: ReadonlyMap<string, string>;
let samples: readonly Sample[];

beforeAll(async () => {
  const tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, `${TOKEN}\n`, { mode: 0o600 });
  const flags = { listen: '127.0.0.1:0', tokenFile, database: join(folder, 'receiver.db') };
  const settings = loadSettings(settingsSchema, { flags });
  const registry = new Registry();
  processMetrics(registry);
  const secrets = new SecretScrubber();
  const log = createLogger('receiver', 'silent', secrets);
  running = await service.start(settings, { log, registry, secrets, env: {}, fail: () => {} });
  await provoke();
  const text = await (await fetch(`${running.address.url}/metrics`)).text();
  types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]));
  samples = readExposition(text);
});
afterAll(async () => {
  await running.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function provoke(): Promise<void> {
  const deliver = async (body: unknown, token = TOKEN) => {
    const answer = await fetch(`${running.address.url}/webhook`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    await answer.arrayBuffer();
    return answer.status;
  };
  const truncated = { ...alertmanagerBody(alertBody()), truncatedAlerts: 2 };
  const older = alertmanagerBody(alertBody({ startsAt: '2026-04-01T10:00:00Z' }));
  const statuses = [];
  for (const body of [truncated, truncated, older]) statuses.push(await deliver(body));
  statuses.push(await deliver(truncated, 'another-token-altogether'));
  expect(statuses).toEqual([200, 200, 200, 401]);
}

const labelsOf = ({ labels, name, type }: Sample) =>
  Object.keys(labels)
    .filter((label) => !(label === 'le' && type === 'histogram' && name.endsWith('_bucket')))
    .filter((label) => !(label === 'quantile' && type === 'summary'))
    .sort();

describe('what the receiver exposes', () => {
  it('is all in the catalogue, each under its type', () => {
    expect(types.size).toBeGreaterThan(30);
    const listed = Object.fromEntries([...types.keys()].map((name) => [name, catalogue.metrics.get(name)?.type]));
    expect(listed).toEqual(Object.fromEntries(types));
  });

  it('has the labels of the catalogue, and of closed sets no other values', () => {
    const wrong = samples.flatMap((sample) => {
      const { labels = [], values = {} } = catalogue.metrics.get(sample.family) ?? {};
      const foreign = Object.entries(sample.labels).filter(
        ([label, value]) => values[label] !== undefined && !values[label].includes(value),
      );
      const same = JSON.stringify(labelsOf(sample)) === JSON.stringify([...labels].sort());
      return same && foreign.length === 0 ? [] : [sample.series];
    });
    expect(wrong).toEqual([]);
  });

  it('is all that the catalogue lists of it, each with a series to compare', () => {
    const listed = [...catalogue.metrics.values()].filter(({ component }) => component === 'receiver');
    expect(listed.length).toBeGreaterThan(10);
    expect(listed.map(({ name }) => name).filter((name) => !types.has(name))).toEqual([]);
    const shown = new Set(samples.map(({ family }) => family));
    expect(listed.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual(NOT_PROVOKED);
  });
});
