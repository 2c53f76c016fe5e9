import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { agentMetrics } from '../../../services/agent/metrics.ts';
import { DROP_REASONS } from '../../../services/agent/push/sender.ts';
import { settingsSchema } from '../../../services/agent/settings.ts';
import { loadSettings, SettingsError } from '../../../services/shared/settings.ts';

const page = readFileSync(new URL('../../../docs/agent.md', import.meta.url), 'utf8');
const GOOD = { source: { url: 'http://127.0.0.1:3030' }, aggregators: ['https://a.example.org:9300'] };

function problemsOf(settings: Readonly<Record<string, unknown>>): string[] {
  try {
    loadSettings(settingsSchema, { flags: settings });
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.problems.map(({ path, reason }) => `${path}: ${reason}`);
  }
  return [];
}

describe('settings', () => {
  test('a node and an aggregator are enough', () => {
    const settings = loadSettings(settingsSchema, { flags: GOOD });
    expect(settings).toMatchObject({
      listen: { host: '127.0.0.1', port: 9340 },
      interval: 15_000,
      source: { chain: 'the-block' },
      queue: { folder: 'agent-queue', maxBytes: 268_435_456 },
      batch: { maxSnapshots: 1_000, maxBytes: 4_194_304 },
      backoff: { min: 1_000, max: 60_000 },
    });
    expect(settings.node.length).toBeGreaterThan(0);
  });

  test.each<[Readonly<Record<string, unknown>>, RegExp]>([
    [{ source: undefined }, /^source: /],
    [{ source: {} }, /^source: needs either url or urlFile/],
    [{ source: { url: 'http://a', urlFile: 'b' } }, /needs either url or urlFile/],
    [{ source: { url: 'ws://a?key=geheim' } }, /^source.url: starts with ws:\/\/; known are http: and https:$/],
    [{ source: { url: 'http://a', chain: 'bitcoin' } }, /known are op-stack, the-block; say others by jsonrpc/],
    [
      { source: { url: 'http://a', jsonrpc: { method: 'x', params: [], pageSize: 9 } } },
      /pageSize: needs params with names/,
    ],
    [
      {
        source: {
          url: 'http://a',
          jsonrpc: { method: 'x' },
          prometheus: { metrics: [{ name: 'a', peer: 'b', as: 'c' }] },
        },
      },
      /both/,
    ],
    [
      { source: { url: 'http://a', prometheus: { metrics: [{ name: 'a b', peer: 'b', as: 'c' }] } } },
      /name of a metric/,
    ],
    [{ aggregators: undefined }, /^aggregators: needs either/],
    [{ aggregators: [] }, /^aggregators: /],
    [{ discovery: { srv: '_a._tcp.b' } }, /^aggregators: needs either/],
    [{ aggregators: undefined, discovery: { srv: 'aggregator.example.org' } }, /^discovery.srv: needs a name such as/],
    [{ aggregators: ['https://me:geheim@a'] }, /^aggregators.0: holds a password/],
    [{ aggregators: ['https://a/?key=geheim'] }, /^aggregators.0: ends at its path/],
    [{ interval: '10ms' }, /^interval: "10ms" is too short/],
    [{ tls: { certFile: 'a' } }, /^tls: certFile and keyFile go together/],
    [{ backoff: { min: '2m' } }, /^backoff.min: is longer than backoff.max/],
    [{ queue: { maxBytes: 5 } }, /^queue.maxBytes: /],
    [{ queue: { maxByte: 5 } }, /^queue.maxByte: unknown setting; did you mean "maxBytes"\?/],
    [{ network: 'The Block' }, /^network: needs the name of a network/],
  ])('%j is refused', (wrong, reason) => {
    const problems = problemsOf({ ...GOOD, ...wrong });
    expect(problems).toEqual([expect.stringMatching(reason)]);
    expect(problems.join()).not.toContain('geheim');
  });
});

describe('docs/agent.md', () => {
  const blocks = [...page.matchAll(/^```yaml\n([\s\S]*?)^```/gm)]
    .map(([, text = '']) => z.record(z.string(), z.unknown()).parse(parse(text)))
    // Those of a stack file are another test's.
    .filter((block) => !('config' in block));

  test('shows settings that are good', () => {
    expect(blocks).toHaveLength(3);
    for (const block of blocks) expect(problemsOf({ aggregators: GOOD.aggregators, ...block })).toEqual([]);
  });

  test('names every setting, metric and reason to drop', () => {
    const settings = Object.keys(settingsSchema.shape);
    expect(settings.length).toBeGreaterThan(12);
    const all = [...settings, ...Object.values(agentMetrics).map(({ name }) => name), ...DROP_REASONS];
    expect(all.filter((name) => !new RegExp(`\`${name}[\`{]`).test(page))).toEqual([]);
  });

  test('has a unit that is not started anew where that cannot help, and stops later than the agent does', () => {
    expect(page).toContain('RestartPreventExitStatus=2 4');
    const grace = loadSettings(settingsSchema, { flags: GOOD }).shutdownGrace / 1000;
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(page)?.[1])).toBeGreaterThan(grace);
  });
});
