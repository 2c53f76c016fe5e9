import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../../config/faults.ts';
import { parseStack } from '../../../config/parse.ts';
import { toYaml } from '../../../model/yaml.ts';
import { ADDRESS, allPaths, everything, put } from '../../fixtures/everything.ts';
import { runs } from '../../fixtures/prove.ts';
import { config, known, network, stackOf } from '../../fixtures/toy.ts';

function parse(value: Readonly<Record<string, unknown>>) {
  return parseStack(value, { environment: 'test', knowledge: known.forConfig });
}

describe('parseStack', () => {
  test('turns what was said into numbers of seconds, bytes and lists of nodes', () => {
    const stack = parse(everything);
    expect(stack).toMatchObject({
      environment: 'test',
      kind: 'testnet',
      prometheus: { scrapeInterval: 15, retention: 5400, retentionSize: 10 * 2 ** 30, storage: 20 * 2 ** 30 },
      services: { receiver: { retention: 30 * 86_400 } },
      runbooks: 'https://docs.example',
      secrets: ['grafanaToken', 'rpcUrl', 'slackWebhook'],
    });
    expect(stack.networks.map(({ name }) => name)).toEqual(['net', 'zebra']);
    expect(stack.networks[0]).toEqual({
      name: 'net',
      chain: 'toy',
      engine: 'grafana',
      simulated: false,
      nodes: {
        'toy-node': [
          { name: '10.0.0.1:9000', address: '10.0.0.1:9000' },
          { name: 'second', address: '[::1]:9000' },
        ],
        'toy-signer': [
          { name: '10.0.0.2:9000', address: '10.0.0.2:9000' },
          {
            name: 'in-pods',
            address: 'pods/rollup/app=signer:metrics',
            selected: { by: 'pods', namespace: 'rollup', labels: { app: 'signer' }, port: 'metrics', each: false },
          },
          {
            name: 'service/rollup/app=signer:7300',
            address: 'service/rollup/app=signer:7300',
            selected: { by: 'service', namespace: 'rollup', labels: { app: 'signer' }, port: 7300, each: true },
          },
        ],
      },
      labels: { team: 'a' },
      matchers: undefined,
      scrape: { interval: 10, timeout: 5 },
      alerts: {
        BalanceLow: { threshold: '0.4 ETH', for: 600, keepFiringFor: 300, severity: 'warning', labels: { team: 'b' } },
        HeadStalled: { window: 1200, threshold: 3 },
        LagHigh: { enabled: false },
      },
      facts: {
        chainId: 10,
        blockTime: 2,
        owner: ADDRESS,
        rpc: { urls: ['https://rpc.example', { secret: 'rpcUrl' }] },
      },
    });
  });

  test('fills in every default', async () => {
    await expect(toYaml(stackOf())).toMatchFileSnapshot('../../fixtures/golden/stack-defaults.yaml');
  });

  test('knows no names of secrets that Pulumi has encrypted as a whole, and then does not miss any', () => {
    const encrypted = parse({ ...everything, 'chainwatch:secrets': { secure: 'v1:x' } });
    expect(encrypted.secrets).toEqual([]);
    expect(() => parse({ ...everything, 'chainwatch:secrets': {} })).toThrow('unknown secret "rpcUrl"');
  });

  test('never holds the value of a secret', () => {
    expect(JSON.stringify(parse(everything))).not.toContain('v1:');
  });

  test('what it gives cannot be changed, however deep', () => {
    const thawed: string[] = [];
    const visit = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return;
      if (!Object.isFrozen(value)) thawed.push(path);
      for (const [key, inner] of Object.entries(value)) visit(inner, `${path}.${key}`);
    };
    visit(parse(everything), 'stack');
    expect(thawed).toEqual([]);
  });

  test('does not depend on the order of keys', () => {
    expect(JSON.stringify(parse(reversed(everything)).networks.map(({ name }) => name))).toBe('["net","zebra"]');
  });
});

function reversed<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  ) as T;
}

describe('whatever stands in the file, there is a stack or a ConfigError', () => {
  function expectStackOrFaults(value: Readonly<Record<string, unknown>>): void {
    try {
      parse(value);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      expect(error.faults.length).toBeGreaterThan(0);
      for (const { message } of error.faults) expect(message).not.toBe('');
      expect(error.message).not.toMatch(/undefined|\[object/);
    }
  }
  const json = fc.jsonValue({ maxDepth: 3 });

  test('any value under any key of ours', () => {
    const key = fc.constantFrom(...Object.keys(everything));
    fc.assert(
      fc.property(fc.dictionary(key, json), (value) => {
        expectStackOrFaults(value);
      }),
      { numRuns: runs(30) },
    );
  });

  /** Where a value may be put in the place of what is there; a key may be one that there is not. */
  const paths = allPaths(everything);
  test('a good file with anything in the place of anything', () => {
    const odd = fc.oneof(json, fc.constantFrom('', '0', -1, 1e300, '__proto__', '0x00', '5m', 'team', {}, [], null));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...paths), odd), { minLength: 1, maxLength: 3 }), (changes) => {
        const changed = structuredClone(everything);
        for (const [path, value] of changes) put(changed, path, structuredClone(value));
        expectStackOrFaults(changed);
      }),
      { numRuns: runs(60) },
    );
  });

  test('keys that every object has are keys like others', () => {
    for (const key of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      const own = (value: unknown) => JSON.parse(`{${JSON.stringify(key)}:${JSON.stringify(value)}}`);
      expectStackOrFaults(config({ networks: own(network) }));
      expectStackOrFaults(config({ networks: { net: { ...network, alerts: own({ for: '1m' }) } } }));
      expectStackOrFaults(config({ networks: { net: { ...network, chain: key } } }));
      expectStackOrFaults(config({ notifications: { receivers: own({}), default: key } }));
      expectStackOrFaults(config({ secrets: own('x') }));
      // zod leaves __proto__ out of a record, so that nobody can be hurt by it.
      if (key === '__proto__') continue;
      expect(() => stackOf({ networks: { net: { ...network, alerts: own({ for: '1m' }) } } })).toThrow(/net\.alerts/);
    }
  });
});
