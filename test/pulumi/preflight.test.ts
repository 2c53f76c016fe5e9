import * as pulumi from '@pulumi/pulumi';
import { expect, test } from 'vitest';
import { requireAll } from '../../components/preflight.ts';

const fault = (text: string) => Promise.reject(new pulumi.RunError(text));

test('what a cluster lacks and what a Grafana lacks is one error', async () => {
  const failed = await requireAll([
    fault('the cluster:\n  no class'),
    Promise.resolve(),
    fault('the Grafana:\n  no folder'),
  ])
    .then(() => undefined)
    .catch((error: unknown) => error);
  expect(pulumi.RunError.isInstance(failed)).toBe(true);
  expect(failed).toMatchObject({ message: 'the cluster:\n  no class\nthe Grafana:\n  no folder' });
});

test('nothing is said where nothing is missing', async () => {
  await expect(requireAll([Promise.resolve(), Promise.resolve()])).resolves.toBeUndefined();
});

test('a mistake of ours keeps its stack', async () => {
  const mistake = new TypeError('x is undefined');
  await expect(requireAll([fault('the cluster'), Promise.reject(mistake)])).rejects.toBe(mistake);
});
