/** What a stack file may say for Aztec, and the entries that its page offers. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { aztec } from '../../../chains/aztec/chain.ts';
import { parseStack } from '../../../config/parse.ts';
import { makePlan } from '../../../model/plan/plan.ts';
import { known, undrawn } from '../../fixtures/real.ts';

const page = readFileSync(new URL('../../../docs/chains/aztec.md', import.meta.url), 'utf8');
const [dev, testnet, mainnet] = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(
  ([, text]): Readonly<Record<string, unknown>> => parse(text ?? '').config,
);

const stackOf = (config: Readonly<Record<string, unknown>> = {}, environment = 'testnet') =>
  parseStack({ 'chainwatch:environment': environment, ...config }, { environment, knowledge: known.forConfig });
const networkOf = (fields: Readonly<Record<string, unknown>>) => ({
  'chainwatch:networks': { net: { chain: 'aztec', l1: { chainId: 1 }, nodes: { sequencer: ['s:8889'] }, ...fields } },
});
const only = (config: Readonly<Record<string, unknown>>) => {
  const [network] = stackOf(config).networks;
  if (!network) throw new Error('no network');
  return network;
};

describe('the entries of its page', () => {
  test.each([
    ['dev', dev, 31337],
    ['testnet', testnet, 11155111],
    ['mainnet', mainnet, 1],
  ] as const)('%s is a stack file that can be planned', (environment, config, chainId) => {
    const simulated = environment === 'dev' ? { 'chainwatch:prometheus': { timeScale: 60, scrapeInterval: '2s' } } : {};
    const stack = stackOf({ ...config, ...simulated }, environment === 'dev' ? 'dev' : 'testnet');
    expect(stack.networks.map(({ facts }) => facts.l1)).toMatchObject([{ chainId }]);
    const plan = makePlan(stack, known);
    const names = plan.ruleGroups.filter(({ chain }) => chain === 'aztec').flatMap((group) => group.rules);
    expect(names.length).toBeGreaterThan(30);
    expect(plan.dashboards.filter(({ owner }) => owner.startsWith('aztec-')).length).toBeGreaterThan(4);
  });

  test('mainnet has every kind of process, so every alert', () => {
    const plan = makePlan(stackOf(mainnet), undrawn);
    const planned = plan.ruleGroups.flatMap((group) => group.rules).map(({ name }) => name);
    expect([...(known.packs.get('aztec')?.alerts.keys() ?? [])].filter((name) => !planned.includes(name))).toEqual([]);
  });
});

describe('a network', () => {
  test('has its publishers read on L1, where endpoints are named', () => {
    const network = only({ ...testnet });
    expect(aztec.accounts(network)).toEqual([
      { layer: 'l1', role: 'publisher', address: '0x00000000000000000000000000000000000000a1' },
    ]);
    expect(aztec.endpoints(network).map(({ layer, chainId }) => [layer, chainId])).toEqual(
      new Array(3).fill(['l1', 11155111]),
    );
    expect(aztec.advise(network)).toEqual([]);
  });

  test('is told what nobody reads', () => {
    const told = (fields: Readonly<Record<string, unknown>>) =>
      aztec.advise(only(networkOf(fields))).map(({ path, message }) => `${path.join('.')} ${message}`);
    expect(told({})).toEqual([
      expect.stringMatching(/^l1\.rpcUrls is empty, so nobody asks the L1: its heads and fees are not read/),
      expect.stringMatching(/^publishers is empty/),
    ]);
    const publishers = ['0x00000000000000000000000000000000000000a1'];
    const staking = { registry: '0x00000000000000000000000000000000000000a2', providerId: 1 };
    expect(told({ publishers, staking })).toEqual([
      expect.stringContaining('balances of publishers, the queue and delegations of the provider are not read'),
    ]);
    expect(told({ nodes: { 'full-node': ['n:8889'] }, l1: { chainId: 1, rpcUrls: ['https://l1.example'] } })).toEqual(
      [],
    );
  });

  test('may not list an account twice, in whatever letters', () => {
    const publishers = ['0x52908400098527886E0F7030069857D2E4169EE7', '0x52908400098527886e0f7030069857d2e4169ee7'];
    expect(() => stackOf(networkOf({ publishers }))).toThrow(/publishers\[1\].*is listed already/);
  });

  test('without a prover has no alerts about one', () => {
    const names = makePlan(stackOf(networkOf({})), undrawn)
      .ruleGroups.flatMap((group) => group.rules)
      .map(({ name }) => name);
    expect(names).toContain('SequencerDown');
    expect(names).not.toContain('ProvingStalled');
    expect(names).not.toContain('FullNodeDown');
  });

  test('whose series others scrape has what our exporter reads for it by its name', () => {
    const rules = makePlan(stackOf(networkOf({ nodes: {}, matchers: { tenant: 't' } })), undrawn).ruleGroups.flatMap(
      (group) => group.rules,
    );
    const expr = (name: string) => rules.find((rule) => rule.name === name)?.expr;
    expect(expr('LowKeystoreQueue')).toBe(
      'chainwatch_aztec_provider_queue_length{network="net",component="exporter"} < 5',
    );
    expect(expr('LowPeerCount')).toBe('aztec_peer_manager_peer_count_peers{tenant="t"} < 5');
  });
});
