import { describe, expect, test } from 'vitest';
import { RECEIVER_TOKEN } from '../../../../config/ownTokens.ts';
import { systemComponents } from '../../../../model/plan/jobs.ts';
import { makePlan } from '../../../../model/plan/plan.ts';
import { secretsIn } from '../../../../model/plan/secrets.ts';
import { resolveSettings } from '../../../../model/plan/services.ts';
import { toYaml } from '../../../../model/yaml.ts';
import { places } from '../../../fixtures/places.ts';
import { known, network, stackOf } from '../../../fixtures/toy.ts';

describe('what the system is about', () => {
  const about = (sections: object) => [...systemComponents(stackOf({ ...sections }), known.chains)].sort();

  test('is what there is', () => {
    const always = ['alertmanager', 'exporter', 'prometheus', 'receiver', 'status', 'target', 'watchdog'];
    expect(about({})).toEqual(always);
    expect(about({ system: { hosts: { h: 'h:1' } } })).toEqual([...always, 'node-exporter'].sort());
    expect(about({ system: { containers: { c: 'c:1' } } })).toEqual([...always, 'cadvisor'].sort());
    expect(about({ system: { probes: [{ name: 'p', url: 'https://p.example' }] } })).toEqual(
      [...always, 'blackbox'].sort(),
    );
    expect(about({ services: { status: { enabled: false } } })).toEqual(always.filter((each) => each !== 'status'));
  });
});

describe('services', () => {
  const services = (sections: object) => makePlan(stackOf({ ...sections }), known).services;
  const names = (sections: object) => services(sections).map((service) => service.name);

  test('are those that the stack needs', () => {
    expect(names({})).toEqual(['exporter', 'receiver', 'status']);
    expect(names({ services: { exporter: { enabled: false }, receiver: { enabled: false } } })).toEqual(['status']);
    expect(names({ networks: { net: { ...network, simulated: true } } })).toContain('simulator');
  });

  test('get an address, a path or a secret only from the places', () => {
    const [exporter, receiver] = services({
      networks: {
        net: {
          ...network,
          owner: '0x4200000000000000000000000000000000000011',
          rpc: { urls: ['https://rpc.example', { secret: 'rpcUrl' }, { service: 'anvil' }] },
        },
      },
    });
    expect(exporter && resolveSettings(exporter, places)).toMatchObject({
      listen: 'exporter.listen.test:1',
      networks: [
        {
          network: 'net',
          chain: 'toy',
          endpoints: [
            { layer: 'l1', chainId: 7, url: 'https://rpc.example' },
            { layer: 'l1', chainId: 7, urlFile: '/places/secrets/rpcUrl' },
            { layer: 'l1', chainId: 7, url: 'http://anvil.place.test:1' },
          ],
          accounts: [{ layer: 'l1', role: 'owner', address: '0x4200000000000000000000000000000000000011' }],
        },
      ],
    });
    expect(receiver && resolveSettings(receiver, places)).toMatchObject({
      tokenFile: `/places/secrets/${RECEIVER_TOKEN}`,
      database: '/places/data/receiver/receiver.db',
    });
  });

  test('are given all that they are told, as it is written', async () => {
    const owner = '0x4200000000000000000000000000000000000011';
    const settings = services({
      networks: {
        one: { ...network, owner, rpc: { urls: ['https://rpc.example', { secret: 'rpcUrl' }] } },
        two: { chain: 'toy', matchers: { a: 'b' } },
        sim: {
          chain: 'toy',
          simulated: true,
          nodes: { 'toy-node': ['a:1', 'b:1'], 'toy-signer': [{ name: 's', address: 's:1' }] },
        },
      },
      prometheus: { timeScale: 10, scrapeInterval: '5s' },
      notifications: { watchdog: { interval: '10m' } },
    }).map((service) => ({ name: service.name, port: service.port, settings: resolveSettings(service, places) }));
    await expect(toYaml(settings)).toMatchFileSnapshot('../../../fixtures/golden/services.yaml');
  });

  test('a receiver waits for three Watchdogs, and at least half a minute', () => {
    const stale = (sections: object) =>
      services(sections).find(({ name }) => name === 'receiver')?.settings.watchdogStaleAfter;
    expect(stale({})).toBe('3m');
    expect(stale({ notifications: { watchdog: { interval: '10m' } } })).toBe('30m');
    expect(stale({ prometheus: { timeScale: 60, scrapeInterval: '2s' } })).toBe('30s');
  });
});

test('secrets are found wherever they are referred to, and only references are', () => {
  const value = {
    b: [{ secret: 'two' }, { x: { secret: 'one' } }],
    secret: { secret: 'one' },
    other: { secret: 3 },
    text: 'secret',
    none: null,
  };
  expect(secretsIn(value)).toEqual(['one', 'two']);
});
