/** How a rare event is asked for stands in a dozen rules of the-block, since PromQL has no functions: all of them say the same. */
import { expect, test } from 'vitest';
import { oneLine } from '../../../model/promql/syntax.ts';
import { packNamed } from '../../fixtures/real.ts';

/** It increased, or it is there now, was not half an hour ago, and its node was up then. */
const asked = (counter: string) =>
  oneLine(`(
    increase(${counter}[30m]) > 0
    or ${counter} unless ${counter} offset 30m and on (network, instance) up{component="tb-node"} offset 30m == 1
  )
  > 0 # threshold`);

const rules = packNamed('the-block')
  .groups.flatMap((group) => group.rules)
  .filter(({ expr }) => /\bunless\b[^()]*\boffset 30m\b/.test(expr));

test('there are as many as the README speaks of', () => {
  expect(rules.length).toBe(12);
});

test.each(rules)('$name asks as the others do', ({ expr }) => {
  const [, counter = ''] = /increase\((.+?)\[30m\]\)/.exec(expr) ?? [];
  expect(oneLine(expr)).toBe(asked(counter));
});
