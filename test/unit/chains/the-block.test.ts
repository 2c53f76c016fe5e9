/** the-block: the examples of its page are true. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseStack } from '../../../config/parse.ts';
import { known, ROOT } from '../../fixtures/real.ts';

const page = readFileSync(join(ROOT, 'docs/chains/the-block.md'), 'utf8');
const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => parse(text ?? ''));
test.each(examples)('an example of its page is a network of a stack', (networks) => {
  const config = { 'chainwatch:environment': 'dev', 'chainwatch:networks': networks };
  const stack = parseStack(config, { environment: 'dev', knowledge: known.forConfig });
  expect(stack.networks.map(({ chain }) => chain)).toEqual(['the-block']);
});

test('there is one for each environment', () => {
  expect(examples.flatMap((networks) => Object.keys(networks))).toEqual([
    'the-block-dev',
    'the-block-testnet',
    'the-block-mainnet',
  ]);
});
