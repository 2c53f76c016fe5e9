/** What a stack file may say of an EQ service, and that the stack files of its page are right. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { PROOF_LIMITS } from '../../../chains/eq-service/chain.ts';
import { warningsOf } from '../../../config/check/warnings.ts';
import { parseStack } from '../../../config/parse.ts';
import { makePlan } from '../../../model/plan/plan.ts';
import { slack } from '../../fixtures/faults.ts';
import { known } from '../../fixtures/real.ts';

const page = readFileSync(new URL('../../../docs/chains/eq-service.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/```yaml\n# (.+)\n([\s\S]*?)```/g)].map(([, name = '', text = '']) => ({
  name,
  text,
}));
const shown = blocks.filter(({ name }) => ['dev', 'testnet', 'mainnet'].includes(name));

/** Without which no mainnet is accepted. */
const NOTIFIED = {
  'chainwatch:notifications': {
    receivers: { team: slack, outside: { webhook: { url: { secret: 'deadmanUrl' } } } },
    default: 'team',
    watchdog: { receiver: 'outside' },
  },
};

const stackOf = (config: Readonly<Record<string, unknown>>, environment = 'testnet') =>
  parseStack({ 'chainwatch:environment': environment, ...config }, { environment, knowledge: known.forConfig });
const network = (more: object, nodes: object = { 'eq-service': ['10.0.0.5:9091'] }) =>
  stackOf({
    'chainwatch:networks': { eq: { chain: 'eq-service', nodes, ...more } },
    'chainwatch:runbooks': 'https://docs.example',
  });
const warnings = (more: object) => warningsOf(network(more), known.forConfig).map(({ message }) => message);

describe('the stack files of its page', () => {
  test('are one for each environment', () => {
    expect(shown.map(({ name }) => name)).toEqual(['dev', 'testnet', 'mainnet']);
  });

  test.each(shown)('$name is read, and makes a plan', ({ name, text }) => {
    const stack = stackOf({ ...parse(text), ...(name === 'mainnet' ? NOTIFIED : {}) }, name);
    const plan = makePlan(stack, known);
    const owner = stack.networks[0]?.name ?? '';
    const rules = plan.ruleGroups.filter((group) => group.owner === owner).flatMap((group) => group.rules);
    expect(rules.length).toBeGreaterThan(20);
    expect(plan.dashboards.filter((dashboard) => dashboard.owner === owner).length).toBe(4);
    const asked = plan.probes.map((probe) => probe.name).filter((each) => each.startsWith(`${owner}/`));
    expect(asked.length > 0).toBe(name !== 'dev');
  });

  test('say how to live with a longer timeout', () => {
    const said = blocks.find(({ name }) => name === 'under the network');
    expect(() => network(parse(said?.text ?? ''))).not.toThrow();
  });
});

describe('the limits of proof times', () => {
  test('are by default those of the rules', () => {
    const alerts = known.packs.get('eq-service')?.alerts;
    for (const [name, limit] of Object.entries(PROOF_LIMITS)) expect(alerts?.get(name)?.threshold?.value).toBe(limit);
  });

  test('must lie below the last bucket', () => {
    const tuned =
      (threshold: string, proofTimeout = '120s') =>
      () =>
        network({ proofTimeout, alerts: { EqServiceVerySlowZkProofGeneration: { threshold } } });
    expect(tuned('131s')).not.toThrow();
    expect(tuned('132s')).toThrow(/EqServiceVerySlowZkProofGeneration.*never fires.*2m12s/);
    expect(tuned('200s', '300s')).not.toThrow();
    // The usual limits, with a timeout that ends before them.
    expect(() => network({ proofTimeout: '60s' })).toThrow(/proofTimeout: with it EqServiceSlow.*never fires/);
    expect(() =>
      network({
        proofTimeout: '60s',
        alerts: {
          EqServiceSlowZkProofGeneration: { threshold: '45s' },
          EqServiceVerySlowZkProofGeneration: { enabled: false },
        },
      }),
    ).not.toThrow();
  });

  test('are asked for where the timeout is longer', () => {
    expect(warnings({})).toEqual([]);
    expect(warnings({ proofTimeout: '300s' })).toEqual([
      expect.stringContaining('EqServiceSlowZkProofGeneration'),
      expect.stringContaining('EqServiceVerySlowZkProofGeneration'),
    ]);
    const alerts = {
      EqServiceSlowZkProofGeneration: { threshold: '225s' },
      EqServiceVerySlowZkProofGeneration: { threshold: '285s' },
    };
    expect(warnings({ proofTimeout: '300s', alerts })).toEqual([]);
  });
});

test('what is asked from outside needs an address', () => {
  const pods = { namespace: 'celestia', labels: { app: 'light' }, port: 26658 };
  const inCluster = (component: string) =>
    stackOf({
      'chainwatch:kubernetes': {},
      'chainwatch:networks': { eq: { chain: 'eq-service', nodes: { [component]: [{ name: 'light', pods }] } } },
    });
  expect(() => inCluster('celestia-node')).not.toThrow();
  expect(() => inCluster('celestia-rpc')).toThrow(/celestia-rpc\[0\].*is asked from outside: give its address/);
});

test('a machine is watched once: for the network, or for the environment', () => {
  expect(() =>
    stackOf({
      'chainwatch:networks': { eq: { chain: 'eq-service', nodes: { 'eq-host': ['10.0.0.5:9100'] } } },
      'chainwatch:system': { hosts: { eq: '10.0.0.5:9100' } },
    }),
  ).toThrow(/already a target/);
});
