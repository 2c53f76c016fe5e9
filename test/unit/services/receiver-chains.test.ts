import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { chainDoubt, knownChains } from '../../../services/receiver/chains.ts';

describe('the chains that the receiver knows', () => {
  test('are those that this program has rules for', () => {
    const known = knownChains();
    expect(known?.has('op-stack')).toBe(true);
    expect(known?.has('system')).toBe(true);
    expect([...(known ?? [])].filter((name) => name.includes('.'))).toEqual([]);
    const folder = mkdtempSync(join(tmpdir(), 'chainwatch-rules-'));
    mkdirSync(join(folder, 'toy'));
    writeFileSync(join(folder, 'load.ts'), '');
    expect([...(knownChains(folder) ?? [])]).toEqual(['toy']);
  });

  test('are not known at all where there are no rules to read: then no alert is marked', () => {
    const known = knownChains('/nowhere/at/all');
    expect(known).toBeUndefined();
    expect(chainDoubt({ chain: 'anything', channel: 'anything' }, known)).toBeUndefined();
  });

  const known = new Set(['op-stack', 'system']);
  test.each([
    ['op-stack', 'op-stack', undefined],
    ['op-stack', 'op-stack/critical', undefined],
    ['op-stack', 'default', undefined],
    ['op-stack', 'critical', undefined],
    ['', 'external-deps', undefined],
    ['', 'external-deps/critical', undefined],
    ['', 'default', 'no chain'],
    ['', 'critical', 'no chain'],
    ['opstack', 'opstack', 'unknown chain opstack'],
    ['opstack', 'op-stack', 'unknown chain opstack'],
    ['opstack', 'external-deps', 'unknown chain opstack'],
    ['op-stack', 'opstack/critical', 'unknown path opstack'],
  ])('an alert of chain %j that came by %j is marked %j', (chain, channel, mark) => {
    expect(chainDoubt({ chain, channel }, known)?.mark).toBe(mark);
  });
});
