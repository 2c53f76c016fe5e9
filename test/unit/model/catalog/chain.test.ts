/** Whose exposition it is, by its names. */
import { expect, test } from 'vitest';
import { guessChainOf } from '../../../../model/catalog/chain.ts';
import { readExposition } from '../../../../model/exposition/read.ts';
import { parseCatalogue } from '../../../../model/rules/catalogue.ts';

const catalogue = (chain: string, names: readonly string[]) =>
  parseCatalogue(
    `chain: ${chain}\nscope: network\nmetrics:\n${names.map((name) => `  - { name: ${name}, type: gauge, help: h, source: s }\n`).join('')}`,
    chain,
  );
const both = [catalogue('x', ['a', 'b', 'c', 'both', 'go_threads']), catalogue('y', ['d', 'both'])];
const guess = (names: readonly string[]) =>
  guessChainOf(readExposition(names.map((name) => `${name} 1\n`).join('')).families, both);

test.each<[readonly string[], string | undefined, number]>([
  [['a', 'b', 'd', 'nobody'], 'x', 3],
  [['both', 'd'], 'y', 2],
  [['a', 'd'], undefined, 2],
  [['both'], undefined, 1],
  [['nobody', 'go_threads'], undefined, 0],
])('%j', (names, chain, known) => {
  expect(guess(names)).toMatchObject({ chain, known });
});
