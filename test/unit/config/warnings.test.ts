import { expect, test } from 'vitest';
import { warningsOf } from '../../../config/check/warnings.ts';
import { formatPath } from '../../../config/faults.ts';
import { slack } from '../../fixtures/faults.ts';
import { type Config, stackOf } from '../../fixtures/toy.ts';

const warnings = (sections: Config) =>
  warningsOf(stackOf(sections)).map(({ path, message }) => `${formatPath(path)}: ${message}`);

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
