import { describe, expect, it } from 'vitest';
import { layersOf } from '../../../services/exporter/layers.ts';
import { settingsSchema, timeoutOf } from '../../../services/exporter/settings.ts';
import { loadSettings, SettingsError } from '../../../services/shared/settings.ts';

const address = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266';
const load = (flags: Record<string, unknown>) => loadSettings(settingsSchema, { flags });

function problems(flags: Record<string, unknown>): string[] {
  try {
    load(flags);
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.problems.map(({ path, reason }) => `${path}: ${reason}`);
  }
}

describe('settings of the exporter', () => {
  it('are what the plan writes', () => {
    const settings = load({
      intervalSeconds: 2,
      networks: [
        {
          network: 'b',
          chain: 'op-stack',
          endpoints: [
            { layer: 'l2', chainId: 10, url: 'ws://l2:8546' },
            { layer: 'l1', chainId: 1, urlFile: '/run/secrets/rpc' },
          ],
          accounts: [{ layer: 'l1', role: 'batcher', address }],
        },
        { network: 'a', chain: 'op-stack', endpoints: [{ layer: 'l1', chainId: 1, url: 'https://x' }], accounts: [] },
      ],
    });
    expect(
      layersOf(settings).map(({ network, layer, endpoints, accounts }) => [
        network,
        layer,
        endpoints.length,
        accounts.length,
      ]),
    ).toEqual([
      ['a', 'l1', 1, 0],
      ['b', 'l1', 1, 1],
      ['b', 'l2', 1, 0],
    ]);
  });

  it('keep an account whose layer nobody serves: its quorum is then lost, and said to be', () => {
    const network = { network: 'a', chain: 'op-stack', accounts: [{ layer: 'l1', role: 'batcher', address }] };
    expect(layersOf(load({ networks: [network] }))).toMatchObject([{ layer: 'l1', endpoints: [] }]);
  });

  it('name every fault at once, and no key', () => {
    const endpoint = { layer: 'l1', chainId: 1 };
    const found = problems({
      intervalSeconds: 0,
      intervalSecond: 3,
      networks: [
        {
          network: 'a',
          chain: 'op-stack',
          endpoints: [
            endpoint,
            { ...endpoint, url: 'ftp://x/secret-key' },
            { ...endpoint, url: 'secret-key' },
            { ...endpoint, url: 'http://x', urlFile: 'y' },
          ],
          accounts: [{ layer: 'l1', role: 'batcher', address: 123 }],
        },
      ],
    });
    expect(found.sort()).toEqual([
      'intervalSecond: unknown setting; did you mean "intervalSeconds"?',
      'intervalSeconds: wants at least 0.1',
      'networks.0.accounts.0.address: needs an address in quotes ("0x…"): without them YAML reads a number',
      'networks.0.endpoints.0: needs either url or urlFile',
      'networks.0.endpoints.1.url: starts with ftp://; known are http:, https:, ws:, wss:',
      'networks.0.endpoints.2.url: is not a URL, such as "https://rpc.example.org"',
      'networks.0.endpoints.3: needs either url or urlFile',
    ]);
  });

  it('refuse a network that is there twice, and endpoints of one layer on two chains', () => {
    const network = { network: 'a', chain: 'x', endpoints: [{ layer: 'l1', chainId: 1, url: 'http://x' }] };
    const other = { ...network, endpoints: [...network.endpoints, { layer: 'l1', chainId: 5, url: 'http://y' }] };
    expect(problems({ networks: [network, other] })).toEqual([
      'networks.1.network: "a" is there twice',
      'networks.1.endpoints.1.chainId: is 5, but another endpoint of layer l1 has 1',
    ]);
  });

  it('wait for an answer two thirds of the interval, but never less than a second or more than ten', () => {
    expect([0.3, 2, 15, 60].map((intervalSeconds) => timeoutOf(load({ intervalSeconds })))).toEqual([
      1000, 1333, 10_000, 10_000,
    ]);
    expect(timeoutOf(load({ timeoutSeconds: 0.5 }))).toBe(500);
  });
});
