import { describe, expect, test } from 'vitest';
import { makeKnown } from '../../../model/knowledge.ts';
import { RuleFileError } from '../../../model/rules/ruleFile.ts';
import { known, stackOf } from '../../fixtures/toy.ts';

const METRICS = 'chain: x\nscope: network\nmetrics: []\n';
const files = (chain: string, metrics: string) => ({ chain, files: new Map([['metrics.yaml', metrics]]) });

describe('what the program knows', () => {
  test('reads a pack when it is first asked for it, and once', () => {
    const { packs } = makeKnown([], [files('good', METRICS), files('bad', 'chain: x')]);
    expect(packs.get('good')).toBe(packs.get('good'));
    expect(() => packs.get('bad')).toThrow(RuleFileError);
    expect(packs.get('none')).toBeUndefined();
    expect(packs.names).toEqual(['bad', 'good']);
  });

  test('has all packs in the order of their names, or the faults of all', () => {
    const good = makeKnown([], [files('b', METRICS), files('a', METRICS)]);
    expect(good.packs.all().map((pack) => pack.chain)).toEqual(['a', 'b']);
    const bad = makeKnown([], [files('b', 'chain: ['), files('c', METRICS), files('a', 'chain: [')]);
    expect(() => bad.packs.all()).toThrow(
      /^2 faults in rule files:\n {2}rules\/a\/metrics\.yaml.*\n {2}rules\/b\/metrics\.yaml/,
    );
  });

  test('tells the check of a stack file what it needs of each chain', () => {
    const facts = known.forConfig.get('toy');
    expect(facts).toMatchObject({ name: 'toy', scope: 'network', components: ['toy-node', 'toy-signer'] });
    expect(facts?.alerts.get('BalanceLow')).toMatchObject({
      component: 'toy-node',
      subject: 'balance',
      severity: 'warning',
    });
    const [net] = stackOf().networks;
    const applies = (name: string) => {
      const alert = facts?.alerts.get(name);
      return alert && net && facts?.applies(alert, net);
    };
    expect([applies('BalanceLow'), applies('GasHigh'), applies('SignerDown')]).toEqual([true, true, false]);
  });
});
