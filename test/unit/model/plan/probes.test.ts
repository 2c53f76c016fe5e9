/** What a network depends on and has no metrics: asked from outside, as its own series. */
import { describe, expect, test } from 'vitest';
import { makeKnown } from '../../../../model/knowledge.ts';
import { probes, scrapeJobs, systemComponents } from '../../../../model/plan/jobs.ts';
import { makePlan } from '../../../../model/plan/plan.ts';
import { prometheusConfig } from '../../../../model/prometheus/config.ts';
import { places } from '../../../fixtures/places.ts';
import { stackOf, known as toyKnown } from '../../../fixtures/toy.ts';

const toy = toyKnown.chains.get('toy');
if (!toy) throw new Error('no toy');
const asked = {
  ...toy,
  components: toy.components.map((each) =>
    each.name === 'toy-signer' ? { ...each, probe: 'tcp_connect' as const } : each,
  ),
};
const known = makeKnown([asked], []);
const network = {
  chain: 'toy',
  labels: { team: 'a' },
  nodes: { 'toy-node': ['10.0.0.1:9000'], 'toy-signer': [{ name: 'signer', address: '10.0.0.2:26658' }] },
};
const stack = (more: object = {}) => stackOf({ networks: { net: { ...network, ...more } } });

describe('a component that is asked from outside', () => {
  test('is a probe of its network, and no target', () => {
    expect(probes(stack(), known.chains)).toEqual([
      {
        name: 'net/toy-signer/signer',
        owner: 'net',
        labels: { team: 'a', network: 'net', chain: 'toy', component: 'toy-signer', instance: 'signer' },
        url: '10.0.0.2:26658',
        module: 'tcp_connect',
        interval: 15,
      },
    ]);
    const jobs = scrapeJobs(stack(), known.chains).map(({ name }) => name);
    expect(jobs).toContain('net/toy-node');
    expect(jobs).not.toContain('net/toy-signer');
  });

  test('brings the alerts on the exporter that asks', () => {
    expect(systemComponents(stack(), known.chains).has('blackbox')).toBe(true);
    expect(systemComponents(stack(), toyKnown.chains).has('blackbox')).toBe(false);
  });

  test('has the rhythm of its network', () => {
    expect(probes(stack({ scrape: { interval: '1m' } }), known.chains)[0]?.interval).toBe(60);
  });

  test('has the labels of its network in Prometheus', () => {
    const config = prometheusConfig(makePlan(stack(), known), places, { ruleFiles: [], blackbox: true });
    expect(config.scrape_configs).toContainEqual(
      expect.objectContaining({
        job_name: 'probe/net/toy-signer/signer',
        params: { module: ['tcp_connect'], target: ['10.0.0.2:26658'] },
        static_configs: [
          expect.objectContaining({ labels: expect.objectContaining({ network: 'net', instance: 'signer' }) }),
        ],
      }),
    );
  });

  test('is read from the simulator where it is simulated', () => {
    const simulated = stack({ simulated: true });
    expect(probes(simulated, known.chains)).toEqual([]);
    expect(scrapeJobs(simulated, known.chains).map(({ name }) => name)).toContain('net/toy-signer');
  });
});
