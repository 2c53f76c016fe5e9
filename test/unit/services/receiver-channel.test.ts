import { describe, expect, test } from 'vitest';
import { channelOf } from '../../../services/receiver/channel.ts';

describe('channelOf', () => {
  test.each([
    [undefined, false, { name: 'default', chain: null, forcedSeverity: null }],
    [undefined, true, { name: 'critical', chain: null, forcedSeverity: 'critical' }],
    ['eq-service', false, { name: 'eq-service', chain: 'eq-service', forcedSeverity: null }],
    ['eq-service', true, { name: 'eq-service/critical', chain: 'eq-service', forcedSeverity: 'critical' }],
    ['external-deps', false, { name: 'external-deps', chain: null, forcedSeverity: null }],
    ['system', false, { name: 'system', chain: 'system', forcedSeverity: null }],
  ])('%s, critical %s', (name, critical, channel) => {
    expect(channelOf(name, critical)).toEqual(channel);
  });

  test.each(['', 'Upper', 'a b', '-a', 'a-', '../etc', 'a'.repeat(64)])('"%s" is no chain', (name) => {
    expect(channelOf(name, false)).toBeUndefined();
  });
});
