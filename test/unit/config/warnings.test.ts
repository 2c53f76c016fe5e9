import { expect, test } from 'vitest';
import { warningsOf } from '../../../config/check/warnings.ts';
import { formatPath } from '../../../config/faults.ts';
import { slack } from '../../fixtures/faults.ts';
import * as real from '../../fixtures/real.ts';
import { type Config, known, stackOf } from '../../fixtures/toy.ts';

const warnings = (sections: Config) =>
  warningsOf(stackOf(sections), known.forConfig).map(({ path, message }) => `${formatPath(path)}: ${message}`);

test('a stack of no network is told so', () => {
  expect(warnings({})).toEqual([]);
  expect(warnings({ networks: {} })).toEqual([
    'chainwatch:networks: there is no network, so only hosts, probes and Chainwatch itself are watched: npx chainwatch network add',
  ]);
});

test('a secret that nothing refers to is told, but not those that are ours', () => {
  const encrypted = { secure: 'v1:x' };
  const secrets = { hook: encrypted, hok: encrypted, receiverToken: encrypted, ingestionToken: encrypted };
  expect(warnings({ secrets, notifications: { receivers: { team: slack }, default: 'team' } })).toEqual([
    "chainwatch:secrets.hok: nothing refers to it: write { secret: hok } where it belongs, or remove it: pulumi config rm --path 'chainwatch:secrets.hok'",
  ]);
});

test('a network of the OP stack whose L1 nobody is asked about is told', () => {
  const opStack = { chain: 'op-stack', chainId: 10, nodes: { 'op-node': ['10.0.0.1:7300'] } };
  const batcher = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266';
  const ofNetwork = (more: Config, sections: Config = {}) => {
    const stack = stackOf(
      { networks: { op: { ...opStack, l1: { chainId: 1 }, ...more } }, ...sections },
      { knowledge: real.known.forConfig },
    );
    return warningsOf(stack, real.known.forConfig).map(({ path, message }) => `${formatPath(path)}: ${message}`);
  };
  expect(ofNetwork({})).toEqual([
    'chainwatch:networks.op.l1.rpcUrls: is empty, so nobody asks the L1: its heads and fees are not read, and no alert on them can fire; give addresses, best three independent ones',
  ]);
  expect(ofNetwork({ accounts: { batcher } })).toEqual([expect.stringContaining('fees, balances of accounts are not')]);
  expect(ofNetwork({ l1: { chainId: 1, rpcUrls: ['https://rpc.example'] } })).toEqual([]);
  expect(ofNetwork({ simulated: true })).toEqual([]);
  expect(ofNetwork({}, { services: { exporter: { enabled: false } } })).toEqual([]);
});

test('of a Slack receiver without a channel nothing is said: an incoming webhook has one of its own', () => {
  const secrets = { hook: { secure: 'v1:x' } };
  expect(warnings({ secrets, notifications: { receivers: { team: slack }, default: 'team' } })).toEqual([]);
});
