/** A private registry: what its nodes show it is on the pods of our own image, and made only where its text is given. */
import { describe, expect, test } from 'vitest';
import { pods } from '../policies/pods.ts';
import { type Fields, fields, list } from '../policies/read.ts';
import { recordStack, SECRETS } from '../stacks.ts';

async function pulled(imagePullSecret: unknown) {
  const resources = await recordStack('testnet', { 'chainwatch:kubernetes': { imagePullSecret } });
  const named: Fields = Object.fromEntries(
    pods(resources).flatMap(({ program, spec }) =>
      spec?.imagePullSecrets === undefined ? [] : [[program, list(spec.imagePullSecrets)]],
    ),
  );
  return { named, secrets: resources.filter(({ inputs }) => fields(inputs.metadata).name === 'image-pull') };
}

const OURS = ['aggregator', 'exporter', 'receiver', 'status'];

describe('the registry of our image', () => {
  test('is shown a Secret that is there already, by its name, and none is made', async () => {
    const { named, secrets } = await pulled('regcred');
    expect(named).toEqual(Object.fromEntries(OURS.map((name) => [name, [{ name: 'regcred' }]])));
    expect(secrets).toEqual([]);
  });

  test('is shown a Secret that is made of what is encrypted in the stack file', async () => {
    const { named, secrets } = await pulled({ secret: 'registryLogin' });
    expect(named).toEqual(Object.fromEntries(OURS.map((name) => [name, [{ name: 'image-pull' }]])));
    expect(secrets.map(({ inputs }) => inputs.type)).toEqual(['kubernetes.io/dockerconfigjson']);
    expect(JSON.stringify(secrets)).toContain(JSON.stringify(SECRETS.registryLogin).slice(1, -1));
  });

  test('is shown nothing where nothing is said', async () => {
    expect(await pulled(undefined)).toEqual({ named: {}, secrets: [] });
  });
});
