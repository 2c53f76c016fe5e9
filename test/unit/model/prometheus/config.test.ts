import { describe, expect, test } from 'vitest';
import { plainFiles } from '../../../../model/files.ts';
import { makePlan } from '../../../../model/plan/plan.ts';
import { prometheusConfig } from '../../../../model/prometheus/config.ts';
import { toYaml } from '../../../../model/yaml.ts';
import { places } from '../../../fixtures/places.ts';
import { type Config, known, network, stackOf } from '../../../fixtures/toy.ts';

const files = { ruleFiles: ['rules/*.yaml'], blackbox: true };
const said: Config = {
  networks: {
    net: {
      chain: 'toy',
      nodes: { 'toy-node': [{ name: 'one', address: '10.0.0.1:9000' }, '[::1]:9000'], 'toy-signer': ['10.0.0.2:9000'] },
      labels: { team: 'a' },
      scrape: { interval: '30s', timeout: '20s' },
    },
    sim: { chain: 'toy', simulated: true, nodes: { 'toy-node': ['a/b:1', { name: 'n', address: 'x:1' }].slice(1) } },
    others: { chain: 'toy', matchers: { cluster: 'c' } },
  },
  system: {
    hosts: { h: '10.0.0.9:9100' },
    containers: { c: '10.0.0.9:8080' },
    probes: [
      { name: 'z', url: 'https://z.example' },
      { name: 'a', url: 'https://a.example', module: 'json_rpc', interval: '1m' },
    ],
  },
  prometheus: {
    externalLabels: { region: 'eu' },
    sampleLimit: 50_000,
    remoteWrite: [
      {
        name: 'far',
        url: 'https://far.example/push',
        token: { secret: 'farToken' },
        headers: { 'X-Scope-OrgID': 'o' },
      },
    ],
  },
};
const configOf = (sections: Config, options = files) =>
  prometheusConfig(makePlan(stackOf(sections), known), places, options);
const jobsOf = (sections: Config, options = files) =>
  configOf(sections, options).scrape_configs as readonly Readonly<Record<string, unknown>>[];

describe('prometheus.yml', () => {
  test('of everything that can be said', async () => {
    await expect(toYaml(configOf(said))).toMatchFileSnapshot('../../../fixtures/golden/prometheus.yaml');
  });

  test('probes only where somebody runs them', () => {
    const names = (options: typeof files) =>
      jobsOf(said, options)
        .map((job) => job.job_name)
        .filter((name) => String(name).startsWith('probe/'));
    expect(names(files)).toEqual(['probe/a', 'probe/z']);
    expect(names({ ...files, blackbox: false })).toEqual([]);
  });

  test('waits for a scrape two thirds of its interval, and at most ten seconds', () => {
    const timeout = (prometheus: Config) =>
      jobsOf({ prometheus }).find((job) => job.job_name === 'net/toy-node')?.scrape_timeout;
    expect(timeout({ scrapeInterval: '2s' })).toBe('1s333ms');
    expect(timeout({ scrapeInterval: '15s' })).toBe('10s');
    expect(timeout({ scrapeInterval: '1m' })).toBe('10s');
    expect(timeout({ scrapeInterval: '1m', scrapeTimeout: '40s' })).toBe('40s');
  });

  test('a limit of samples only where one is set', () => {
    expect(jobsOf({})[0]).not.toHaveProperty('sample_limit');
    expect(jobsOf({ prometheus: { sampleLimit: 1 } })[0]).toHaveProperty('sample_limit', 1);
  });

  test('asks probes as often as it scrapes, and at least every quarter of a minute apart', () => {
    const interval = (scrapeInterval: string, own?: string) => {
      const probe = { name: 'p', url: 'https://p.example', ...(own === undefined ? {} : { interval: own }) };
      return jobsOf({ prometheus: { scrapeInterval }, system: { probes: [probe] } }).find(
        (job) => job.job_name === 'probe/p',
      )?.scrape_interval;
    };
    expect(interval('2s')).toBe('15s');
    expect(interval('1m')).toBe('1m');
    expect(interval('1m', '5s')).toBe('5s');
  });

  test('no two jobs have a name', () => {
    const names = jobsOf(said).map((job) => job.job_name);
    expect(new Set(names).size).toBe(names.length);
  });

  test('a component without nodes has no job', () => {
    expect(jobsOf({ networks: { net: network } }).map((job) => job.job_name)).not.toContain('net/toy-signer');
  });
});

describe('plain files', () => {
  const plan = makePlan(
    stackOf({
      ...said,
      networks: { net: network, graf: { chain: 'toy', engine: 'grafana', matchers: { a: 'b' } } },
      grafana: { url: 'https://g.example', receiverUrl: 'https://r.example' },
    }),
    known,
  );
  const written = plainFiles(plan, places, { blackbox: true });

  test('hold the rules by owner; those of Grafana are not for Prometheus', () => {
    expect([...written.keys()].filter((path) => path.startsWith('rules/'))).toEqual([
      'rules/net.yaml',
      'rules/system.yaml',
    ]);
  });

  test('say that they are made, and from what', () => {
    for (const path of ['prometheus.yml', 'alertmanager.yml', 'rules/net.yaml'])
      expect(written.get(path)?.split('\n')[0]).toBe(
        '# Made by Chainwatch from stack dev: what is changed here is lost, change the stack file.',
      );
  });

  test('come sorted', () => {
    expect([...written.keys()]).toEqual([...written.keys()].sort());
  });
});
