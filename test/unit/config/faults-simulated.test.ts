import { describe, expect, test } from 'vitest';
import { checkSimulated } from '../../../config/check/simulated.ts';
import { type Case, faults } from '../../fixtures/faults.ts';
import { known as real } from '../../fixtures/real.ts';
import { stackOf } from '../../fixtures/toy.ts';

const played = (name: string, nodes: object) => ({ system: { simulated: { [name]: nodes } } });

const cases: readonly Case[] = [
  [
    'an environment with the name of a network',
    played('net', {}),
    'system.simulated.net: is the name of a network already; call it otherwise',
  ],
  [
    'an environment with the name of our own scrapes',
    played('system', {}),
    'system.simulated.system: "system" is the name of scrapes of our own; call it otherwise',
  ],
];

describe('a simulated environment', () => {
  test.each(cases)('%s', (_, sections, fault) => expect(faults(sections)).toEqual([fault]));

  test('has only kinds of programs that the simulator knows, and each target once', () => {
    const found = (nodes: Readonly<Record<string, readonly string[]>>) => {
      const stack = stackOf({});
      return checkSimulated({ ...stack, system: { ...stack.system, simulated: { office: nodes } } }, real.forConfig);
    };
    expect(found({ 'node-exporter': ['a:1', 'b:1'], prometheus: ['a:1'] })).toEqual([]);
    expect(found({ 'node-exportr': ['a:1'] })).toMatchObject([
      { message: expect.stringMatching(/^unknown kind of program "node-exportr"; did you mean "node-exporter"/) },
    ]);
    expect(found({ prometheus: ['a:1', 'a:1'] })).toEqual([
      { path: ['chainwatch:system', 'simulated', 'office', 'prometheus', 1], message: 'a:1 is there already' },
    ]);
  });

  test('is for dev alone', () => {
    const stack = stackOf({});
    const testnet = { ...stack, kind: 'testnet' as const, system: { ...stack.system, simulated: { office: {} } } };
    expect(checkSimulated(testnet, real.forConfig)).toMatchObject([
      { message: expect.stringMatching(/^only dev may/) },
    ]);
  });
});
