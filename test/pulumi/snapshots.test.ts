/** The three stacks as somebody has reviewed them. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { snapshot } from './snapshot.ts';
import { recordStack, STACKS, stackResources } from './stacks.ts';

const FOLDER = join(import.meta.dirname, 'snapshots');

describe.each(STACKS)('stack %s', (stack) => {
  test('is as it was reviewed', async () => {
    const files = snapshot(await stackResources(stack));
    for (const [name, text] of files) await expect(text).toMatchFileSnapshot(join(FOLDER, stack, name));
    // A component that is gone leaves its file behind.
    const there = existsSync(join(FOLDER, stack)) ? readdirSync(join(FOLDER, stack)) : [];
    expect(there.filter((name) => !files.has(name))).toEqual([]);
  });
});

test('the same stack gives the same resources, byte for byte', async () => {
  expect(JSON.stringify(await recordStack('mainnet'))).toBe(JSON.stringify(await stackResources('mainnet')));
});

test.each(STACKS)('the snapshot of %s is small enough to be read, and holds every resource', async (stack) => {
  const resources = await stackResources(stack);
  const files = snapshot(resources);
  const listed = files.get('resources.txt')?.trim().split('\n') ?? [];
  expect(listed).toHaveLength(resources.length - 1);
  expect([...files.values()].join('').length).toBeLessThan(170_000);
});
