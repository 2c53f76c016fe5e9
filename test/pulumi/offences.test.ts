/** Each policy catches what it is there for: one offence at a time is seeded into the real resources of mainnet. */
import { describe, expect, test } from 'vitest';
import { offences, policies, said } from './policies/index.ts';
import { clusterSeeds } from './seeds/cluster.ts';
import { podSeeds } from './seeds/pods.ts';
import { CONTAINER, EXPORTER, set } from './seeds/tools.ts';
import { SECRETS, situation, stackResources } from './stacks.ts';

const SEEDS = [...podSeeds, ...clusterSeeds];
const SECRET = SECRETS.slackWebhook ?? '';

describe('a seeded offence is caught, and named', () => {
  const cases = SEEDS.map(([policy, offender, problem, seed]) => ({ policy, offender, problem, seed }));
  test.each(cases)('$policy: $offender: $problem', async ({ policy, offender, problem, seed }) => {
    const among = policies.filter(({ name }) => name.includes(policy));
    expect(among).toHaveLength(1);
    const found = offences(seed(await stackResources('mainnet')), situation('mainnet'), among);
    const caught = found.filter((one) => one.resource === offender);
    expect(caught.map((one) => one.problem).join('\n'), found.map(said).join('\n')).toMatch(problem);
  });
});

test('every policy is shown to catch something', () => {
  const shown = policies.filter(({ name }) => SEEDS.some(([policy]) => name.includes(policy)));
  expect(policies.filter((policy) => !shown.includes(policy)).map(({ name }) => name)).toEqual([]);
});

test('an offence is said with the policy, the resource and what is wrong, and never with the secret', async () => {
  const seeded = set(EXPORTER, `${CONTAINER}.env`, [{ name: 'URL', value: SECRET }])(await stackResources('mainnet'));
  expect(offences(seeded, situation('mainnet')).map(said)).toEqual([
    "a secret is in a Secret and nowhere else: Deployment chainwatch/exporter: a secret's value stands at spec.template.spec.containers.0.env.0.value",
  ]);
});

test('what is protected on mainnet alone can be taken down elsewhere', async () => {
  const found = offences(await stackResources('mainnet'), { ...situation('mainnet'), kind: 'testnet' });
  expect(found.map(({ resource }) => resource)).toContain('Namespace chainwatch');
});
