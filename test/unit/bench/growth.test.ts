/** How the benchmark of the rules judges: by what a further node costs, whatever an evaluation costs with none. */
import { describe, expect, test } from 'vitest';
import { conclusion, growthOf, type Sized, slope } from '../../../bench/evaluation/growth.ts';

/** Seconds of two rules, by the number of nodes. */
function sized(nodes: number, rules: Readonly<Record<string, number>>, processor: number): Sized {
  const all = Object.entries(rules).map(([name, seconds]) => ({ name, owner: 'net', seconds }));
  return { nodes, rules: all, processor, faults: [], firing: [] };
}

const sizes = [1, 10, 100, 1000];
const linear = sizes.map((nodes) => sized(nodes, { Straight: 0.5 + nodes * 1e-5 }, 3 + nodes * 1e-4));
const square = sizes.map((nodes) => sized(nodes, { Straight: nodes * 1e-5, Bent: nodes ** 2 * 1e-7 }, nodes * 1e-4));

describe('the cost of a further node', () => {
  test('leaves out what there is without nodes', () => {
    expect(slope({ nodes: 10 }, { nodes: 100 }, 2.1, 3)).toBeCloseTo(0.01);
    expect(growthOf(linear, ({ processor }) => processor)).toBeCloseTo(1);
  });

  test('grows with them where the cost does so with their square', () => {
    expect(growthOf(square, ({ rules }) => rules[1]?.seconds ?? 0)).toBeCloseTo(10);
  });

  test('is not known with two sizes', () => {
    expect(growthOf(linear.slice(0, 2), ({ processor }) => processor)).toBeUndefined();
    expect(conclusion(linear.slice(0, 2)).at(-1)).toContain('cost');
  });
});

describe('the verdict', () => {
  test('is the last line; what is linear is named nowhere', () => {
    const said = conclusion(linear);
    expect(said.join('\n')).not.toContain('grow faster');
    expect(said.at(-1)).toBe(
      'a node beyond 100 costs, of one beyond 10, in time of the rules 1.00 times: linear or better; in processor time of Prometheus 1.00 times: linear or better',
    );
  });

  test('names the rules that grow faster than their nodes, and no others', () => {
    const said = conclusion(square);
    const worse = said.slice(said.findIndex((each) => each.startsWith('grow faster')) + 1, -1);
    expect(worse).toEqual([expect.stringMatching(/^ {2}net Bent: 100\.0 ms, 110\.0 µs a further node, 10\.00 times/)]);
    expect(said.at(-1)).toContain('worse than linear; in processor time of Prometheus 1.00 times: linear or better');
  });
});
